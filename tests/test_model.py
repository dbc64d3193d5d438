"""The network in whole numbers: its sums are those of plain arithmetic, and its evidence is what they are made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openup import _model, _text
from openup._signals import signals
from texts import TEXTS

MODEL = _model.builtin_model()
LETTERS = [
    "My husband goes quiet whenever I ask what's wrong. His ex cheated on him, and he never got over it.",
    "I can't tell my girlfriend how I feel. If I do, she laughs. Why am I like this?",
    "he hit me again last night. im scared of him",
    "How do I descale a kettle?",
]
lanes = st.lists(st.integers(-(2**26), 2**26), min_size=3, max_size=3)


def lane(packed: int, place: int) -> int:
    """Return one number of those that `pack` put together."""
    below = packed & ((1 << (_model.LANE * place)) - 1)
    number = (packed - below >> (_model.LANE * place)) + (below >> (_model.LANE * place - 1) & 1 if place else 0)
    return ((number + _model.OFFSET) % (1 << _model.LANE)) - _model.OFFSET


def naive(text: str) -> list[int]:
    """Return the highest value of every filter, worked out one filter at a time."""
    seen = signals(_text.read(text))
    rows = [MODEL.rows[word] for word in seen.words]
    windows, clauses = MODEL.filters
    highest = []
    for place in range(windows):
        values = []
        for index, state in enumerate(seen.states):
            value = lane(MODEL.window_states[state], place) + lane(rows[index][1], place)
            value += lane(rows[index - 1][0], place) if index else 0
            value += lane(rows[index + 1][2], place) if index + 1 < len(rows) else 0
            values.append(value)
        highest.append(max([0, *(value - _model.OFFSET for value in values)]))
    for place in range(clauses):
        sums = [sum(lane(row[4], place) for row in rows[c.start : c.stop]) for c in seen.clauses]
        values = []
        for index, clause in enumerate(seen.clauses):
            value = lane(MODEL.clause_states[clause.state], place)
            value += sum(lane(row[3], place) for row in rows[clause.start : clause.stop])
            value += (sums[index - 1] if index else 0) + (sums[index + 1] if index + 1 < len(sums) else 0)
            values.append(value)
        highest.append(max([0, *(value - _model.OFFSET for value in values)]))
    return highest


@given(st.lists(lanes, min_size=1, max_size=5))
def test_one_addition_adds_all_lanes(numbers: list[list[int]]):
    total = sum(map(_model.pack, numbers))

    assert [sum(column) for column in zip(*numbers)] == [lane(total, place) for place in range(3)]


@given(st.lists(lanes, min_size=1, max_size=8))
def test_the_highest_of_each_lane_is_found_with_its_place(numbers: list[list[int]]):
    offset = [[number + _model.OFFSET for number in some] for some in numbers]

    highest, peaks = _model._highest(map(_model.pack, offset), 3)

    columns = [*zip(*numbers)]
    assert [max(0, *column) if len(column) > 1 else max(0, column[0]) for column in columns] == highest
    reached = dict(_model._reached(peaks, [True] * 3))
    assert {place: column.index(max(column)) for place, column in enumerate(columns) if max(column) > 0} == reached


@pytest.mark.parametrize("text", LETTERS)
def test_the_filters_values_are_those_of_plain_arithmetic(text: str):
    judgement = MODEL.judge(_text.read(text))

    assert naive(text) == [*judgement.inputs[: sum(MODEL.filters)]]


@pytest.mark.parametrize("text", LETTERS)
def test_a_probability_is_the_weighted_sum_of_what_the_last_layer_sees(text: str):
    judgement = MODEL.judge(_text.read(text))

    for name, output in MODEL.outputs.items():
        logit = output.bias + output.scale * sum(a * b for a, b in zip(output.weights, judgement.inputs, strict=True))

        assert pytest.approx(_model._logistic(logit), abs=1e-9) == judgement.probabilities[name]


@given(TEXTS)
def test_what_words_carry_is_no_more_than_what_the_filters_add(text: str):
    letter = _text.read(text)
    judgement = MODEL.judge(letter)
    if not letter.clauses:
        return
    for name, output in MODEL.outputs.items():
        carried = judgement.carried(name)
        added = sum(max(0, a * b) for a, b in zip(output.weights, judgement.inputs[: sum(MODEL.filters)]))

        assert min(carried) >= 0
        assert sum(carried) <= added * (1 + 1e-9)
        assert judgement.evidence(name)


def test_words_that_are_not_known_are_all_alike_and_are_not_kept():
    model = _model.load_model(_model.read_data("model.bin"))

    rows = [model.rows[word] for word in ("qwzzk", "zzzqw", _model.UNKNOWN)]

    assert rows[0] == rows[1] == rows[2]
    assert {_model.UNKNOWN} == {*model.rows}


def test_the_words_that_carry_most_are_those_that_say_it():
    (evidence, *_) = MODEL.judge(_text.read(LETTERS[0])).evidence("past-hurt")

    assert "cheated" in evidence.text
