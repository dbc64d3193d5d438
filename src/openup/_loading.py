"""Guide files: read, checked as a whole, and turned into a `Guide`."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, Any

from ._content import (
    Expert,
    Guide,
    Passage,
    Quote,
    Reason,
    Source,
    Strategy,
    link,
    nearest,
)

#: The version of the guide format that this release reads and writes.
SCHEMA_VERSION = 1


class GuideError(ValueError):
    """A guide that cannot be used; the message lists every fault with its place.

    Attributes:
        faults: One line for each fault, such as
            `"reasons[3].quotes[0]: unknown quote 'gary-brwn-2' (did you mean 'gary-brown-2'?)"`.
    """

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join((f"the guide has {len(self.faults)} fault(s):", *self.faults))


def read_data(name: str) -> bytes:
    """Return the content of a file that ships in the package."""
    # Imported here: it costs a fifth of `import openup`, and is needed once.
    import importlib_resources

    return importlib_resources.files(__package__).joinpath("data", name).read_bytes()


@functools.cache
def builtin_guide() -> Guide:
    """Return the guide that ships with the package, read on first use."""
    data = json.loads(read_data("guide.json"))
    return link(_Building(faults=[], base=None).guide(data))


def sources() -> tuple[Source, ...]:
    """Return the built-in guide's sources."""
    return builtin_guide().sources


def experts() -> tuple[Expert, ...]:
    """Return the built-in guide's experts."""
    return builtin_guide().experts


def reasons() -> tuple[Reason, ...]:
    """Return the built-in guide's reasons."""
    return builtin_guide().reasons


def strategies() -> tuple[Strategy, ...]:
    """Return the built-in guide's strategies."""
    return builtin_guide().strategies


def quotes(*, expert: str | None = None, reason: str | None = None, strategy: str | None = None) -> tuple[Quote, ...]:
    """Return the built-in guide's quotes that meet every condition given.

    Args:
        expert: Id of the expert who said it.
        reason: Id of a reason that rests on it.
        strategy: Id of a strategy that rests on it.

    Raises:
        UnknownIdError: There is no such expert, reason or strategy.
    """
    return builtin_guide().find_quotes(expert=expert, reason=reason, strategy=strategy)


def load_guide(source: str | os.PathLike[str] | IO[str] | IO[bytes] | Mapping[str, Any]) -> Guide:
    """Read a product's own guide and check all of it.

    The format is that of the built-in guide, described in the documentation and by the JSON Schema
    `openup/data/guide.schema.json`. A guide with `"extends": "openup"` is laid over the built-in one and may
    refer to its ids; any other stands alone.

    Args:
        source: A path, an open file with JSON text, or the parsed mapping.

    Raises:
        GuideError: The guide has faults; the message lists all of them.
        OSError: The file cannot be read.
        TypeError: `source` is none of the accepted types.
    """
    if isinstance(source, Mapping):
        data: Any = source
    elif isinstance(source, (str, os.PathLike)):
        with open(source, "rb") as file:
            data = _parse(file.read())
    elif hasattr(source, "read"):
        data = _parse(source.read())
    else:
        raise TypeError(f"load_guide() takes a path, a file or a mapping, not {type(source).__name__}")

    faults: list[str] = []
    base = None
    if isinstance(data, Mapping) and data.get("extends") is not None:
        if data["extends"] == "openup":
            base = builtin_guide()
        else:
            faults.append("extends: the only guide that can be extended is 'openup'")
    guide = _Building(faults, base).guide(data)
    if faults:
        raise GuideError(faults)
    return base.merge(guide) if base else link(guide)


