"""What a guide says: its sources, experts, quotes, reasons and strategies, as frozen values."""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import attrs

from ._plain import Plain

#: The version of the guide format that this release reads and writes.
SCHEMA_VERSION = 1

_T = TypeVar("_T", bound="Source | Expert | Quote | Reason | Strategy")

_is_text = attrs.validators.instance_of(str)


class UnknownIdError(LookupError):
    """An id that the guide does not hold; the message names it and the nearest one that exists.

    Attributes:
        kind: What was looked for, such as `"reason"`.
        id: The id that was asked for.
    """

    def __init__(self, kind: str, id: str, known: Iterable[str]) -> None:
        self.kind = kind
        self.id = id
        self.known = tuple(known)
        super().__init__(kind, id, self.known)

    def __str__(self) -> str:
        return f"unknown {self.kind} {self.id!r}{nearest(self.id, self.known)}"


def nearest(given: object, known: Iterable[str]) -> str:
    """Say which known id was probably meant, as the end of an error message."""
    # Imported here: only mistakes need it.
    import difflib

    ids = sorted(known)
    close = difflib.get_close_matches(str(given)[:100], ids, n=1)
    if close:
        return f" (did you mean {close[0]!r}?)"
    return f" (known: {', '.join(ids)})" if 0 < len(ids) <= 50 else ""


@attrs.frozen(repr=False)
class Source(Plain):
    """A publication that the guide draws on.

    Attributes:
        id: Stable id, such as `"elite-daily"`.
        title: The title as published.
        publisher: Who published it.
        url: Where it can be read, or None.
    """

    id: str = attrs.field(validator=_is_text)
    title: str
    publisher: str = attrs.field(repr=False)
    url: str | None = attrs.field(default=None, repr=False)


@attrs.frozen(repr=False)
class Expert(Plain):
    """A person whose words or advice the guide carries.

    Attributes:
        id: Stable id, such as `"gary-brown"`.
        name: The name as the source gives it.
        credentials: What the source says they are.
        source: Id of the source that introduces them.
    """

    id: str = attrs.field(validator=_is_text)
    name: str
    credentials: str = attrs.field(repr=False)
    source: str = attrs.field(repr=False)


@attrs.frozen(repr=False)
class Quote(Plain):
    """An expert's own words, verbatim and in one piece.

    Attributes:
        id: Stable id, such as `"gary-brown-6"`.
        text: The words as printed, without the quotation marks around them.
        expert: Who said it.
        source: Where it was published.
        reasons: Ids of the reasons that rest on it.
        strategies: Ids of the strategies that rest on it.
    """

    id: str = attrs.field(validator=_is_text)
    text: str
    expert: Expert
    source: Source = attrs.field(repr=False)
    reasons: tuple[str, ...] = attrs.field(default=(), repr=False)
    strategies: tuple[str, ...] = attrs.field(default=(), repr=False)

    def __str__(self) -> str:
        return f"“{self.text}” — {self.expert.name}, {self.expert.credentials} ({self.source.publisher})"

    def _repr_html_(self) -> str:
        from ._html import notebook

        return notebook(self)


@attrs.frozen(repr=False)
class Passage(Plain):
    """A piece of the guide's own wording and what it rests on.

    Attributes:
        text: The wording. It is never an expert's; those are `Quote`.
        rests_on: Ids of the quotes or sources it restates. Empty where it goes beyond them.
    """

    text: str
    rests_on: tuple[str, ...] = ()

    @property
    def editorial(self) -> bool:
        """Whether the passage goes beyond the source."""
        return not self.rests_on

    def __str__(self) -> str:
        return self.text


@attrs.frozen(repr=False)
class Reason(Plain):
    """Why somebody may hold back.

    Attributes:
        id: Stable id, such as `"past-hurt"`.
        title: A short heading.
        summary: What it means.
        signs: How it tends to show.
        question: What to ask a person to settle whether it applies to their partner.
        question_self: The same for a person who holds back themself.
        strategies: Ids of the strategies that serve it, best first.
        quotes: Ids of the quotes it rests on.
        examples: Phrases by which a reason of a product's own is recognised; see `openup.load_guide`.
    """

    id: str = attrs.field(validator=_is_text)
    title: str
    summary: Passage = attrs.field(repr=False)
    signs: tuple[Passage, ...] = attrs.field(repr=False)
    question: Passage = attrs.field(repr=False)
    question_self: Passage = attrs.field(repr=False)
    strategies: tuple[str, ...] = attrs.field(repr=False)
    quotes: tuple[str, ...] = attrs.field(default=(), repr=False)
    examples: tuple[str, ...] = attrs.field(default=(), repr=False)


