"""Risks in what a person wrote, and the notice that takes the place of advice."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from ._content import Resource, RiskKind, SafetyMessage, SafetyTexts, UnknownIdError
from ._evidence import Evidence
from ._loading import read_json
from ._plain import Plain

if TYPE_CHECKING:
    from ._model import Judgement

#: Stretches of text shown for one risk.
MAX_EVIDENCE = 3
#: A danger is left out whose probability is below this share of the most certain one's.
FAINT = 0.15
#: The least confidence in a danger that a pattern shows: of 1,841 such texts in the corpus 1,502 are labelled so.
SHOWN = 0.82


@attrs.frozen(repr=False)
class Risk(Plain):
    """A danger found in the text.

    Attributes:
        kind: Which danger.
        confidence: 0 to 1.
        evidence: The words that show it.
        message: A few humane words for the person.
    """

    kind: RiskKind
    confidence: float
    evidence: tuple[Evidence, ...]
    message: str


@attrs.frozen(repr=False)
class SafetyNotice(Plain):
    """What to show instead of advice.

    Attributes:
        risks: The dangers found, most certain first.
        message: What to say to the person, in plain words.
        resources: Where they can find help.
    """

    risks: tuple[Risk, ...]
    message: str
    resources: tuple[Resource, ...]


@functools.cache
def _data() -> Mapping[str, Any]:
    data: Mapping[str, Any] = read_json("safety.json")
    return data


@functools.cache
def _builtin_texts() -> SafetyTexts:
    # Not by way of `from_dict`, whose checks every program would pay for: a test makes them.
    data = _data()
    return SafetyTexts(
        opening=data["opening"],
        screen=data["screen"],
        messages=tuple(SafetyMessage(RiskKind(kind), text) for kind, text in data["messages"].items()),
        resources=tuple(
            Resource(**{**item, "kinds": tuple(map(RiskKind, item["kinds"]))}) for item in data["resources"]
        ),
    )


def regions(texts: SafetyTexts | None = None) -> tuple[str, ...]:
    """Return the region codes that resources are known for.

    Args:
        texts: A guide's own texts, `Guide.safety`, whose regions count as well.
    """
    own = {resource.region for resource in texts.resources} if texts else set()
    return tuple(sorted({*_data()["regions"], *_data()["eu"], *own} - {"INT"}))


def check_region(region: str, texts: SafetyTexts | None = None) -> str:
    """Return the region code in upper case, or raise `UnknownIdError` with the known ones."""
    if region.upper() not in regions(texts):
        raise UnknownIdError("region", region, regions(texts))
    return region.upper()


def find_risks(judgement: Judgement, texts: SafetyTexts | None = None) -> tuple[Risk, ...]:
    """Return the dangers that a letter shows, most certain first.

    A danger counts that a pattern shows, whatever the network makes of the rest, so that nothing harmless can hide it;
    and one that the network finds. Beside a danger that is certain, a faint one is left out: its message would only
    confuse.
    """
    most = max(RiskKind, key=lambda kind: judgement.probabilities[kind])
    faint = FAINT * judgement.probabilities[most]
    shown = {match.kind for match in judgement.matches}
    kinds = [
        kind for kind in RiskKind if kind in shown or (judgement.found(kind) and judgement.probabilities[kind] >= faint)
    ]
    if not kinds and judgement.found("risk"):
        kinds = [most]  # Danger there is; this is what it looks most like.
    messages = {message.kind: message.text for message in _over_builtin(texts).messages} if kinds else {}
    risks = [
        Risk(
            kind=kind,
            confidence=round(max(judgement.probabilities[kind], SHOWN if kind in shown else 0.0), 4),
            evidence=_matched(judgement, kind) or judgement.evidence(kind),
            message=messages[kind],
        )
        for kind in kinds
    ]
    return tuple(sorted(risks, key=lambda risk: -risk.confidence))


def _matched(judgement: Judgement, kind: RiskKind) -> tuple[Evidence, ...]:
    matches = [match for match in judgement.matches if match.kind == kind]
    return tuple(judgement.letter.evidence(match.first, match.last) for match in matches[:MAX_EVIDENCE])


@functools.lru_cache(maxsize=16)
def _over_builtin(texts: SafetyTexts | None) -> SafetyTexts:
    return _builtin_texts().merge(texts) if texts else _builtin_texts()


def make_notice(risks: Sequence[Risk], region: str | None, texts: SafetyTexts | None = None) -> SafetyNotice:
    """Return the notice for some risks, with the resources of a region and those that serve everywhere.

    Args:
        risks: The dangers found.
        region: Where the person is, as `check_region` returns it, or None.
        texts: A guide's own texts; what they leave out, the built-in ones say.
    """
    kinds = [risk.kind for risk in risks]
    places = [*([region] if region else []), *(["EU"] if region in _data()["eu"] else []), "INT"]
    said = _over_builtin(texts)
    lines = [said.opening or "", *(risk.message for risk in risks)]
    if {*kinds} & {RiskKind.PARTNER_VIOLENCE, RiskKind.COERCIVE_CONTROL}:
        lines.append(said.screen or "")
    resources = [item for place in places for item in _resources(place, kinds, texts)]
    return SafetyNotice(risks=tuple(risks), message="\n\n".join(lines), resources=tuple(resources))


def _resources(place: str, kinds: Sequence[RiskKind], texts: SafetyTexts | None) -> Sequence[Resource]:
    """Return a place's services for some dangers: for each danger the guide's own, or else the built-in ones."""
    own, builtin = (
        [item for item in items if item.region == place]
        for items in (texts.resources if texts else (), _builtin_texts().resources)
    )
    chosen: dict[Resource, None] = {}
    for kind in kinds:
        for item in [item for item in own if kind in item.kinds] or [item for item in builtin if kind in item.kinds]:
            chosen[item] = None
    return [item for item in (*own, *builtin) if item in chosen]
