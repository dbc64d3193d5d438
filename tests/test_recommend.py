import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import openup

HURT = "He goes quiet whenever I ask what's wrong. His ex cheated on him."


def test_guidance_names_the_reason_and_the_words_it_rests_on():
    r = openup.recommend(HURT)

    assert openup.Outcome.GUIDANCE is r.outcome
    assert openup.Perspective.PARTNER is r.perspective
    assert "past-hurt" == r.reasons[0].reason.id
    assert [openup.Evidence(43, 64, "His ex cheated on him")] == list(r.reasons[0].evidence)
    assert 3 == len(r.strategies)
    assert "build-trust" == r.strategies[0].strategy.id
    assert ("reason", "past-hurt") == (r.strategies[0].because[0].kind, r.strategies[0].because[0].id)
    assert {"gary-brown", "christie-tcharkhoutian"} >= {quote.expert.id for quote in r.quotes}


def test_guidance_without_a_supported_reason_asks_what_would_settle_it():
    r = openup.recommend("my wife never shares anything")

    assert openup.Outcome.GUIDANCE is r.outcome
    assert () == r.reasons
    assert 3 == len(r.strategies)
    assert 2 == len(r.questions)
    assert r.questions[0].text == openup.builtin_guide().reason(r.questions[0].reason).question.text


def test_who_holds_back_may_be_the_writer():
    r = openup.recommend("I can't tell my husband how I feel, I keep everything to myself.")

    assert openup.Perspective.SELF is r.perspective


@pytest.mark.parametrize(
    "text",
    ["", "   \n", "?!", "How do I descale a kettle?", "Mi novio nunca me cuenta lo que siente.", "\ud800", "0"],
)
def test_other_texts_get_no_answer(text):
    r = openup.recommend(text)

    assert openup.Outcome.NO_MATCH is r.outcome
    assert ((), (), (), (), None, None) == (r.reasons, r.strategies, r.quotes, r.questions, r.perspective, r.safety)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("he hit me", "partner-violence"),
        ("I want to kill myself", "self-harm"),
        ("My husband won't talk to me. Last night he punched me in the face.", "partner-violence"),
    ],
)
def test_danger_gets_a_notice_and_no_advice(text, kind):
    r = openup.recommend(text)

    assert openup.Outcome.SAFETY is r.outcome
    assert kind in [risk.kind.value for risk in r.safety.risks]
    assert all(text[e.start : e.end] == e.text for risk in r.safety.risks for e in risk.evidence)
    assert r.safety.message
    assert ((), (), (), ()) == (r.reasons, r.strategies, r.quotes, r.questions)


def test_a_strategy_already_tried_is_not_first_again():
    first = openup.recommend(HURT).strategies[0].strategy.id

    again = openup.recommend(openup.Situation(HURT, tried={first}))

    assert first not in [match.strategy.id for match in again.strategies]


def test_a_reason_that_is_ruled_out_never_appears():
    r = openup.recommend(openup.Situation(HURT, ruled_out={"past-hurt"}))

    assert "past-hurt" not in [match.reason.id for match in r.reasons]
    assert "past-hurt" not in [question.reason for question in r.questions]


def test_a_known_reason_is_taken_as_certain():
    r = openup.recommend(openup.Situation("my wife never shares anything", known_reasons={"shy-or-reticent"}))

    assert [("shy-or-reticent", 1.0)] == [(match.reason.id, match.confidence) for match in r.reasons]
    assert "lead-by-example" == r.strategies[0].strategy.id


@pytest.mark.parametrize("wrong", [None, 3, b"bytes", ["text"]])
def test_anything_but_text_or_a_situation_is_a_type_error(wrong):
    with pytest.raises(TypeError, match=type(wrong).__name__):
        openup.recommend(wrong)


def test_a_situation_checks_its_types():
    with pytest.raises(TypeError):
        openup.Situation(3)
    with pytest.raises(TypeError, match="a set of ids, not the text 'past-hurt'"):
        openup.Situation("", known_reasons="past-hurt")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"known_reasons": {"past-hurts"}}, "unknown reason 'past-hurts' .did you mean 'past-hurt'"),
        ({"ruled_out": {"x"}}, "unknown reason 'x'"),
        ({"tried": {"patience"}}, "unknown strategy 'patience'"),
        ({"region": "XX"}, "unknown region 'XX' .known: AT, AU"),
        ({"known_reasons": {"past-hurt"}, "ruled_out": {"past-hurt"}}, "both known and ruled out"),
    ],
)
def test_a_situation_with_unknown_ids_is_an_error_that_names_them(fields, message):
    with pytest.raises((LookupError, ValueError), match=message):
        openup.recommend(openup.Situation(HURT, **fields))


OWN = openup.load_guide(
    {
        "schema_version": 1,
        "id": "ours",
        "version": "7",
        "extends": "openup",
        "reasons": [
            {
                "id": "too-tired",
                "title": "Too tired to talk",
                "summary": "The day leaves nothing over.",
                "question": "Are they worn out when you want to talk?",
                "strategies": ["value-openness", "share-own-struggle"],
            }
        ],
    }
)


def test_a_known_reason_of_a_products_own_puts_its_strategies_first():
    situation = openup.Situation("my wife never shares anything", known_reasons={"too-tired"})

    r = openup.recommend(situation, guide=OWN)

    assert [("too-tired", 1.0, ())] == [(match.reason.id, match.confidence, match.evidence) for match in r.reasons]
    assert "value-openness" == r.strategies[0].strategy.id
    assert ("reason", "too-tired") == (r.strategies[0].because[0].kind, r.strategies[0].because[0].id)


def test_a_reason_of_a_products_own_is_not_guessed():
    r = openup.recommend("my wife never shares anything", guide=OWN)

    assert () == r.reasons
    assert r.data_version.startswith("guide ours 7, model ")


LETTERS = st.text() | st.lists(
    st.sampled_from([*HURT.split(), "hit", "me", "kill", "myself", "I", "\n", ".", "wife", "shy", "café", "\u200b"])
).map(" ".join)


@given(LETTERS)
def test_any_text_gets_an_answer_that_keeps_every_promise(text):
    r = openup.recommend(text)

    evidence = [e for match in r.reasons for e in match.evidence]
    if r.safety:
        assert openup.Outcome.SAFETY is r.outcome
        assert r.safety.risks
        assert not (r.reasons or r.strategies or r.quotes or r.questions)
        evidence += [e for risk in r.safety.risks for e in risk.evidence]
    assert all(e.text and text[e.start : e.end] == e.text for e in evidence)
    assert all(match.evidence for match in r.reasons)
    confidences = [match.confidence for match in r.reasons]
    assert sorted(confidences, reverse=True) == confidences
    assert all(0 <= confidence <= 1 for confidence in confidences)
    assert openup.recommend(text) == r


@given(LETTERS)
def test_an_answer_survives_json_and_pickle(text):
    r = openup.recommend(text)

    assert r == openup.Recommendation.from_dict(json.loads(json.dumps(r.to_dict())))
    assert r == pickle.loads(pickle.dumps(r))


@given(LETTERS, st.sampled_from(["", " ", "\n\n", "\t"]), st.sampled_from(["", " ", "\n\n"]))
def test_space_around_a_text_changes_nothing(text, before, after):
    bare, padded = openup.recommend(text), openup.recommend(before + text + after)

    assert bare.outcome == padded.outcome
    assert [m.reason.id for m in bare.reasons] == [m.reason.id for m in padded.reasons]
    assert [m.strategy.id for m in bare.strategies] == [m.strategy.id for m in padded.strategies]