@attrs.frozen(repr=False)
class Strategy(Plain):
    """What somebody can do about it.

    Attributes:
        id: Stable id, such as `"be-patient"`.
        title: A short heading, as advice.
        summary: What it asks.
        why: Why it works.
        steps: Two to four concrete steps.
        openers: Sentences a person could actually say.
        for_self: The advice to a reader who is the one that holds back.
        not_when: When not to use it.
        quotes: Ids of the quotes it rests on.
    """

    id: str = attrs.field(validator=_is_text)
    title: str
    summary: Passage = attrs.field(repr=False)
    why: Passage = attrs.field(repr=False)
    steps: tuple[Passage, ...] = attrs.field(repr=False)
    openers: tuple[Passage, ...] = attrs.field(repr=False)
    for_self: Passage = attrs.field(repr=False)
    not_when: Passage = attrs.field(repr=False)
    quotes: tuple[str, ...] = attrs.field(default=(), repr=False)


class RiskKind(str, enum.Enum):
    """A danger that must be met before any relationship advice."""

    PARTNER_VIOLENCE = "partner-violence"
    COERCIVE_CONTROL = "coercive-control"
    SELF_HARM = "self-harm"
    CHILD_SAFETY = "child-safety"
    HARM_TO_OTHERS = "harm-to-others"


@attrs.frozen(repr=False)
class Resource(Plain):
    """A service that helps.

    Attributes:
        name: Its name.
        contact: Number, address or page, as one would dial, text or type it.
        how: How to reach it and for whom it is.
        hours: When it answers.
        kinds: The dangers it is for.
        region: ISO 3166 code of the country, `"EU"`, or `"INT"` for everywhere.
        source: The page the entry was checked against.
        checked: The day it was checked, as YYYY-MM-DD.
    """

    name: str
    contact: str
    how: str
    hours: str
    kinds: tuple[RiskKind, ...]
    region: str
    source: str
    checked: str


@attrs.frozen(repr=False)
class SafetyMessage(Plain):
    """What a guide says to a person in one danger.

    Attributes:
        kind: The danger.
        text: What to say, in plain words.
    """

    kind: RiskKind
    text: str


@attrs.frozen(repr=False)
class SafetyTexts(Plain):
    """A product's own words and services for the notice. What it leaves out, the built-in ones say.

    Attributes:
        opening: The first words of every notice, or None.
        screen: What to tell people about who can see their screen, or None.
        messages: What to say in each danger.
        resources: Services. In a region and for a danger that they name, they take the place of the built-in ones.
    """

    opening: str | None = None
    screen: str | None = None
    messages: tuple[SafetyMessage, ...] = ()
    resources: tuple[Resource, ...] = attrs.field(default=(), repr=False)

    def merge(self, other: SafetyTexts) -> SafetyTexts:
        """Return these texts with others laid over them."""
        messages = {message.kind: message for message in (*self.messages, *other.messages)}
        resources = {(item.region, item.name): item for item in (*self.resources, *other.resources)}
        return SafetyTexts(
            opening=other.opening if other.opening is not None else self.opening,
            screen=other.screen if other.screen is not None else self.screen,
            messages=tuple(messages.values()),
            resources=tuple(resources.values()),
        )


