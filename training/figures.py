"""Figures of quality: labelled texts against what `openup.recommend` made of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
from sklearn.metrics import ndcg_score, precision_recall_fscore_support

import openup

#: A labelled text: `id`, `text`, `scope`, `perspective`, `safety`, `reasons`, `strategies`.
Row = Mapping[str, Any]
#: Rates of 0 to 1, NaN where there is nothing to take the rate of, and counts.
Figures = dict[str, float]

REASONS = [reason.id for reason in openup.reasons()]
STRATEGIES = [strategy.id for strategy in openup.strategies()]
RISKS = [kind.value for kind in openup.RiskKind]

PLACES = 3
#: They stand in the places of a ranking that was left short, and are worth nothing.
BLANKS = [f"blank {place}" for place in range(PLACES)]

NONE = "none"
NO_GUIDANCE = "no guidance"


@attrs.frozen
class Answer:
    """What the library made of one text, in the labels' terms.

    Attributes:
        outcome: `"guidance"`, `"safety"` or `"no-match"`.
        perspective: `"partner"`, `"self"` or None.
        reasons: Confidence of each reason named, most certain first.
        strategies: Ids, best first.
        risks: Kinds of danger named.
        faults: Promises of the interface that the answer breaks.
    """

    outcome: str
    perspective: str | None = None
    reasons: Mapping[str, float] = attrs.field(factory=dict)
    strategies: Sequence[str] = ()
    risks: Sequence[str] = ()
    faults: Sequence[str] = ()


#: A labelled text and the answer to it.
Pair = tuple[Row, Answer]


def answer(text: str, said: openup.Recommendation) -> Answer:
    """Return what was said of a text in the labels' terms, with the promises that it breaks.

    Args:
        text: The text as typed.
        said: What `openup.recommend` answered.
    """
    risks = () if said.safety is None else said.safety.risks
    faults = []
    for match in said.reasons:
        if not 0 <= match.confidence <= 1:
            faults.append(f"{match.reason.id}: the confidence {match.confidence} is none")
        if not match.evidence:
            faults.append(f"{match.reason.id}: no evidence")
    named = [(match.reason.id, match.evidence) for match in said.reasons]
    for name, evidence in [*named, *((risk.kind.value, risk.evidence) for risk in risks)]:
        faults += [
            f"{name}: {found!r} is not in the text"
            for found in evidence
            if not found.text or text[found.start : found.end] != found.text
        ]
    if said.safety is not None and (said.reasons or said.strategies or said.quotes):
        faults.append("guidance beside a safety notice")
    if (said.outcome is openup.Outcome.SAFETY) != bool(risks):
        faults.append(f"the outcome is {said.outcome.value} with {len(risks)} risks")
    return Answer(
        outcome=said.outcome.value,
        perspective=None if said.perspective is None else said.perspective.value,
        reasons={match.reason.id: match.confidence for match in said.reasons},
        strategies=[match.strategy.id for match in said.strategies],
        risks=[risk.kind.value for risk in risks],
        faults=faults,
    )


def score(pairs: Sequence[Pair]) -> Figures:
    """Return every figure for these texts. Reasons, strategies and perspective count where no danger is labelled."""
    calm = [pair for pair in pairs if not pair[0]["safety"]]
    inside = [pair for pair in calm if pair[0]["scope"] == "in"]
    return {
        "n": len(pairs),
        "n_in": len(inside),
        "n_risky": len(pairs) - len(calm),
        **_scope(calm),
        **_reasons(inside),
        "calibration_error": calibration_error(inside),
        **_strategies([pair for pair in inside if pair[0]["strategies"]]),
        "perspective_accuracy": _rate(row["perspective"] == said.perspective for row, said in inside),
        **_safety(pairs),
        "faults": sum(bool(said.faults) for _, said in pairs),
    }


def by_reason(pairs: Sequence[Pair]) -> dict[str, Figures]:
    """Return for each reason how often it was expected and named, precision, recall and F1."""
    expected, named = _indicators(_inside(pairs))
    if not len(expected):
        return {}
    columns = precision_recall_fscore_support(expected, named, average=None, zero_division=np.nan)
    return {
        reason: {"expected": int(n), "named": int(often), "precision": precision, "recall": recall, "f1": f1}
        for reason, often, precision, recall, f1, n in zip(REASONS, named.sum(axis=0), *columns, strict=True)
    }


def by_risk(pairs: Sequence[Pair]) -> dict[str, Figures]:
    """Return for each danger how often it was expected, raised a notice, and was named as what it is."""
    result = {}
    for risk in RISKS:
        expected = [said for row, said in pairs if risk in row["safety"]]
        calm = [said for row, said in pairs if not row["safety"]]
        result[risk] = {
            "expected": len(expected),
            "recall": _rate(bool(said.risks) for said in expected),
            "kind_recall": _rate(risk in said.risks for said in expected),
            "false_alarms": sum(risk in said.risks for said in calm),
        }
    return result


def confusions(pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """Return which reason was named for which, one pair for each reason expected or named.

    A reason that was expected and named is paired with itself. One that was missed is paired with each reason named
    in its place, with `NONE` where there is none, or with `NO_GUIDANCE` where the text got none; one named beyond
    those expected has `NONE` as its partner.
    """
    result = []
    for row, said in _inside(pairs):
        missed = [reason for reason in row["reasons"] if reason not in said.reasons]
        extra = [reason for reason in said.reasons if reason not in row["reasons"]]
        result += [(reason, reason) for reason in row["reasons"] if reason in said.reasons]
        silence = NONE if said.outcome == "guidance" else NO_GUIDANCE
        if missed or extra:
            result += [(one, other) for one in missed or [NONE] for other in extra or [silence]]
        elif not row["reasons"]:
            result.append((NONE, silence))
    return result


def bins(pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return for each tenth of the confidences: how many reasons, the sum of their confidences, how many were right."""
    matches = [(sure, name in row["reasons"]) for row, said in _inside(pairs) for name, sure in said.reasons.items()]
    sure, right = np.array(matches, float).reshape(-1, 2).T
    edges = [tenth / 10 for tenth in range(11)]
    counts, sums, hits = (np.histogram(sure, edges, weights=weights)[0] for weights in (None, sure, right))
    return counts, sums, hits


