"""For the tests of programs that use openup: a recommendation made to order, and Hypothesis strategies.

With Hypothesis installed, `st.from_type(openup.Recommendation)` and `st.builds(...)` know every class of openup without
an import of this module. Nothing here asks the model: what comes out depends on the arguments alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import openup

from ._recommend import MAX_QUESTIONS, MAX_QUOTES, MAX_REASONS, MAX_STRATEGIES
from ._safety import make_notice, regions

if TYPE_CHECKING:
    from hypothesis import strategies as st

__all__ = ["fake_recommendation", "guides", "recommendations", "situations"]

_VERSION = "guide {guide.id} {guide.version}, model fake"


def fake_recommendation(
    text: str = "My partner never opens up to me.",
    *,
    outcome: openup.Outcome | str = "guidance",
    perspective: openup.Perspective | str = "partner",
    reasons: Iterable[str] | Mapping[str, float] = ("past-hurt",),
    strategies: Iterable[str] | None = None,
    quotes: Iterable[str] | None = None,
    questions: Iterable[str] = (),
    risks: Iterable[openup.RiskKind | str] = ("partner-violence",),
    region: str | None = None,
    guide: openup.Guide | None = None,
) -> openup.Recommendation:
    """Return a recommendation with the content that a test needs, whatever the model would say of the text.

    Args:
        text: What the person wrote. Every match has all of it as its evidence.
        outcome: What kind of answer it is.
        perspective: Who holds back; counts for guidance only, as do the next four.
        reasons: Ids of the reasons, or a mapping from ids to confidences; the confidence is 0.9 otherwise.
        strategies: Ids of the strategies; by default those of the reasons, or the guide's first.
        quotes: Ids of the quotes; by default one for each strategy.
        questions: Ids of the reasons to ask about.
        risks: The dangers; count for safety only.
        region: Country whose help services a safety notice names.
        guide: Where the content comes from; the built-in guide by default.

    Raises:
        UnknownIdError: The guide holds no such id.
        ValueError: There is no such outcome, perspective or risk.
    """
    guide = guide or openup.builtin_guide()
    outcome = openup.Outcome(outcome)
    version = _VERSION.format(guide=guide)
    evidence = (openup.Evidence(0, len(text), text),)
    if outcome is openup.Outcome.NO_MATCH:
        return openup.Recommendation(outcome, None, (), (), (), (), None, text, version)
    if outcome is openup.Outcome.SAFETY:
        found = [openup.Risk(openup.RiskKind(kind), 0.9, evidence, "You deserve to be safe.") for kind in risks]
        return openup.Recommendation(outcome, None, (), (), (), (), make_notice(found, region), text, version)

    perspective = openup.Perspective(perspective)
    confidences = reasons if isinstance(reasons, Mapping) else dict.fromkeys(reasons, 0.9)
    matches = [openup.ReasonMatch(guide.reason(id), value, evidence) for id, value in confidences.items()]
    matches.sort(key=lambda match: -match.confidence)
    if strategies is None:
        strategies = dict.fromkeys(id for match in matches for id in match.reason.strategies)
        strategies = [*strategies][:MAX_STRATEGIES] or [item.id for item in guide.strategies[:MAX_STRATEGIES]]
    ranked = [openup.StrategyMatch(guide.strategy(id), _because(id, matches, perspective)) for id in strategies]
    if quotes is None:
        quotes = dict.fromkeys(id for match in ranked for id in match.strategy.quotes[:1])
    asked = [guide.reason(id) for id in questions]
    for_self = perspective is openup.Perspective.SELF
    return openup.Recommendation(
        outcome=outcome,
        perspective=perspective,
        reasons=tuple(matches),
        strategies=tuple(ranked),
        quotes=tuple(guide.quote(id) for id in quotes),
        questions=tuple(
            openup.Question((reason.question_self if for_self else reason.question).text, reason.id) for reason in asked
        ),
        safety=None,
        text=text,
        data_version=version,
    )


def _because(
    strategy: str, matches: Iterable[openup.ReasonMatch], perspective: openup.Perspective
) -> tuple[openup.Because, ...]:
    found = [
        openup.Because("reason", match.reason.id, match.evidence)
        for match in matches
        if strategy in match.reason.strategies
    ]
    return tuple(found) or (openup.Because("general", perspective.value),)


def situations(guide: openup.Guide | None = None) -> st.SearchStrategy[openup.Situation]:
    """Return a strategy for situations that `openup.recommend` accepts.

    Args:
        guide: The guide that they will be answered with; the built-in one by default.
    """
    from hypothesis import strategies as st

    guide = guide or openup.builtin_guide()
    reasons = [reason.id for reason in guide.reasons]
    tried = [strategy.id for strategy in guide.strategies]

    @st.composite
    def situation(draw: st.DrawFn) -> openup.Situation:
        # Each reason is known, ruled out or open; never two of these.
        answers = draw(st.fixed_dictionaries({}, optional=dict.fromkeys(reasons, st.booleans())))
        return openup.Situation(
            text=draw(st.text() | st.sampled_from(_LETTERS)),
            known_reasons={id for id, answer in answers.items() if answer},
            ruled_out={id for id, answer in answers.items() if not answer},
            tried=draw(_some(tried)),
            region=draw(st.none() | st.sampled_from(regions())) if regions() else None,
        )

    return situation()


_LETTERS = (
    "My wife never shares anything.",
    "He goes quiet whenever I ask what's wrong. His ex cheated on him.",
    "I can't tell my husband how I feel, I keep everything to myself.",
    "He hit me last night.",
    "How do I descale a kettle?",
)


def _some(items: Iterable[Any], size: int | None = None) -> st.SearchStrategy[list[Any]]:
    """Return a strategy for lists of different items."""
    from hypothesis import strategies as st

    items = [*items]
    return st.lists(st.sampled_from(items), unique=True, max_size=size) if items else st.just([])


def guides() -> st.SearchStrategy[openup.Guide]:
    """Return a strategy for guides that stand alone, with any wording and any number of items."""
    from hypothesis import strategies as st

    wording = st.text(min_size=1).filter(str.strip)
    ids = st.lists(st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,3})?", fullmatch=True), unique=True, max_size=4)
    ids = ids.map(lambda found: [id for id in found if id != "self"])

    @st.composite
    def guide(draw: st.DrawFn) -> openup.Guide:
        sources = draw(ids)
        experts = draw(ids) if sources else []
        quotes = draw(ids) if experts else []
        strategies = draw(ids)
        reasons = draw(ids)

        def passage() -> Any:
            rests_on = draw(_some([*quotes, *sources], 2))
            return {"text": draw(wording), "rests_on": rests_on} if rests_on else draw(wording)

        def passages() -> list[Any]:
            return [passage() for _ in range(draw(st.integers(0, 2)))]

        data = {
            "schema_version": 1,
            "id": draw(st.from_regex(r"[a-z]{1,8}", fullmatch=True)),
            "version": draw(wording),
            "sources": [
                {
                    "id": id,
                    "title": draw(wording),
                    "publisher": draw(wording),
                    "url": draw(st.none() | st.just("https://example.org/a?b=1&c=2")),
                }
                for id in sources
            ],
            "experts": [
                {
                    "id": id,
                    "name": draw(wording),
                    "credentials": draw(wording),
                    "source": draw(st.sampled_from(sources)),
                }
                for id in experts
            ],
            "quotes": [
                {
                    "id": id,
                    "text": draw(wording),
                    "expert": draw(st.sampled_from(experts)),
                    "source": draw(st.sampled_from(sources)),
                }
                for id in quotes
            ],
            "reasons": [
                {
                    "id": id,
                    "title": draw(wording),
                    "summary": passage(),
                    "signs": passages(),
                    "question": passage(),
                    "question_self": passage(),
                    "strategies": draw(_some(strategies)),
                    "quotes": draw(_some(quotes)),
                    "examples": draw(st.lists(wording, max_size=3)),
                }
                for id in reasons
            ],
            "strategies": [
                {
                    "id": id,
                    "title": draw(wording),
                    "summary": passage(),
                    "why": passage(),
                    "steps": passages(),
                    "openers": passages(),
                    "for_self": passage(),
                    "not_when": passage(),
                    "quotes": draw(_some(quotes)),
                }
                for id in strategies
            ],
        }
        return openup.load_guide(data)

    return guide()


def recommendations(guide: openup.Guide | None = None) -> st.SearchStrategy[openup.Recommendation]:
    """Return a strategy for recommendations that keep every promise of `openup.recommend`, on any text.

    Args:
        guide: Where their content comes from; the built-in guide by default.
    """
    from hypothesis import strategies as st

    guide = guide or openup.builtin_guide()

    @st.composite
    def recommendation(draw: st.DrawFn) -> openup.Recommendation:
        text = draw(st.text(min_size=1))

        def evidence(least: int) -> tuple[openup.Evidence, ...]:
            return tuple(draw(st.lists(_evidence(text), min_size=least, max_size=2)))

        outcome = draw(st.sampled_from(openup.Outcome))
        perspective = safety = None
        reasons: list[openup.ReasonMatch] = []
        strategies: list[openup.StrategyMatch] = []
        quotes: list[openup.Quote] = []
        questions: list[openup.Question] = []
        if outcome is openup.Outcome.SAFETY:
            kinds = draw(st.lists(st.sampled_from(openup.RiskKind), min_size=1, unique=True))
            risks = [openup.Risk(kind, draw(st.floats(0, 1)), evidence(1), draw(st.text(min_size=1))) for kind in kinds]
            risks.sort(key=lambda risk: -risk.confidence)
            safety = make_notice(risks, draw(st.none() | st.sampled_from(regions())) if regions() else None)
        elif outcome is openup.Outcome.GUIDANCE:
            perspective = draw(st.sampled_from(openup.Perspective))
            for reason in draw(_some(guide.reasons, MAX_REASONS)):
                confidence = draw(st.floats(0, 1))
                reasons.append(openup.ReasonMatch(reason, confidence, evidence(int(confidence < 1))))
            reasons.sort(key=lambda match: -match.confidence)
            for strategy in draw(_some(guide.strategies, MAX_STRATEGIES)):
                because = [openup.Because("reason", match.reason.id, match.evidence) for match in reasons]
                general = openup.Because("general", perspective.value)
                strategies.append(openup.StrategyMatch(strategy, tuple(because) or (general,)))
            quotes = draw(_some(guide.quotes, MAX_QUOTES))
            questions = [
                openup.Question(reason.question.text, reason.id) for reason in draw(_some(guide.reasons, MAX_QUESTIONS))
            ]
        return openup.Recommendation(
            outcome=outcome,
            perspective=perspective,
            reasons=tuple(reasons),
            strategies=tuple(strategies),
            quotes=tuple(quotes),
            questions=tuple(questions),
            safety=safety,
            text=text,
            data_version=_VERSION.format(guide=guide),
        )

    return recommendation()


def _evidence(text: str) -> st.SearchStrategy[openup.Evidence]:
    from hypothesis import strategies as st

    ends = st.lists(st.integers(0, len(text)), min_size=2, max_size=2, unique=True).map(sorted)
    return ends.map(lambda span: openup.Evidence(span[0], span[1], text[span[0] : span[1]]))


def _register() -> None:
    """Tell Hypothesis of our classes; Hypothesis calls this itself, by its entry point."""
    from hypothesis import strategies as st

    def part_of(pick: Any) -> Any:
        """Return a strategy for the values that guides or recommendations of any kind hold."""
        return lambda _: pick().filter(bool).flatmap(st.sampled_from)

    def of_guides(section: str) -> Any:
        return part_of(lambda: (st.builds(openup.builtin_guide) | guides()).map(lambda guide: getattr(guide, section)))

    def of_answers(pick: Any) -> Any:
        return part_of(lambda: recommendations().map(pick))

    def risks(answer: openup.Recommendation) -> Any:
        return answer.safety.risks if answer.safety else ()

    made: Mapping[Any, Any] = {
        openup.Recommendation: lambda _: recommendations() | guides().flatmap(recommendations),
        openup.Situation: lambda _: situations(),
        openup.Guide: lambda _: guides(),
        openup.Source: of_guides("sources"),
        openup.Expert: of_guides("experts"),
        openup.Quote: of_guides("quotes"),
        openup.Reason: of_guides("reasons"),
        openup.Strategy: of_guides("strategies"),
        openup.Evidence: lambda _: st.text(min_size=1).flatmap(_evidence),
        openup.ReasonMatch: of_answers(lambda answer: answer.reasons),
        openup.StrategyMatch: of_answers(lambda answer: answer.strategies),
        openup.Because: of_answers(lambda answer: [why for item in answer.strategies for why in item.because]),
        openup.Question: of_answers(lambda answer: answer.questions),
        openup.Risk: of_answers(risks),
        openup.SafetyNotice: of_answers(lambda answer: [answer.safety] if answer.safety else []),
    }
    for cls, strategy in made.items():
        st.register_type_strategy(cls, strategy)
