"""A letter to calibrated probabilities, each explained by the words that made it.

A small convolutional network, evaluated in whole numbers. Its filters look at every three words in a row and at every
clause with its neighbours; of each filter the highest value in the letter is kept, and the probabilities are weighted
sums of these. `training/train.py` fits it; the documentation's model card says on what.

One whole number holds the values of all filters, each in a *lane* of bits of its own, so that one addition adds them
all. This is why a letter takes microseconds, and why the answer is the same on every machine.
"""

from __future__ import annotations

import functools
import itertools
import json
import math
import operator
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from ._evidence import Evidence
from ._loading import read_data
from ._patterns import DANGERS, Match, find_patterns
from ._signals import Signals, Stretch, signals
from ._text import Letter

#: Width of a filter's lane: its values, sums of products of two bytes, stay far below half of what fits.
LANE = 32
#: Added to every filter's value, so that no lane is negative.
OFFSET = 1 << 30
_LANE_BITS = (1 << LANE) - 1
#: Width of an output's lane.
_WIDE = 64
_WIDE_OFFSET = 1 << 62
#: What the words of a letter are to a filter: the word before, the word itself, the word after; a word of the clause,
#: a word of the clauses beside it.
ROLES = ("before", "here", "after", "within", "beside")
#: The value of a pattern that matches, and the unit in which the number of clauses counts, among those of the filters.
MATCHED = 1 << 13

#: A clause is evidence beside the strongest one if it carried at least this share of what that did.
SHARE_OF_STRONGEST = 0.5
#: Evidence reaches to the first and the last word that carried at least this share of what the strongest did.
SHARE_OF_CLAUSE = 0.15

#: The word that stands for all that are not known.
UNKNOWN = ""

Row = tuple[int, int, int, int, int]
#: Places, and at each the top bits of the lanes that rose there.
Peaks = Sequence[tuple[int, int]]


@attrs.frozen(eq=False, repr=False)
class Output:
    """A probability that the network gives a letter.

    Attributes:
        name: Such as `"past-hurt"`.
        bias: Its logit where nothing speaks for or against it.
        scale: Logit of one unit of an output's whole number.
        weights: Weight of each input of the last layer: window filters, clause filters, the size, patterns.
        threshold: The probability from which it counts as found.
    """

    name: str
    bias: float
    scale: float
    weights: Sequence[int]
    threshold: float


class _Rows(dict[str, Row]):
    """What each word gives every filter in every role; worked out when the word is first met."""

    def __init__(self, places: Mapping[str, int], vectors: bytes, mixing: Sequence[Sequence[int]]) -> None:
        self.places = places
        self.vectors = memoryview(vectors).cast("b")
        self.mixing = mixing

    def __missing__(self, word: str) -> Row:
        place = self.places.get(word)
        if place is None:
            return self[UNKNOWN]  # Not kept under its own name: there is no end to such words.
        size = len(self.mixing[0])
        vector = self.vectors[place * size : (place + 1) * size]
        before, here, after, within, beside = (sum(map(operator.mul, vector, mix)) for mix in self.mixing)
        self[word] = row = (before, here, after, within, beside)
        return row


