"""`openup.testing`: recommendations to order, and strategies that Hypothesis finds by itself."""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

import openup
from openup import testing

SLOW = settings(suppress_health_check=[HealthCheck.too_slow])


def test_a_fake_is_guidance_with_everything_that_guidance_has():
    r = testing.fake_recommendation()

    assert openup.Outcome.GUIDANCE is r.outcome
    assert [("past-hurt", 0.9)] == [(match.reason.id, match.confidence) for match in r.reasons]
    assert ["build-trust", "be-patient", "lead-by-example"] == [match.strategy.id for match in r.strategies]
    assert ("reason", "past-hurt") == (r.strategies[0].because[0].kind, r.strategies[0].because[0].id)
    assert r.quotes
    assert r.text == r.reasons[0].evidence[0].text


def test_a_fake_has_what_is_asked_for():
    r = testing.fake_recommendation(
        "Text",
        perspective="self",
        reasons={"shy-or-reticent": 0.4, "past-hurt": 0.7},
        strategies=["value-openness"],
        quotes=["gary-brown-6"],
        questions=["topic-specific"],
    )

    assert ["past-hurt", "shy-or-reticent"] == [match.reason.id for match in r.reasons]
    assert [("general", "self")] == [(why.kind, why.id) for why in r.strategies[0].because]
    assert ["gary-brown-6"] == [quote.id for quote in r.quotes]
    assert openup.builtin_guide().reason("topic-specific").question_self.text == r.questions[0].text


def test_a_fake_without_a_reason_has_general_advice():
    r = testing.fake_recommendation(reasons=())

    assert () == r.reasons
    assert 3 == len(r.strategies)


def test_a_fake_may_be_a_notice_or_no_match():
    notice = testing.fake_recommendation("x", outcome="safety", risks=["self-harm"])

    assert ["self-harm"] == [risk.kind.value for risk in notice.safety.risks]
    assert () == notice.strategies
    assert openup.Outcome.NO_MATCH is testing.fake_recommendation(outcome="no-match").outcome


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"reasons": ["past-hurts"]}, openup.UnknownIdError),
        ({"strategies": ["be-patent"]}, openup.UnknownIdError),
        ({"outcome": "advice"}, ValueError),
        ({"perspective": "dog"}, ValueError),
        ({"outcome": "safety", "risks": ["boredom"]}, ValueError),
    ],
)
def test_what_does_not_exist_cannot_be_faked(options, error):
    with pytest.raises(error):
        testing.fake_recommendation(**options)


def test_a_fake_needs_no_hypothesis():
    code = "import sys; sys.modules['hypothesis'] = None; import openup.testing as t; t.fake_recommendation()"

    subprocess.run([sys.executable, "-c", code], check=True)


def test_hypothesis_knows_our_classes_without_an_import():
    code = (
        "from hypothesis import strategies as st, given, settings\n"
        "import openup\n"
        "@settings(max_examples=5)\n"
        "@given(st.from_type(openup.Recommendation))\n"
        "def test(r): assert r.schema_version == 1\n"
        "test()\n"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


@given(st.from_type(openup.Recommendation))
@SLOW
def test_a_drawn_recommendation_keeps_the_promises_of_recommend(r):
    evidence = [e for match in r.reasons for e in match.evidence]
    if r.outcome is openup.Outcome.SAFETY:
        assert r.safety.risks
        evidence += [e for risk in r.safety.risks for e in risk.evidence]
    else:
        assert r.safety is None
    if r.outcome is not openup.Outcome.GUIDANCE:
        assert not (r.reasons or r.strategies or r.quotes or r.questions or r.perspective)
    assert all(e.text and r.text[e.start : e.end] == e.text for e in evidence)
    confidences = [match.confidence for match in r.reasons]
    assert sorted(confidences, reverse=True) == confidences


@pytest.mark.parametrize("outcome", openup.Outcome)
def test_every_outcome_is_drawn(outcome):
    assert find(st.from_type(openup.Recommendation), lambda r: r.outcome is outcome)


@given(st.from_type(openup.Situation))
def test_a_drawn_situation_is_answered(situation):
    assert situation.text == openup.recommend(situation).text


@given(testing.guides().flatmap(lambda guide: st.tuples(st.just(guide), testing.situations(guide))))
@SLOW
def test_a_situation_drawn_for_a_guide_is_answered_with_it(drawn):
    guide, situation = drawn

    assert f"guide {guide.id} " in openup.recommend(situation, guide=guide).data_version
