"""What every recommendation promises, as one check that any test can make."""

from __future__ import annotations

import openup


def assert_kept(text: str, r: openup.Recommendation, guide: openup.Guide | None = None) -> None:
    """Assert all that holds of an answer whatever the text says."""
    guide = guide or openup.builtin_guide()
    risks = r.safety.risks if r.safety else ()
    evidence = [
        *(e for match in r.reasons for e in match.evidence),
        *(e for match in r.strategies for because in match.because for e in because.evidence),
        *(e for risk in risks for e in risk.evidence),
    ]

    assert text == r.text
    assert all(e.text and text[e.start : e.end] == e.text for e in evidence)
    assert all(0 <= e.start < e.end <= len(text) for e in evidence)

    # Safety wins, and only guidance advises.
    assert (r.outcome is openup.Outcome.SAFETY) == (r.safety is not None)
    assert (r.outcome is openup.Outcome.GUIDANCE) == (r.perspective is not None)
    if r.outcome is not openup.Outcome.GUIDANCE:
        assert ((), (), (), ()) == (r.reasons, r.strategies, r.quotes, r.questions)
    if r.safety:
        assert risks
        assert all(risk.evidence and risk.message for risk in risks)
        assert r.safety.message

    for confidences in ([m.confidence for m in r.reasons], [risk.confidence for risk in risks]):
        assert sorted(confidences, reverse=True) == confidences
        assert all(0 <= confidence <= 1 for confidence in confidences)

    # Everything named exists, once.
    assert all(guide.reason(match.reason.id) == match.reason for match in r.reasons)
    assert all(guide.strategy(match.strategy.id) == match.strategy for match in r.strategies)
    assert all(guide.quote(quote.id) == quote for quote in r.quotes)
    assert all(guide.reason(question.reason) for question in r.questions)
    assert all(because.kind in ("reason", "cue", "general") for m in r.strategies for because in m.because)
    assert all(match.because for match in r.strategies)
    for ids in (
        [match.reason.id for match in r.reasons],
        [match.strategy.id for match in r.strategies],
        [quote.id for quote in r.quotes],
        [question.reason for question in r.questions],
        [risk.kind for risk in risks],
    ):
        assert len(set(ids)) == len(ids)