@attrs.frozen(repr=False, cache_hash=True)
class Guide(Plain):
    """A body of advice: everything that `openup.recommend` can answer with.

    `openup.load_guide` makes one from a file and checks it.

    Attributes:
        id: Stable id; the built-in guide is `"openup"`.
        version: Version of the content.
        sources: Where it comes from.
        experts: Who is quoted.
        quotes: Their words.
        reasons: Why somebody may hold back.
        strategies: What can be done.
        safety: A product's own words and services for the safety notice, or None.
    """

    id: str = attrs.field(validator=_is_text)
    version: str
    sources: tuple[Source, ...] = attrs.field(repr=False)
    experts: tuple[Expert, ...] = attrs.field(repr=False)
    quotes: tuple[Quote, ...] = attrs.field(repr=False)
    reasons: tuple[Reason, ...] = attrs.field(repr=False)
    strategies: tuple[Strategy, ...] = attrs.field(repr=False)
    safety: SafetyTexts | None = attrs.field(default=None, repr=False)

    @functools.cached_property
    def _by_id(self) -> Mapping[tuple[str, str], Any]:
        sections: Iterable[tuple[str, Iterable[Any]]] = (
            ("source", self.sources),
            ("expert", self.experts),
            ("quote", self.quotes),
            ("reason", self.reasons),
            ("strategy", self.strategies),
        )
        return {(kind, item.id): item for kind, items in sections for item in items}

    def _find(self, kind: str, id: str) -> Any:
        try:
            return self._by_id[kind, id]
        except KeyError:
            raise UnknownIdError(kind, id, (known for of_kind, known in self._by_id if of_kind == kind)) from None

    def to_dict(self) -> dict[str, Any]:
        """Return the guide in the format that `openup.load_guide` reads."""
        data = super().to_dict()
        for quote in data["quotes"]:
            quote.update(expert=quote["expert"]["id"], source=quote["source"]["id"])
            del quote["reasons"], quote["strategies"]
        safety = data.pop("safety")
        if safety is not None:
            messages = {message["kind"]: message["text"] for message in safety["messages"]}
            data["safety"] = {name: text for name, text in safety.items() if text is not None}
            data["safety"]["messages"] = messages
        return {"schema_version": SCHEMA_VERSION, **data}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Guide:
        """Return the guide that `to_dict` made `data` from.

        Raises:
            GuideError: `data` has faults; the message lists all of them.
        """
        from ._loading import GuideError, load_guide

        if not isinstance(data, Mapping):
            raise GuideError([f"guide: expected an object, not {type(data).__name__}"])
        return load_guide(data)

    def source(self, id: str) -> Source:
        """Return the source with this id, or raise `UnknownIdError`."""
        source: Source = self._find("source", id)
        return source

    def expert(self, id: str) -> Expert:
        """Return the expert with this id, or raise `UnknownIdError`."""
        expert: Expert = self._find("expert", id)
        return expert

    def quote(self, id: str) -> Quote:
        """Return the quote with this id, or raise `UnknownIdError`."""
        quote: Quote = self._find("quote", id)
        return quote

    def reason(self, id: str) -> Reason:
        """Return the reason with this id, or raise `UnknownIdError`."""
        reason: Reason = self._find("reason", id)
        return reason

    def strategy(self, id: str) -> Strategy:
        """Return the strategy with this id, or raise `UnknownIdError`."""
        strategy: Strategy = self._find("strategy", id)
        return strategy

    def find_quotes(
        self, *, expert: str | None = None, reason: str | None = None, strategy: str | None = None
    ) -> tuple[Quote, ...]:
        """Return the quotes that meet every condition given, in the guide's order.

        Args:
            expert: Id of the expert who said it.
            reason: Id of a reason that rests on it.
            strategy: Id of a strategy that rests on it.

        Raises:
            UnknownIdError: The guide holds no such expert, reason or strategy.
        """
        if expert is not None:
            self.expert(expert)
        if reason is not None:
            self.reason(reason)
        if strategy is not None:
            self.strategy(strategy)
        return tuple(
            quote
            for quote in self.quotes
            if (expert is None or quote.expert.id == expert)
            and (reason is None or reason in quote.reasons)
            and (strategy is None or strategy in quote.strategies)
        )

    def merge(self, other: Guide) -> Guide:
        """Return this guide with another one's items added; on the same id, the other's item counts.

        Args:
            other: The guide to lay over this one. The result bears its id and version.
        """

        def union(mine: tuple[_T, ...], theirs: tuple[_T, ...]) -> tuple[_T, ...]:
            return tuple({item.id: item for item in (*mine, *theirs)}.values())

        return link(
            Guide(
                id=other.id,
                version=other.version,
                sources=union(self.sources, other.sources),
                experts=union(self.experts, other.experts),
                quotes=union(self.quotes, other.quotes),
                reasons=union(self.reasons, other.reasons),
                strategies=union(self.strategies, other.strategies),
                safety=self.safety.merge(other.safety) if self.safety and other.safety else other.safety or self.safety,
            )
        )


def link(guide: Guide) -> Guide:
    """Give each quote the topics of the reasons and strategies that rest on it, and its current expert and source."""
    experts = {expert.id: expert for expert in guide.experts}
    sources = {source.id: source for source in guide.sources}
    reasons = _users(guide.reasons)
    strategies = _users(guide.strategies)
    return attrs.evolve(
        guide,
        quotes=tuple(
            attrs.evolve(
                quote,
                expert=experts[quote.expert.id],
                source=sources[quote.source.id],
                reasons=tuple(reasons.get(quote.id, ())),
                strategies=tuple(strategies.get(quote.id, ())),
            )
            for quote in guide.quotes
        ),
    )


def _users(items: Iterable[Reason | Strategy]) -> Mapping[str, list[str]]:
    users: dict[str, Any] = {}
    for item in items:
        for quote in item.quotes:
            users.setdefault(quote, []).append(item.id)
    return users
