"""A product's own reasons: recognised from their phrases, with evidence and confidence, beside the built-in ones."""

import json
import pathlib
import pickle

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import openup
from openup import testing

TIRED = {
    "id": "worn-out",
    "title": "The day leaves nothing over",
    "summary": "After work there may be no strength left for talk.",
    "question": "Are they worn out when you want to talk?",
    "strategies": ["be-patient"],
    "examples": [
        "He is exhausted when he gets home",
        "She falls asleep as soon as the kids are in bed",
        "He works double shifts and has no energy left",
        "She says she is too tired to talk",
        "He is worn out in the evenings",
    ],
}
PHONE = {
    **TIRED,
    "id": "screen-habit",
    "title": "A screen is in between",
    "summary": "Habit.",
    "examples": ["He is always on his phone", "She plays video games all night", "He scrolls through the evening"],
}


def guide(*reasons, **more):
    return openup.load_guide(
        {"schema_version": 1, "id": "ours", "version": "1", "extends": "openup", "reasons": [*reasons], **more}
    )


OURS = guide(TIRED, PHONE)


def matches(text, ours=OURS, **known):
    return {m.reason.id: m for m in openup.recommend(openup.Situation(text, **known), guide=ours).reasons}


def test_a_reason_of_ones_own_is_recognised_with_its_words():
    text = "My wife never tells me what she feels. She is exhausted and works double shifts."

    match = matches(text)["worn-out"]

    assert 0.2 <= match.confidence <= 0.9
    assert ["She is exhausted and works double shifts"] == [e.text for e in match.evidence] or {
        "exhausted",
        "double shifts",
    } <= {word for e in match.evidence for word in ("exhausted", "double shifts") if word in e.text}
    assert all(text[e.start : e.end] == e.text for e in match.evidence)


def test_it_stands_beside_the_built_in_ones():
    found = matches("He goes quiet whenever I ask what's wrong. His ex cheated on him. He is always on his phone.")

    assert {"past-hurt", "screen-habit"} <= found.keys()


def test_its_strategies_come_forward():
    r = openup.recommend("My husband never tells me what he feels. He is exhausted when he gets home.", guide=OURS)

    assert "be-patient" in [m.strategy.id for m in r.strategies]
    assert ("reason", "worn-out") in [(b.kind, b.id) for m in r.strategies for b in m.because]


@pytest.mark.parametrize(
    "text",
    [
        "My wife never shares anything.",
        "My husband never tells me what he feels. We have been married for ten years.",
        "How do I descale a kettle? I am too tired to talk.",
    ],
)
def test_it_is_not_seen_where_nothing_speaks_for_it(text):
    assert not {"worn-out", "screen-habit"} & matches(text).keys()


@pytest.fixture
def out_of_scope(monkeypatch):
    """A letter that plainly gives a reason of one's own, and that the model passes over."""
    from openup import _model

    monkeypatch.setattr(
        _model.Judgement,
        "found",
        lambda self, id, found=_model.Judgement.found: id != "in-scope" and found(self, id),
    )
    return "My wife works double shifts and falls asleep as soon as the kids are in bed."


def test_a_reason_that_is_plain_brings_guidance_where_the_model_alone_would_say_nothing(out_of_scope, monkeypatch):
    monkeypatch.setattr("openup._recommend.POSSIBLE_SCOPE", 0.0)

    r = openup.recommend(out_of_scope, guide=OURS)

    assert openup.Outcome.NO_MATCH is openup.recommend(out_of_scope).outcome
    assert openup.Outcome.GUIDANCE is r.outcome
    assert ["worn-out"] == [match.reason.id for match in r.reasons]


def test_a_reason_that_is_ruled_out_brings_none(out_of_scope, monkeypatch):
    monkeypatch.setattr("openup._recommend.POSSIBLE_SCOPE", 0.0)

    r = openup.recommend(openup.Situation(out_of_scope, ruled_out={"worn-out"}), guide=OURS)

    assert openup.Outcome.NO_MATCH is r.outcome


def test_a_text_that_is_surely_about_something_else_gets_none_either(out_of_scope, monkeypatch):
    monkeypatch.setattr("openup._recommend.POSSIBLE_SCOPE", 1.1)

    assert openup.Outcome.NO_MATCH is openup.recommend(out_of_scope, guide=OURS).outcome


def test_what_is_denied_counts_less():
    stated = matches("My wife never tells me what she feels. She is exhausted.")
    denied = matches("My wife never tells me what she feels. She is not exhausted.")

    assert "worn-out" in stated
    assert "worn-out" not in denied or denied["worn-out"].confidence < stated["worn-out"].confidence