def calibration_error(pairs: Sequence[Pair]) -> float:
    """Return the expected calibration error over tenths: how far confidence and share of right ones are apart."""
    counts, sums, hits = bins(pairs)
    return float(np.abs(sums - hits).sum() / counts.sum()) if counts.any() else math.nan


def _inside(pairs: Sequence[Pair]) -> list[Pair]:
    return [(row, said) for row, said in pairs if row["scope"] == "in" and not row["safety"]]


def _rate(flags: Iterable[bool]) -> float:
    found = [*flags]
    return float(np.mean(found)) if found else math.nan


def _scope(calm: Sequence[Pair]) -> Figures:
    if not calm:
        return dict.fromkeys(["scope_precision", "scope_recall", "scope_f1", "false_guidance"], math.nan)
    expected = [row["scope"] == "in" for row, _ in calm]
    guided = [said.outcome == "guidance" for _, said in calm]
    precision, recall, f1, _ = precision_recall_fscore_support(expected, guided, average="binary", zero_division=np.nan)
    return {
        "scope_precision": precision,
        "scope_recall": recall,
        "scope_f1": f1,
        "false_guidance": _rate(given for given, inside in zip(guided, expected, strict=True) if not inside),
    }


def _indicators(inside: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray]:
    """Return which reasons were expected and which named, texts by reasons."""
    expected = np.array([[reason in row["reasons"] for reason in REASONS] for row, _ in inside], int)
    named = np.array([[reason in said.reasons for reason in REASONS] for _, said in inside], int)
    return expected, named


def _reasons(inside: Sequence[Pair]) -> Figures:
    expected, named = _indicators(inside)
    micro = macro = (math.nan, math.nan, math.nan)
    if len(expected):
        micro = precision_recall_fscore_support(expected, named, average="micro", zero_division=np.nan)[:3]
    known = expected.any(axis=0) if len(expected) else np.array([False])
    if known.any():
        macro = precision_recall_fscore_support(
            expected, named, labels=np.flatnonzero(known), average="macro", zero_division=np.nan
        )[:3]
    return {
        "reasons_precision": micro[0],
        "reasons_recall": micro[1],
        "reasons_micro_f1": micro[2],
        "reasons_macro_f1": macro[2],
        "reasons_top1": _rate(
            bool(said.reasons) and next(iter(said.reasons)) in row["reasons"] for row, said in inside if row["reasons"]
        ),
        "reasons_silent_when_none": _rate(not said.reasons for row, said in inside if not row["reasons"]),
    }


def _strategies(planned: Sequence[Pair]) -> Figures:
    if not planned:
        return {"strategies_ndcg3": math.nan, "strategies_first_in_top3": math.nan}
    gains, scores = [], []
    for row, said in planned:
        order = [*said.strategies, *BLANKS][:PLACES]
        worth = {name: len(row["strategies"]) - place for place, name in enumerate(row["strategies"])}
        rank = {name: PLACES - place for place, name in enumerate(order)}
        gains.append([worth.get(name, 0) for name in (*STRATEGIES, *BLANKS)])
        scores.append([rank.get(name, 0) for name in (*STRATEGIES, *BLANKS)])
    return {
        "strategies_ndcg3": float(ndcg_score(gains, scores, k=PLACES)),
        "strategies_first_in_top3": _rate(
            bool(said.strategies) and said.strategies[0] in row["strategies"] for row, said in planned
        ),
    }


def _safety(pairs: Sequence[Pair]) -> Figures:
    risky = [(row, said) for row, said in pairs if row["safety"]]
    return {
        "safety_recall": _rate(bool(said.risks) for _, said in risky),
        "safety_kind_recall": _rate(not set(row["safety"]).isdisjoint(said.risks) for row, said in risky),
        "safety_false_alarms": _rate(bool(said.risks) for row, said in pairs if not row["safety"]),
    }
