"""Situation to recommendation."""

from __future__ import annotations

import enum
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from ._content import Guide, Quote, Reason, Strategy
from ._evidence import Evidence
from ._loading import builtin_guide
from ._plain import Plain
from ._safety import SafetyNotice, check_region, find_risks, make_notice

if TYPE_CHECKING:
    from ._model import Judgement

#: The version of what `Recommendation.to_dict` returns.
SCHEMA_VERSION = 1
MAX_REASONS = 3
MAX_STRATEGIES = 3
MAX_QUOTES = 3
MAX_QUESTIONS = 2
#: What a reason adds to the logit of the strategy that serves it best, where the person or a product's guide names it.
KNOWN_REASON = 6.0
#: How much of that a reason counts that the model finds: most of what it says has been learned from the text already.
FOUND_REASON = 0.25
#: Where a strategy starts of which the model has learned nothing: about where it puts one that does not fit.
UNKNOWN_STRATEGY = -2.0
#: From which confidence in a reason of a product's own a text gets guidance that the model would pass over, and how
#: likely it must be all the same that somebody holds back. `benchmarks/own_reasons.py` measures what that opens.
PLAIN_OWN_REASON = 0.8
POSSIBLE_SCOPE = 0.2


class Outcome(str, enum.Enum):
    """What kind of answer a recommendation is."""

    GUIDANCE = "guidance"
    SAFETY = "safety"
    NO_MATCH = "no-match"


class Perspective(str, enum.Enum):
    """Who holds back."""

    PARTNER = "partner"
    SELF = "self"


def _ids(value: Any) -> frozenset[str]:
    if isinstance(value, str):
        raise TypeError(f"expected a set of ids, not the text {value[:40]!r}")
    return frozenset(value)


_NO_IDS: frozenset[str] = frozenset()


@attrs.frozen(repr=False)
class Situation(Plain):
    """What a person wrote, and what is known besides.

    Attributes:
        text: The situation in their own words.
        known_reasons: Ids of reasons they have confirmed.
        ruled_out: Ids of reasons they have denied.
        tried: Ids of strategies they have tried already.
        region: ISO 3166 code of the country whose help services a safety notice should name, such as `"GB"`.

    Raises:
        TypeError: `text` is not a string, or a set of ids is one.
    """

    text: str = attrs.field(validator=attrs.validators.instance_of(str), repr=False)
    known_reasons: frozenset[str] = attrs.field(default=_NO_IDS, converter=_ids)
    ruled_out: frozenset[str] = attrs.field(default=_NO_IDS, converter=_ids)
    tried: frozenset[str] = attrs.field(default=_NO_IDS, converter=_ids)
    region: str | None = None


@attrs.frozen(repr=False)
class ReasonMatch(Plain):
    """A reason that the words support.

    Attributes:
        reason: The reason.
        confidence: Calibrated probability, 0 to 1, that a careful reader would name it too. 1 for a known reason.
        evidence: The words it rests on; empty only for a known reason that the text does not mention.
    """

    reason: Reason
    confidence: float
    evidence: tuple[Evidence, ...]


@attrs.frozen(repr=False)
class Because(Plain):
    """What put a strategy in its place.

    Attributes:
        kind: `"reason"`, `"cue"` (words of the text that speak for the strategy itself) or `"general"`.
        id: Id of the reason or the cue; for `"general"`, who holds back.
        evidence: The words it rests on.
    """

    kind: str
    id: str
    evidence: tuple[Evidence, ...] = ()


@attrs.frozen(repr=False)
class StrategyMatch(Plain):
    """A strategy to try.

    Attributes:
        strategy: The strategy.
        because: What speaks for it, strongest first.
    """

    strategy: Strategy
    because: tuple[Because, ...]


@attrs.frozen(repr=False)
class Question(Plain):
    """What to ask next.

    Attributes:
        text: The question.
        reason: Id of the reason that the answer would settle.
    """

    text: str
    reason: str


@attrs.frozen(repr=False)
class Recommendation(Plain):
    """What `recommend` answers.

    Attributes:
        outcome: What kind of answer it is.
        perspective: Who holds back; None unless the outcome is guidance.
        reasons: The reasons that the words support, most certain first. Often empty.
        strategies: What to try, best first.
        quotes: The experts' words behind the strategies and reasons.
        questions: What to ask next when the cause is not clear.
        safety: The notice that takes the place of all advice, or None.
        text: What the person wrote, so that evidence can be shown in it.
        data_version: Versions of the guide and of the model that answered.
        schema_version: Version of this structure as `to_dict` writes it.
    """

    outcome: Outcome
    perspective: Perspective | None
    reasons: tuple[ReasonMatch, ...]
    strategies: tuple[StrategyMatch, ...]
    quotes: tuple[Quote, ...]
    questions: tuple[Question, ...]
    safety: SafetyNotice | None
    text: str = attrs.field(repr=False)
    data_version: str
    schema_version: int = SCHEMA_VERSION

    def _repr_html_(self) -> str:
        from ._html import notebook

        return notebook(self)


