"""Risks in what a person wrote, and the notice that takes the place of advice."""

from __future__ import annotations

import enum
import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ._content import UnknownIdError
from ._loading import read_data
from ._model import Judgement
from ._plain import Plain
from ._text import Evidence


#: Stretches of text shown for one risk.
MAX_EVIDENCE = 3
#: A danger is left out whose probability is below this share of the most certain one's.
FAINT = 0.4


class RiskKind(str, enum.Enum):
    """A danger that must be met before any relationship advice."""

    PARTNER_VIOLENCE = "partner-violence"
    COERCIVE_CONTROL = "coercive-control"
    SELF_HARM = "self-harm"
    CHILD_SAFETY = "child-safety"
    HARM_TO_OTHERS = "harm-to-others"


@attrs.frozen
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


@attrs.frozen
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


@attrs.frozen
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
    data: Mapping[str, Any] = json.loads(read_data("safety.json"))
    return data


def regions() -> tuple[str, ...]:
    """Return the region codes that resources are known for."""
    return tuple(sorted({*_data()["regions"], *_data()["eu"]}))


def check_region(region: str) -> str:
    """Return the region code in upper case, or raise `UnknownIdError` with the known ones."""
    if region.upper() not in regions():
        raise UnknownIdError("region", region, regions())
    return region.upper()


def find_risks(judgement: Judgement) -> tuple[Risk, ...]:
    """Return the dangers that a letter shows, most certain first.

    Beside a danger that is certain, a faint one is left out: its message would only confuse.
    """
    faint = FAINT * max(judgement.probabilities[kind] for kind in RiskKind)
    risks = [
        Risk(
            kind=kind,
            confidence=round(judgement.probabilities[kind], 4),
            evidence=_matched(judgement, kind) or judgement.evidence(kind),
            message=_data()["messages"][kind],
        )
        for kind in RiskKind
        if judgement.found(kind) and judgement.probabilities[kind] >= faint
    ]
    return tuple(sorted(risks, key=lambda risk: -risk.confidence))


def _matched(judgement: Judgement, kind: RiskKind) -> tuple[Evidence, ...]:
    matches = [match for match in judgement.matches if match.kind == kind]
    return tuple(judgement.letter.evidence(match.first, match.last) for match in matches[:MAX_EVIDENCE])


def make_notice(risks: Sequence[Risk], region: str | None) -> SafetyNotice:
    """Return the notice for some risks, with the resources of a region and those that serve everywhere."""
    kinds = {risk.kind for risk in risks}
    places = [region, *(["EU"] if region in _data()["eu"] else [])] if region else []
    resources = [_resource(entry) for entry in _data()["resources"]]
    mine = [item for place in places for item in resources if item.region == place and kinds & {*item.kinds}]
    everywhere = [item for item in resources if item.region == "INT" and kinds & {*item.kinds}]
    lines = [_data()["opening"], *(risk.message for risk in risks)]
    if kinds & {RiskKind.PARTNER_VIOLENCE, RiskKind.COERCIVE_CONTROL}:
        lines.append(_data()["screen"])
    return SafetyNotice(risks=tuple(risks), message="\n\n".join(lines), resources=(*mine, *everywhere))


def _resource(entry: Mapping[str, Any]) -> Resource:
    return Resource(**{**entry, "kinds": tuple(map(RiskKind, entry["kinds"]))})