def test_what_is_only_asked_counts_less():
    ours = guide(TIRED)
    letter = "My wife never tells me what she feels. {}"

    stated = matches(letter.format("She is tired."), ours)["worn-out"]
    asked = matches(letter.format("Is she tired?"), ours).get("worn-out")

    assert asked is None or asked.confidence < stated.confidence


def test_words_that_two_reasons_share_tell_for_neither():
    shared = "She is on the night ferry"
    both = guide(
        {**TIRED, "examples": [*TIRED["examples"], shared]}, {**PHONE, "examples": [*PHONE["examples"], shared]}
    )
    one = guide({**TIRED, "examples": [*TIRED["examples"], shared]}, PHONE)
    letter = "My wife never tells me what she feels. She is on the night ferry."

    alone = matches(letter, one)["worn-out"].confidence
    divided = matches(letter, both).get("worn-out")

    assert divided is None or divided.confidence < alone


def test_a_reason_without_examples_is_found_only_when_known():
    ours = guide({**TIRED, "examples": []})
    letter = "My wife never tells me what she feels. She is exhausted."

    assert "worn-out" not in matches(letter, ours)
    assert (1.0, ()) == attrs.astuple(matches(letter, ours, known_reasons={"worn-out"})["worn-out"], recurse=False)[1:]


def test_answers_about_it_count():
    letter = "My wife never tells me what she feels. She is exhausted when she gets home."

    assert 1.0 == matches(letter, known_reasons={"worn-out"})["worn-out"].confidence
    assert matches(letter, known_reasons={"worn-out"})["worn-out"].evidence
    assert "worn-out" not in matches(letter, ruled_out={"worn-out"})


def test_danger_comes_before_it():
    r = openup.recommend("She is exhausted when she gets home. She hit me.", guide=OURS)

    assert openup.Outcome.SAFETY is r.outcome


def test_a_guide_that_stands_alone_is_recognised_too():
    data = {**openup.builtin_guide().to_dict(), "id": "alone", "reasons": [TIRED]}
    data["reasons"][0] = {**TIRED, "strategies": ["be-patient"]}
    alone = openup.load_guide(data)

    assert ["worn-out"] == [
        *matches("My wife never tells me how she feels. She is exhausted when she gets home.", alone)
    ]
    assert {} == matches("He goes quiet whenever I ask what's wrong. His ex cheated on him.", alone)


def test_a_guide_that_was_sent_elsewhere_answers_the_same():
    letter = "My wife never tells me what she feels. She is exhausted when she gets home."

    again = pickle.loads(pickle.dumps(OURS))

    assert openup.recommend(letter, guide=OURS) == openup.recommend(letter, guide=again)
    assert hash(OURS) == hash(again)


WORDS = sorted({word for reason in (TIRED, PHONE) for phrase in reason["examples"] for word in phrase.split()})


@given(st.lists(st.sampled_from([*WORDS, "My wife never tells me anything.", "not", "?", ".", "\n"])).map(" ".join))
def test_every_match_keeps_what_matches_promise(text):
    r = openup.recommend(text, guide=OURS)

    assert all(0 <= match.confidence <= 1 and match.evidence for match in r.reasons)
    assert all(text[e.start : e.end] == e.text and e.text for match in r.reasons for e in match.evidence)
    assert r == openup.recommend(text, guide=OURS)
    assert r == openup.Recommendation.from_dict(json.loads(json.dumps(r.to_dict())))


@given(testing.guides(), st.text())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_every_guide_answers_every_text(ours, text):
    r = openup.recommend("My wife never tells me what she feels. " + text, guide=ours)

    assert {match.reason for match in r.reasons} <= {*ours.reasons}
    assert {match.strategy for match in r.strategies} <= {*ours.strategies}
    assert {*r.quotes} <= {*ours.quotes}


def test_the_counts_of_words_are_those_of_the_reader_that_ships():
    from openup import _own_reasons, _text

    letters = (pathlib.Path(__file__).parent / "data" / "dev.jsonl").read_text("utf-8").splitlines()
    words = {
        word for letter in letters for clause in _text.read(json.loads(letter)["text"]).clauses for word in clause.words
    }
    classes = {word for word in words if word.isupper() and word.isalpha()}

    _, counts = _own_reasons._counts()
    assert set() == classes - counts.keys(), "run training/words.py again"