def recommend(situation: str | Situation, *, guide: Guide | None = None) -> Recommendation:
    """Return guidance for a situation described in a person's own words.

    Args:
        situation: The words, or a `Situation` that says more.
        guide: The guide to answer with; the built-in one by default.

    Returns:
        Guidance, a safety notice, or the statement that the text is about something else. Any text gives an answer.

    Raises:
        TypeError: `situation` is neither a `str` nor a `Situation`.
        UnknownIdError: A reason, strategy or region of the `Situation` does not exist.
    """
    # Imported here: a program that only shows the guide takes no letter apart.
    from ._model import builtin_model
    from ._text import read

    if isinstance(situation, str):
        situation = Situation(situation)
    elif not isinstance(situation, Situation):
        raise TypeError(f"recommend() takes a str or a Situation, not {type(situation).__name__}")
    guide = guide or builtin_guide()
    region = _check(situation, guide)

    letter = read(situation.text)
    judgement = builtin_model().judge(letter)
    answer = functools.partial(
        Recommendation,
        text=situation.text,
        data_version=f"guide {guide.id} {guide.version}, model {judgement.model.version}",
    )
    risks = find_risks(judgement, guide.safety) if letter.clauses else ()
    if risks:
        return answer(Outcome.SAFETY, None, (), (), (), (), make_notice(risks, region, guide.safety))
    if not letter.clauses or not _is_about_this(judgement, guide, situation):
        return answer(Outcome.NO_MATCH, None, (), (), (), (), None)

    perspective = Perspective.SELF if judgement.found("self") else Perspective.PARTNER
    reasons = _match_reasons(judgement, guide, situation)
    strategies = _rank_strategies(judgement, guide, situation, reasons, perspective)
    return answer(
        Outcome.GUIDANCE,
        perspective,
        reasons,
        strategies,
        _choose_quotes(guide, reasons, strategies),
        _choose_questions(judgement, guide, situation, reasons, perspective),
        None,
    )


def _check(situation: Situation, guide: Guide) -> str | None:
    for id in (*situation.known_reasons, *situation.ruled_out):
        guide.reason(id)
    for id in situation.tried:
        guide.strategy(id)
    both = situation.known_reasons & situation.ruled_out
    if both:
        raise ValueError(f"reason {min(both)!r} is both known and ruled out")
    return check_region(situation.region, guide.safety) if situation.region is not None else None


def _is_about_this(judgement: Judgement, guide: Guide, situation: Situation) -> bool:
    """Return whether a text is about somebody who holds back, or may be and plainly gives a reason of the guide."""
    if judgement.found("in-scope"):
        return True
    return judgement.probabilities["in-scope"] >= POSSIBLE_SCOPE and any(
        _judge_own(judgement, guide, reason.id)[0] >= PLAIN_OWN_REASON
        for reason in guide.reasons
        if reason.id not in judgement.model.outputs and reason.id not in situation.ruled_out
    )


def _match_reasons(judgement: Judgement, guide: Guide, situation: Situation) -> tuple[ReasonMatch, ...]:
    matches = []
    for reason in guide.reasons:
        if reason.id in situation.ruled_out:
            continue
        known = reason.id in situation.known_reasons
        if reason.id not in judgement.model.outputs:
            confidence, evidence = _judge_own(judgement, guide, reason.id)
            if known or evidence:
                matches.append(ReasonMatch(reason, 1.0 if known else confidence, evidence))
            continue
        found = judgement.found(reason.id)
        if not (known or found):
            continue
        confidence = 1.0 if known else round(judgement.probabilities[reason.id], 4)
        matches.append(ReasonMatch(reason, confidence, judgement.evidence(reason.id) if found else ()))
    matches.sort(key=lambda match: -match.confidence)
    return tuple(matches[: max(MAX_REASONS, len(situation.known_reasons))])


def _judge_own(judgement: Judgement, guide: Guide, id: str) -> tuple[float, tuple[Evidence, ...]]:
    """Return the confidence in a reason that the model does not know; with evidence only if that is enough."""
    # Imported here: most programs have no reasons of their own.
    from . import _own_reasons

    confidence, evidence = _own_reasons.judge(judgement.letter, guide, id)
    return round(confidence, 4), evidence if confidence >= _own_reasons.THRESHOLD else ()


