"""Risks in what a person wrote, and the notice that takes the place of advice."""

from __future__ import annotations

import enum
import functools
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ._content import UnknownIdError
from ._loading import read_data
from ._model import Judgement
from ._plain import Plain
from ._text import Evidence, Letter

#: Stretches of text shown for one risk. Each takes a walk over the whole text to find.
MAX_EVIDENCE = 3


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


@functools.cache
def _patterns() -> Sequence[tuple[RiskKind, re.Pattern[str]]]:
    """Return the curated patterns: regular expressions over the canonical words of a clause.

    In the data, `{NAME}` stands for a class of words and `~` for at most two words that deny nothing.
    """
    classes = {name: f"(?:{'|'.join(words.split())})" for name, words in _data()["classes"].items()}
    gap = r"(?: (?!(?:not|never|cannot|no|without|nobody)\b)\S+){0,2}"
    compiled = []
    for kind, patterns in _data()["patterns"].items():
        whole = "|".join(pattern.format_map(classes).replace(" ~", gap) for pattern in patterns)
        compiled.append((RiskKind(kind), re.compile(rf"(?<!\S)(?:{whole})(?!\S)")))
    return compiled


def regions() -> tuple[str, ...]:
    """Return the region codes that resources are known for."""
    return tuple(_data()["regions"])


def check_region(region: str) -> str:
    """Return the region code in upper case, or raise `UnknownIdError` with the known ones."""
    if region.upper() not in regions():
        raise UnknownIdError("region", region, regions())
    return region.upper()


def find_risks(judgement: Judgement) -> tuple[Risk, ...]:
    """Return the dangers that a letter shows, most certain first.

    A danger counts where the model's probability reaches its threshold or a curated pattern matches.
    """
    matches = _matches(judgement.letter)
    risks = []
    for kind in RiskKind:
        probability = judgement.probability(kind)
        spans = matches.get(kind, ())
        if spans:
            probability = max(probability, _data()["pattern_confidence"])
        elif not judgement.found(kind):
            continue
        risks.append(
            Risk(
                kind=kind,
                confidence=round(probability, 4),
                evidence=tuple(spans) or judgement.evidence(kind),
                message=_data()["messages"][kind],
            )
        )
    return tuple(sorted(risks, key=lambda risk: -risk.confidence))


def _matches(letter: Letter) -> Mapping[RiskKind, Sequence[Evidence]]:
    found: dict[RiskKind, list[Evidence]] = {}
    for clause in letter.clauses:
        if clause.supposed:
            continue
        line = " ".join(clause.words)
        for kind, pattern in _patterns():
            match = pattern.search(line)
            if match and len(found.get(kind, ())) < MAX_EVIDENCE:
                first = line.count(" ", 0, match.start())
                last = line.count(" ", 0, match.end())
                found.setdefault(kind, []).append(letter.evidence(clause.places[first], clause.places[last]))
    return found


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
