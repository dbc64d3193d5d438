"""Questions, and what their answers change."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import openup

OPEN = "my wife never shares anything"
IDS = [reason.id for reason in openup.reasons()]
answers = st.fixed_dictionaries({}, optional=dict.fromkeys(IDS, st.booleans()))


def told(text, answers):
    yes = {id for id, answer in answers.items() if answer}
    return openup.recommend(openup.Situation(text, known_reasons=yes, ruled_out=answers.keys() - yes))


def test_a_clear_cause_leaves_nothing_to_ask():
    assert () == told(OPEN, {"past-hurt": True}).questions


def test_a_yes_is_taken_as_certain_and_brings_its_strategies():
    asked = openup.recommend(OPEN).questions[0]

    answer = told(OPEN, {asked.reason: True})

    assert [(asked.reason, 1.0)] == [(match.reason.id, match.confidence) for match in answer.reasons]
    assert ("reason", asked.reason) in [(why.kind, why.id) for item in answer.strategies for why in item.because]


def test_a_no_leads_to_another_question():
    asked = openup.recommend(OPEN).questions

    after = told(OPEN, {asked[0].reason: False}).questions

    assert asked[0].reason not in [question.reason for question in after]
    assert asked[1] == after[0]


def test_after_a_no_to_everything_nothing_is_left_to_ask():
    assert () == told(OPEN, dict.fromkeys(IDS, False)).questions


@given(answers)
def test_nothing_is_asked_twice_and_no_answer_is_ignored(answers):
    r = told(OPEN, answers)

    assert not {question.reason for question in r.questions} & answers.keys()
    assert {id for id, answer in answers.items() if answer} <= {match.reason.id for match in r.reasons}
    assert not {id for id, answer in answers.items() if not answer} & {match.reason.id for match in r.reasons}
    assert 3 == len({match.strategy.id for match in r.strategies})


@pytest.mark.parametrize("reason", IDS)
def test_each_question_asks_what_its_reason_says(reason):
    others = dict.fromkeys(set(IDS) - {reason}, False)

    (question,) = told(OPEN, others).questions

    assert attrs.evolve(question, reason=reason, text=openup.builtin_guide().reason(reason).question.text) == question


def test_a_person_who_holds_back_is_asked_about_themselves():
    r = openup.recommend("I can't tell my husband how I feel, I keep everything to myself.")

    for question in r.questions:
        assert openup.builtin_guide().reason(question.reason).question_self.text == question.text