@attrs.frozen(eq=False, repr=False)
class Model:
    """The learned network.

    Attributes:
        version: Version of the weights.
        corpus: SHA-256 of the corpus they were learned from.
        words: Number of words it knows.
        filters: How many window filters and how many clause filters there are.
        rows: For each word, what it adds to the filters' values in each of its `ROLES`.
        window_states: For each state of a word, what it adds to the window filters' values.
        clause_states: For each state of a clause, what it adds to the clause filters' values.
        outputs: The outputs, by name.
        weights: For each input of the last layer, its weights for all outputs, in lanes.
        ranking: Weights of reasons and outputs for strategies.
    """

    version: str
    corpus: str
    words: int
    filters: tuple[int, int]
    rows: Mapping[str, Row]
    window_states: Sequence[int]
    clause_states: Sequence[int]
    outputs: Mapping[str, Output]
    weights: Sequence[int]
    ranking: Mapping[str, Any]

    def judge(self, letter: Letter) -> Judgement:
        """Return the probabilities of all outputs for a letter."""
        seen = signals(letter)
        matches = find_patterns(letter)
        shown = {match.kind for match in matches}
        windows, window_peaks = _highest(self._windows(seen), self.filters[0])
        clauses, clause_peaks = _highest(self._clauses(seen), self.filters[1])
        inputs = [
            *windows,
            *clauses,
            round(MATCHED * math.log(max(1, len(letter.clauses)))),
            *(MATCHED if danger in shown else 0 for danger in DANGERS),
        ]
        count = len(self.outputs)
        total = sum(map(operator.mul, inputs, self.weights)) + _WIDE_OFFSET * _ones(count, _WIDE)
        sums = struct.unpack(f"<{count}Q", total.to_bytes(count * _WIDE // 8, "little"))
        probabilities = {
            output.name: _logistic(output.bias + output.scale * (value - _WIDE_OFFSET))
            for output, value in zip(self.outputs.values(), sums)
        }
        return Judgement(self, letter, seen, matches, inputs, window_peaks, clause_peaks, probabilities)

    def _windows(self, seen: Signals) -> Iterator[int]:
        """Yield the window filters' values at each word."""
        rows = [*map(self.rows.__getitem__, seen.words)]
        states = map(self.window_states.__getitem__, seen.states)
        before = itertools.chain([0], map(operator.itemgetter(0), rows))
        after = itertools.chain(map(operator.itemgetter(2), rows[1:]), [0])
        for left, row, right, state in zip(before, rows, after, states):
            yield left + row[1] + right + state

    def _clauses(self, seen: Signals) -> Iterator[int]:
        """Yield the clause filters' values at each clause."""
        own, beside = [], [0]
        for clause in seen.clauses:
            rows = [*map(self.rows.__getitem__, seen.words[clause.start : clause.stop])]
            own.append(sum(map(operator.itemgetter(3), rows)) + self.clause_states[clause.state])
            beside.append(sum(map(operator.itemgetter(4), rows)))
        return map(sum, zip(own, beside, [*beside[2:], 0]))


@functools.cache
def _ones(count: int, width: int) -> int:
    return int(sum(1 << (width * lane) for lane in range(count)))


def pack(values: Iterable[int], width: int = LANE) -> int:
    """Return numbers, negative ones too, as one number with a lane for each."""
    return sum(value << (width * lane) for lane, value in enumerate(values))


def _highest(values: Iterable[int], count: int) -> tuple[Sequence[int], Peaks]:
    """Return, for each lane, the highest of the values' numbers in it, less the offset, and where it was reached.

    Args:
        values: Numbers with lanes.
        count: How many lanes.

    Returns:
        The highest numbers, nought for those below the offset; and for each place where some lane reached a number
        higher than before, the place and the top bits of these lanes.
    """
    ones = _ones(count, LANE)
    guard = ones << (LANE - 1)
    highest = OFFSET * ones
    peaks: list[tuple[int, int]] = []
    for place, value in enumerate(values):
        higher = (value | guard) - highest - ones & guard  # A top bit stays where the new number is higher.
        if higher:
            peaks.append((place, higher))
            highest ^= (highest ^ value) & (higher - (higher >> (LANE - 1)))
    numbers = struct.unpack(f"<{count}I", highest.to_bytes(count * LANE // 8, "little"))
    return [number - OFFSET for number in numbers], peaks


def _logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@attrs.frozen(eq=False, repr=False)
class Judgement:
    """What the network makes of one letter.

    Attributes:
        model: The network.
        letter: The letter.
        seen: The letter's words and clauses as the filters saw them.
        matches: The patterns of danger found in it.
        inputs: What the last layer saw: the filters' highest values, the size, and the patterns.
        window_peaks: At which words which window filters rose to a new height.
        clause_peaks: At which clauses which clause filters did.
        probabilities: The calibrated probability of every output.
    """

    model: Model
    letter: Letter
    seen: Signals
    matches: Sequence[Match]
    inputs: Sequence[int]
    window_peaks: Peaks
    clause_peaks: Peaks
    probabilities: Mapping[str, float]

    def found(self, name: str) -> bool:
        """Return whether an output's probability reaches its threshold."""
        return self.probabilities[name] >= self.model.outputs[name].threshold

    def evidence(self, name: str, limit: int = 2) -> tuple[Evidence, ...]:
        """Return the stretches of text that carried an output, strongest first, at least one.

        Args:
            name: The output.
            limit: How many stretches at most.
        """
        carried = self.carried(name)
        clauses = self.seen.clauses
        sums = [sum(carried[clause.start : clause.stop]) for clause in clauses]
        order = sorted(range(len(sums)), key=lambda index: -sums[index])[:limit]
        strong = [index for index in order if sums[index] >= SHARE_OF_STRONGEST * sums[order[0]]]
        return tuple(self._span(clauses[index], carried) for index in strong)

    def carried(self, name: str) -> Sequence[float]:
        """Return how much of an output's score each word of the letter carried.

        What a filter adds to the score is shared among the words that its highest value was made of, by their parts
        in it. Filters that add less than a twentieth of what the strongest adds are left out.

        Args:
            name: The output.
        """
        weights = self.model.outputs[name].weights
        added = [max(0, weight * value) for weight, value in zip(weights, self.inputs)]
        carried = [0.0] * len(self.seen.words)
        rows = self.model.rows
        windows, clauses = self.model.filters
        bar = max(added[: windows + clauses]) / 20
        for lane, place in _reached(self.window_peaks, [score > bar for score in added[:windows]]):
            near = [
                (at, rows[self.seen.words[at]][role])
                for role, at in enumerate(range(place - 1, place + 2))
                if 0 <= at < len(carried)
            ]
            _share(carried, near, lane, added[lane])
        for lane, place in _reached(self.clause_peaks, [score > bar for score in added[windows : windows + clauses]]):
            near = [
                (at, rows[self.seen.words[at]][3 if index == place else 4])
                for index in range(max(0, place - 1), min(place + 2, len(self.seen.clauses)))
                for at in range(self.seen.clauses[index].start, self.seen.clauses[index].stop)
            ]
            _share(carried, near, lane, added[windows + lane])
        return carried

    def _span(self, clause: Stretch, carried: Sequence[float]) -> Evidence:
        """Return the stretch from the first to the last word of a clause that carried much."""
        bar = SHARE_OF_CLAUSE * max(carried[clause.start : clause.stop])
        places = clause.places
        strong = [place for place, score in zip(places, carried[clause.start : clause.stop]) if score > bar] or places
        return self.letter.evidence(strong[0], strong[-1])


def _reached(peaks: Peaks, wanted: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield each wanted lane that reached any height, and the place of its last peak."""
    missing = pack(wanted) << (LANE - 1)
    for place, lanes in reversed(peaks):
        here = missing & lanes
        missing ^= here
        while here:
            lowest = here & -here
            yield lowest.bit_length() // LANE - 1, place
            here ^= lowest


def _share(carried: list[float], near: Sequence[tuple[int, int]], lane: int, score: float) -> None:
    """Share a score among places by their positive parts of a lane's number."""
    shift = LANE * lane
    # What lies below the lane borrows from it where it is negative, a rounding of one in many thousands.
    parts = [((row >> shift) + OFFSET & _LANE_BITS) - OFFSET for _, row in near]
    total = sum(max(0, part) for part in parts)
    for (place, _), part in zip(near, parts):
        if part > 0:
            carried[place] += score * part / total


@functools.cache
def builtin_model() -> Model:
    """Return the model that ships with the package, read on first use."""
    return load_model(read_data("model.bin"))


def load_model(file: bytes) -> Model:
    """Return the model that `training/train.py` wrote.

    A compressed file: a JSON object, a byte of nought, and signed bytes: the words' vectors, dimension by dimension,
    and the mixing matrices of the roles.
    """
    head, _, table = zlib.decompress(file).partition(b"\0")
    data = json.loads(head)
    words = data["words"].split("\n")
    size, (windows, clauses) = data["size"], data["filters"]
    vectors = bytearray(len(words) * size)
    for dimension in range(size):
        vectors[dimension::size] = table[dimension * len(words) : (dimension + 1) * len(words)]
    numbers = memoryview(table).cast("b")[len(words) * size :]
    mixing, start = [], 0
    for role in ROLES:
        lanes = clauses if role in ("within", "beside") else windows
        mixing.append([pack(numbers[start + d * lanes : start + (d + 1) * lanes]) for d in range(size)])
        start += size * lanes
    outputs = [Output(*output) for output in data["outputs"]]
    return Model(
        version=data["version"],
        corpus=data["corpus"],
        words=len(words),
        filters=(windows, clauses),
        rows=_Rows(dict(zip(words, range(len(words)))), bytes(vectors), mixing),
        window_states=[pack(OFFSET + value for value in state) for state in data["window_states"]],
        clause_states=[pack(OFFSET + value for value in state) for state in data["clause_states"]],
        outputs={output.name: output for output in outputs},
        weights=[pack(weights, _WIDE) for weights in zip(*(output.weights for output in outputs))],
        ranking=data["ranking"],
    )