def _parse(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GuideError([f"the file is not JSON: {error}"]) from error


_EMPTY = Passage("")


class _Building:
    """One pass over a guide's JSON that goes on after a fault, so that all of them are found."""

    def __init__(self, faults: list[str], base: Guide | None) -> None:
        self.faults = faults
        self.base = base
        self.known: dict[str, dict[str, Any]] = {
            section: {item.id: item for item in (getattr(base, section) if base else ())}
            for section in ("sources", "experts", "quotes", "reasons", "strategies")
        }

    def guide(self, data: Any) -> Guide:
        required = {"schema_version", "id", "version"}
        data = self.record(data, "", required, {"extends", "$schema", *self.known})
        if data.get("schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
            self.fault("schema_version", f"this release reads version {SCHEMA_VERSION}")
        # Ids first: an item may refer to one that stands further down.
        for section in ("reasons", "strategies", "quotes"):
            for item in self.items(data, section):
                if isinstance(item, Mapping) and isinstance(item.get("id"), str):
                    self.known[section].setdefault(item["id"], None)
        return Guide(
            id=self.text(data, "id", ""),
            version=self.text(data, "version", ""),
            sources=self.section(data, "sources", self.source),
            experts=self.section(data, "experts", self.expert),
            quotes=self.section(data, "quotes", self.quote),
            reasons=self.section(data, "reasons", self.reason),
            strategies=self.section(data, "strategies", self.strategy),
        )

    def source(self, data: Any, place: str) -> Source:
        data = self.record(data, place, {"id", "title", "publisher"}, {"url"})
        return Source(
            id=self.text(data, "id", place),
            title=self.text(data, "title", place),
            publisher=self.text(data, "publisher", place),
            url=self.text(data, "url", place) if data.get("url") is not None else None,
        )

    def expert(self, data: Any, place: str) -> Expert:
        data = self.record(data, place, {"id", "name", "credentials", "source"}, set())
        return Expert(
            id=self.text(data, "id", place),
            name=self.text(data, "name", place),
            credentials=self.text(data, "credentials", place),
            source=self.reference(data, "source", place, "source"),
        )

    def quote(self, data: Any, place: str) -> Quote:
        data = self.record(data, place, {"id", "text", "expert", "source"}, set())
        # A missing expert or source is a fault by now, and a guide with faults is never returned.
        expert: Any = self.known["experts"].get(self.reference(data, "expert", place, "expert"))
        source: Any = self.known["sources"].get(self.reference(data, "source", place, "source"))
        return Quote(id=self.text(data, "id", place), text=self.text(data, "text", place), expert=expert, source=source)

    def reason(self, data: Any, place: str) -> Reason:
        required = {"id", "title", "summary", "question", "strategies"}
        data = self.record(data, place, required, {"quotes", "signs", "question_self", "examples"})
        question = self.passage(data, "question", place)
        return Reason(
            id=self.text(data, "id", place),
            title=self.text(data, "title", place),
            quotes=self.references(data, "quotes", place, "quote"),
            summary=self.passage(data, "summary", place),
            signs=self.passages(data, "signs", place),
            question=question,
            question_self=self.passage(data, "question_self", place) if "question_self" in data else question,
            strategies=self.references(data, "strategies", place, "strategy"),
            examples=self.texts(data, "examples", place),
        )

    def strategy(self, data: Any, place: str) -> Strategy:
        required = {"id", "title", "summary", "why", "steps", "openers", "for_self", "not_when"}
        data = self.record(data, place, required, {"quotes"})
        return Strategy(
            id=self.text(data, "id", place),
            title=self.text(data, "title", place),
            quotes=self.references(data, "quotes", place, "quote"),
            summary=self.passage(data, "summary", place),
            why=self.passage(data, "why", place),
            steps=self.passages(data, "steps", place),
            openers=self.passages(data, "openers", place),
            for_self=self.passage(data, "for_self", place),
            not_when=self.passage(data, "not_when", place),
        )

    def fault(self, place: str, what: str) -> None:
        self.faults.append(f"{place or 'guide'}: {what}")

    def record(self, data: Any, place: str, required: set[str], optional: set[str]) -> Mapping[str, Any]:
        if not isinstance(data, Mapping):
            self.fault(place, f"expected an object, not {_name(data)}")
            return {}
        for field in sorted(required - data.keys()):
            self.fault(place, f"field {field!r} is missing")
        for field in [field for field in data if field not in required | optional]:
            self.fault(place, f"unknown field {field!r}{nearest(field, required | optional)}")
        return data

    def section(self, data: Mapping[str, Any], name: str, build: Callable[[Any, str], Any]) -> tuple[Any, ...]:
        built: dict[str, Any] = {}
        for index, item in enumerate(self.items(data, name, name)):
            value = build(item, f"{name}[{index}]")
            if value.id in built:
                self.fault(f"{name}[{index}].id", f"{value.id!r} is used twice")
            built[value.id] = value
            self.known[name][value.id] = value
        return tuple(built.values())

    def items(self, data: Mapping[str, Any], name: str, place: str = "") -> Sequence[Any]:
        items = data.get(name, ())
        if isinstance(items, Sequence) and not isinstance(items, (str, bytes)):
            return items
        if place:  # The sections are walked twice, and their fault is told once.
            self.fault(place, f"expected a list, not {_name(items)}")
        return ()

    def text(self, data: Mapping[str, Any], field: str, place: str) -> str:
        value = data.get(field, "?")
        if isinstance(value, str) and value.strip():
            return value
        self.fault(_join(place, field), f"expected a text that is not empty, not {_name(value)}")
        return "?"

    def texts(self, data: Mapping[str, Any], field: str, place: str) -> tuple[str, ...]:
        items = self.items(data, field, _join(place, field))
        return tuple(self.text({str(i): item}, str(i), _join(place, field)) for i, item in enumerate(items))

    def passage(self, data: Mapping[str, Any], field: str, place: str) -> Passage:
        return self.wording(data[field], _join(place, field)) if field in data else _EMPTY

    def passages(self, data: Mapping[str, Any], field: str, place: str) -> tuple[Passage, ...]:
        place = _join(place, field)
        return tuple(self.wording(item, f"{place}[{i}]") for i, item in enumerate(self.items(data, field, place)))

    def wording(self, data: Any, place: str) -> Passage:
        if isinstance(data, str):
            return Passage(self.text({place: data}, place, ""))
        data = self.record(data, place, {"text"}, {"rests_on"})
        known = {*self.known["quotes"], *self.known["sources"]}
        rests_on = self.items(data, "rests_on", _join(place, "rests_on"))
        for index, id in enumerate(rests_on):
            if not isinstance(id, str) or id not in known:
                self.fault(f"{place}.rests_on[{index}]", f"unknown quote or source {id!r}{nearest(id, known)}")
        return Passage(self.text(data, "text", place), tuple(map(str, rests_on)))

    def reference(self, data: Mapping[str, Any], field: str, place: str, kind: str) -> str:
        id = data.get(field, "?")
        known = self.known[_PLURAL[kind]]
        if field in data and (not isinstance(id, str) or id not in known):
            self.fault(_join(place, field), f"unknown {kind} {id!r}{nearest(id, known)}")
        return str(id)

    def references(self, data: Mapping[str, Any], field: str, place: str, kind: str) -> tuple[str, ...]:
        items = self.items(data, field, _join(place, field))
        return tuple(self.reference({f"{field}[{i}]": id}, f"{field}[{i}]", place, kind) for i, id in enumerate(items))


_PLURAL = {"source": "sources", "expert": "experts", "quote": "quotes", "reason": "reasons", "strategy": "strategies"}


def _join(place: str, field: str) -> str:
    return f"{place}.{field}" if place else field


def _name(value: object) -> str:
    return "null" if value is None else repr(value) if value in ("", "?") else type(value).__name__
