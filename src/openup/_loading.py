"""Guide files: read, checked as a whole, and turned into a `Guide`."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import IO, Any

from ._content import (
    SCHEMA_VERSION,
    Expert,
    Guide,
    Passage,
    Quote,
    Reason,
    Resource,
    RiskKind,
    SafetyMessage,
    SafetyTexts,
    Source,
    Strategy,
    link,
    nearest,
)

#: What an id looks like.
ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._-]*"

# Names that the model's other answers bear: a reason of the same name would be taken for one of them.
_RESERVED = ("self", "in-scope", *(kind.value for kind in RiskKind))
_KINDS = {kind.value for kind in RiskKind}
_FAULTY = ""  # stands for an id with a fault; a guide with faults is never returned


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
    # What loaded this module from a folder or a zip file reads data too, and needs nothing imported: the import of
    # importlib_resources takes a third of the time of the first answer.
    read: Callable[[str], bytes] | None = getattr(__spec__ and __spec__.loader, "get_data", None)
    if read:
        return read(os.path.join(os.path.dirname(__file__), "data", name))
    import importlib_resources

    return importlib_resources.files(__package__).joinpath("data", name).read_bytes()


def read_json(name: str) -> Any:
    """Return what a JSON file that ships in the package holds."""
    # Imported here, like all that no program needs before its first answer: imports are most of what openup's costs.
    import json

    return json.loads(read_data(name))


@functools.cache
def builtin_guide() -> Guide:
    """Return the guide that ships with the package, read on first use."""
    return link(_Building(faults=[], base=None).guide(read_json("guide.json")))


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
    faults: list[str] = []
    if isinstance(source, Mapping):
        data: Any = source
    elif isinstance(source, (str, os.PathLike)):
        with open(source, "rb") as file:
            data = _parse(file, faults)
    elif hasattr(source, "read"):
        data = _parse(source, faults)
    else:
        raise TypeError(f"load_guide() takes a path, a file or a mapping, not {type(source).__name__}")

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


def _parse(file: IO[str] | IO[bytes], faults: list[str]) -> Any:
    import json

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(pairs)
        if len(data) < len(pairs):
            fields = [field for field, _ in pairs]
            for field in data:
                if fields.count(field) > 1:
                    faults.append(f"guide: field {_show(field)} stands twice in one object{_named(data)}")
        return data

    try:
        return json.loads(file.read(), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise GuideError([f"guide: the file is not JSON: {error}"]) from error


def _named(data: Mapping[str, Any]) -> str:
    return f" (the one with id {_show(data['id'])})" if isinstance(data.get("id"), str) else ""


_EMPTY = Passage("")
_URL_PATTERN = r"https?://\S+"
_SECTIONS = {"source": "sources", "expert": "experts", "quote": "quotes", "reason": "reasons", "strategy": "strategies"}
# Looking for the id that was meant takes milliseconds in a large guide, and nobody reads a thousand suggestions.
_MAX_SUGGESTIONS = 20


class _Building:
    """One pass over a guide's JSON that goes on after a fault, so that all of them are found."""

    def __init__(self, faults: list[str], base: Guide | None) -> None:
        self.faults = faults
        self.suggestions = 0
        self.known: dict[str, dict[str, Any]] = {
            section: {item.id: item for item in (getattr(base, section) if base else ())}
            for section in _SECTIONS.values()
        }

    def guide(self, data: Any) -> Guide:
        data = self.record(data, "", {"schema_version", "id", "version"}, {"extends", "$schema", "safety", *self.known})
        version = data.get("schema_version", SCHEMA_VERSION)
        if version != SCHEMA_VERSION or isinstance(version, bool):
            self.fault("schema_version", f"this release reads version {SCHEMA_VERSION}, not {_show(version)}")
        # Ids first: an item may refer to one that stands further down.
        for section in self.known:
            for item in self.items(data, section):
                if isinstance(item, Mapping) and isinstance(item.get("id"), str):
                    self.known[section].setdefault(item["id"], None)
        return Guide(
            id=self.id(data, ""),
            version=self.text(data, "version", ""),
            sources=self.section(data, "sources", self.source),
            experts=self.section(data, "experts", self.expert),
            quotes=self.section(data, "quotes", self.quote),
            reasons=self.section(data, "reasons", self.reason),
            strategies=self.section(data, "strategies", self.strategy),
            safety=self.safety(data["safety"]) if data.get("safety") is not None else None,
        )

    def safety(self, data: Any) -> SafetyTexts:
        data = self.record(data, "safety", set(), {"opening", "screen", "messages", "resources"})
        messages = self.record(data.get("messages", {}), "safety.messages", set(), _KINDS)
        resources = self.items(data, "resources", "safety.resources")
        return SafetyTexts(
            opening=self.text(data, "opening", "safety") or None,
            screen=self.text(data, "screen", "safety") or None,
            messages=tuple(
                SafetyMessage(RiskKind(kind), self.string(text, f"safety.messages.{kind}"))
                for kind, text in messages.items()
                if kind in _KINDS
            ),
            resources=tuple(self.resource(item, f"safety.resources[{i}]") for i, item in enumerate(resources)),
        )

    def resource(self, data: Any, place: str) -> Resource:
        required = {"name", "contact", "how", "kinds", "region", "source", "checked"}
        data = self.record(data, place, required, {"hours"})
        region, source = self.text(data, "region", place), self.text(data, "source", place)
        if region and not re.fullmatch(r"[A-Z]{2}|INT", region):
            self.fault(f"{place}.region", f"expected an ISO 3166 code such as 'GB', 'EU' or 'INT', not {_show(region)}")
        if source and not re.fullmatch(_URL_PATTERN, source):
            self.fault(
                f"{place}.source", f"expected an address that starts with https:// or http://, not {_show(source)}"
            )
        kinds = self.items(data, "kinds", f"{place}.kinds")
        if "kinds" in data and not kinds:
            self.fault(f"{place}.kinds", f"expected at least one of {', '.join(sorted(_KINDS))}")
        return Resource(
            name=self.text(data, "name", place),
            contact=self.text(data, "contact", place),
            how=self.text(data, "how", place),
            hours=self.text(data, "hours", place) if data.get("hours") != "" else "",
            kinds=tuple(
                RiskKind(kind)
                for i, kind in enumerate(kinds)
                if self.refer(kind, f"{place}.kinds[{i}]", "danger", _KINDS) in _KINDS
            ),
            region=region,
            source=source,
            checked=self.day(data, "checked", place),
        )

    def day(self, data: Mapping[str, Any], field: str, place: str) -> str:
        import datetime

        text = self.text(data, field, place)
        try:
            if text and datetime.date.fromisoformat(text).isoformat() != text:
                raise ValueError
        except ValueError:
            self.fault(f"{place}.{field}", f"expected a day such as '2026-11-23', not {_show(text)}")
        return text

    def source(self, data: Any, place: str) -> Source:
        data = self.record(data, place, {"id", "title", "publisher"}, {"url"})
        url = data.get("url")
        if url is not None and not (isinstance(url, str) and re.fullmatch(_URL_PATTERN, url)):
            self.fault(f"{place}.url", f"expected an address that starts with https:// or http://, not {_show(url)}")
        return Source(
            id=self.id(data, place),
            title=self.text(data, "title", place),
            publisher=self.text(data, "publisher", place),
            url=url,
        )

    def expert(self, data: Any, place: str) -> Expert:
        data = self.record(data, place, {"id", "name", "credentials", "source"}, set())
        return Expert(
            id=self.id(data, place),
            name=self.text(data, "name", place),
            credentials=self.text(data, "credentials", place),
            source=self.reference(data, "source", place),
        )

    def quote(self, data: Any, place: str) -> Quote:
        data = self.record(data, place, {"id", "text", "expert", "source"}, set())
        # A missing expert or source is a fault by now, and a guide with faults is never returned.
        expert: Any = self.known["experts"].get(self.reference(data, "expert", place))
        source: Any = self.known["sources"].get(self.reference(data, "source", place))
        return Quote(id=self.id(data, place), text=self.text(data, "text", place), expert=expert, source=source)

    def reason(self, data: Any, place: str) -> Reason:
        required = {"id", "title", "summary", "question", "strategies"}
        data = self.record(data, place, required, {"quotes", "signs", "question_self", "examples"})
        question = self.passage(data, "question", place)
        if data.get("id") in _RESERVED:
            self.fault(f"{place}.id", f"{data['id']!r} has another meaning; choose another id")
        return Reason(
            id=self.id(data, place),
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
            id=self.id(data, place),
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

    def unknown(self, place: str, kind: str, given: str, known: Iterable[str]) -> None:
        self.suggestions += 1
        hint = nearest(given, known) if self.suggestions <= _MAX_SUGGESTIONS else ""
        self.fault(place, f"unknown {kind} {_show(given)}{hint}")

    def record(self, data: Any, place: str, required: set[str], optional: set[str]) -> Mapping[str, Any]:
        if not isinstance(data, Mapping):
            self.fault(place, f"expected an object, not {_show(data)}")
            return {}
        for field in sorted(required - data.keys()):
            self.fault(place, f"field {field!r} is missing")
        for field in data:
            if field not in required and field not in optional:
                self.unknown(place, "field", field, required | optional)
        return data

    def section(self, data: Mapping[str, Any], name: str, build: Callable[[Any, str], Any]) -> tuple[Any, ...]:
        built: dict[str, Any] = {}
        for index, item in enumerate(self.items(data, name, name)):
            value = build(item, f"{name}[{index}]")
            if value.id in built and value.id != _FAULTY:
                self.fault(f"{name}[{index}].id", f"{_show(value.id)} is used twice")
            built[value.id] = value
            self.known[name][value.id] = value
        return tuple(built.values())

    def items(self, data: Mapping[str, Any], name: str, place: str = "") -> Sequence[Any]:
        items = data.get(name, ())
        if isinstance(items, Sequence) and not isinstance(items, (str, bytes)):
            return items
        if place:  # The sections are walked twice; their fault is told once, by the caller that names the place.
            self.fault(place, f"expected a list, not {_show(items)}")
        return ()

    def id(self, data: Mapping[str, Any], place: str) -> str:
        if "id" not in data:
            return _FAULTY
        value = data["id"]
        if isinstance(value, str) and re.fullmatch(ID_PATTERN, value):
            return value
        self.fault(
            _join(place, "id"),
            f"expected letters a to z, digits, '-', '_' and '.', such as 'past-hurt', not {_show(value)}",
        )
        return _FAULTY

    def text(self, data: Mapping[str, Any], field: str, place: str) -> str:
        return self.string(data[field], _join(place, field)) if field in data else ""

    def string(self, value: Any, place: str) -> str:
        if isinstance(value, str) and value.strip():
            return value
        self.fault(place, f"expected a text that is not empty, not {_show(value)}")
        return ""

    def texts(self, data: Mapping[str, Any], field: str, place: str) -> tuple[str, ...]:
        place = _join(place, field)
        return tuple(self.string(item, f"{place}[{i}]") for i, item in enumerate(self.items(data, field, place)))

    def passage(self, data: Mapping[str, Any], field: str, place: str) -> Passage:
        return self.wording(data[field], _join(place, field)) if field in data else _EMPTY

    def passages(self, data: Mapping[str, Any], field: str, place: str) -> tuple[Passage, ...]:
        place = _join(place, field)
        return tuple(self.wording(item, f"{place}[{i}]") for i, item in enumerate(self.items(data, field, place)))

    def wording(self, data: Any, place: str) -> Passage:
        if isinstance(data, str):
            return Passage(self.string(data, place))
        data = self.record(data, place, {"text"}, {"rests_on"})
        known = self.known["quotes"].keys() | self.known["sources"].keys() if data.get("rests_on") else set()
        rests_on = [
            self.refer(id, f"{place}.rests_on[{index}]", "quote or source", known)
            for index, id in enumerate(self.items(data, "rests_on", f"{place}.rests_on"))
        ]
        return Passage(self.text(data, "text", place), tuple(rests_on))

    def reference(self, data: Mapping[str, Any], kind: str, place: str) -> str:
        return self.refer(data[kind], _join(place, kind), kind, self.known[_SECTIONS[kind]]) if kind in data else ""

    def references(self, data: Mapping[str, Any], field: str, place: str, kind: str) -> tuple[str, ...]:
        known = self.known[_SECTIONS[kind]]
        place = _join(place, field)
        return tuple(
            self.refer(id, f"{place}[{i}]", kind, known) for i, id in enumerate(self.items(data, field, place))
        )

    def refer(self, id: Any, place: str, kind: str, known: Collection[str]) -> str:
        if not isinstance(id, str):
            self.fault(place, f"expected an id, not {_show(id)}")
            return ""
        if id not in known:
            self.unknown(place, kind, id, known)
        return id


def _join(place: str, field: str) -> str:
    return f"{place}.{field}" if place else field


def _show(value: object) -> str:
    """Name a value in a message; its content only where that is short and cannot be deep."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:59] + "…")
    if isinstance(value, (bool, float)) or (isinstance(value, int) and abs(value) < 10**15):
        return repr(value)
    return (
        "an object" if isinstance(value, Mapping) else "a list" if isinstance(value, Sequence) else type(value).__name__
    )