def _rank_strategies(
    judgement: Judgement,
    guide: Guide,
    situation: Situation,
    reasons: Sequence[ReasonMatch],
    perspective: Perspective,
) -> tuple[StrategyMatch, ...]:
    scored = []
    for place, strategy in enumerate(guide.strategies):
        score = _strategy_score(judgement, guide, situation, reasons, perspective, strategy)
        scored.append((strategy.id in situation.tried, -score, place, strategy))
    scored.sort(key=lambda item: item[:3])
    return tuple(
        StrategyMatch(strategy, _because(judgement, reasons, strategy, perspective))
        for *_, strategy in scored[:MAX_STRATEGIES]
    )


def _strategy_score(
    judgement: Judgement,
    guide: Guide,
    situation: Situation,
    reasons: Sequence[ReasonMatch],
    perspective: Perspective,
    strategy: Strategy,
) -> float:
    """Return what speaks for a strategy, as a logit: the text, the reasons named, and what is known besides."""
    ranking = judgement.model.ranking
    weights = ranking["weights"].get(strategy.id)
    score = UNKNOWN_STRATEGY
    if weights:
        score = ranking["bias"][strategy.id] + weights["text"] * _logit(
            judgement.probabilities[f"strategy:{strategy.id}"]
        )
        score += weights["self"] if perspective is Perspective.SELF else 0.0
    for match in reasons:
        id = match.reason.id
        if weights and id in judgement.model.outputs and judgement.found(id):
            score += weights[id] + FOUND_REASON * match.confidence * _served(match.reason, strategy)
        else:
            score += match.confidence * _served(match.reason, strategy)
    for id in situation.ruled_out:
        if id in judgement.model.outputs and judgement.found(id):
            score -= _served(guide.reason(id), strategy)
    return score


def _logit(probability: float) -> float:
    import math

    probability = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(probability / (1 - probability))


def _served(reason: Reason, strategy: Strategy) -> float:
    """Return what a reason that the model did not find, but that is known, says for a strategy of the guide."""
    if strategy.id not in reason.strategies:
        return 0.0
    return KNOWN_REASON / (1 + reason.strategies.index(strategy.id))


def _because(
    judgement: Judgement, reasons: Sequence[ReasonMatch], strategy: Strategy, perspective: Perspective
) -> tuple[Because, ...]:
    because = [
        Because("reason", match.reason.id, match.evidence)
        for match in reasons
        if strategy.id in match.reason.strategies
    ]
    cue = f"cue:{strategy.id}"
    if cue in judgement.model.outputs and judgement.found(cue):
        because.append(Because("cue", strategy.id, judgement.evidence(cue, limit=1)))
    return tuple(because) or (Because("general", perspective.value),)


def _choose_quotes(
    guide: Guide, reasons: Sequence[ReasonMatch], strategies: Sequence[StrategyMatch]
) -> tuple[Quote, ...]:
    """Return a quote for each strategy, preferring those that speak of the reasons found as well."""
    named = {match.reason.id for match in reasons}
    chosen: dict[str, Quote] = {}
    for match in strategies:
        of_strategy = [guide.quote(id) for id in match.strategy.quotes]
        of_strategy.sort(key=lambda quote: -len(named.intersection(quote.reasons)))
        for quote in of_strategy:
            if quote.id not in chosen:
                chosen[quote.id] = quote
                break
    return tuple(chosen.values())[:MAX_QUOTES]


def _choose_questions(
    judgement: Judgement,
    guide: Guide,
    situation: Situation,
    reasons: Sequence[ReasonMatch],
    perspective: Perspective,
) -> tuple[Question, ...]:
    """Return the questions whose answers would settle most: those about the reasons nearest to undecided."""
    settled = situation.ruled_out | situation.known_reasons
    if any(match.confidence >= 0.8 for match in reasons):
        return ()
    doubt = {}
    for reason in guide.reasons:
        if reason.id not in settled:
            known = reason.id in judgement.model.outputs
            doubt[reason.id] = abs(
                0.5 - (judgement.probabilities[reason.id] if known else _judge_own(judgement, guide, reason.id)[0])
            )
    nearest = sorted(doubt, key=lambda id: doubt[id])[:MAX_QUESTIONS]
    return tuple(
        Question((reason.question_self if perspective is Perspective.SELF else reason.question).text, reason.id)
        for reason in map(guide.reason, nearest)
    )
