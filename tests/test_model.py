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
    reached = dict(_model._reached(peaks, range(3)))
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


@given(st.lists(st.integers(-128, 127), min_size=1, max_size=9), st.sampled_from([_model.LANE, _model.WIDE]))
def test_bytes_are_put_together_as_numbers_are(numbers: list[int], width: int):
    packed = _model.pack_bytes(bytes(number % 256 for number in numbers), width)

    assert _model.pack(numbers, width) == packed
    assert numbers == [*_model.unpack(packed, len(numbers), width)]


@pytest.mark.parametrize("text", LETTERS)
def test_the_hidden_units_are_the_positive_weighted_sums_of_what_they_see(text: str):
    inputs = MODEL.judge(_text.read(text)).inputs
    size = len(MODEL.into_hidden)
    bias = _model.unpack(MODEL.hidden_bias, len(MODEL.hidden))

    for row, first, value in zip(MODEL.hidden, bias, inputs[size:], strict=True):
        weights = _model.unpack(row, size)
        total = first + sum(w * (x >> _model.HIDDEN_SHIFT) for w, x in zip(weights, inputs, strict=False))

        assert max(0, total) == value


@pytest.mark.parametrize("text", LETTERS)
def test_what_the_filters_add_makes_up_the_score(text: str):
    judgement = MODEL.judge(_text.read(text))
    size, filters = len(MODEL.into_hidden), sum(MODEL.filters)
    rows = [_model.unpack(row, size) for row in MODEL.hidden]

    for name, output in MODEL.outputs.items():
        straight, through = output.weights[:size], output.weights[size:]
        on = [weight if value else 0 for weight, value in zip(through, judgement.inputs[size:], strict=True)]
        weights = [
            (straight[place] << _model.HIDDEN_SHIFT) + sum(w * row[place] for w, row in zip(on, rows, strict=True))
            for place in range(filters)
        ]

        added = [max(0, weight) * value for weight, value in zip(weights, judgement.inputs, strict=False)]
        assert added == [*judgement._added(name)]


@given(TEXTS)
def test_evidence_is_at_least_one_stretch_of_the_text_within_a_clause(text: str):
    letter = _text.read(text)
    judgement = MODEL.judge(letter)
    if not letter.clauses:
        return
    clauses = [letter.evidence(clause.places[0], clause.places[-1]) for clause in letter.clauses]
    for name in MODEL.outputs:
        found = judgement.evidence(name)

        assert 1 <= len(found) <= 2
        for evidence in found:
            assert any(clause.start <= evidence.start < evidence.end <= clause.end for clause in clauses)


def test_words_that_are_not_known_are_all_alike_and_are_not_kept():
    model = _model.load_model(_model.read_data("model.bin"))

    rows = [model.rows[word] for word in ("qwzzk", "zzzqw", _model.UNKNOWN)]

    assert rows[0] == rows[1] == rows[2]
    assert {_model.UNKNOWN} == {*model.rows}


def test_the_words_that_carry_most_are_those_that_say_it():
    (evidence, *_) = MODEL.judge(_text.read(LETTERS[0])).evidence("past-hurt")

    assert "cheated" in evidence.text
