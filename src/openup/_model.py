"""A letter to calibrated probabilities, each explained by the words that made it.

A small convolutional network, evaluated in whole numbers. Its filters look at every three words in a row and at every
clause with its neighbours; of each filter the highest value in the letter is kept. A few hidden units are weighted sums
of these, and the probabilities are weighted sums of both. `training/train.py` fits it; the documentation's model card
says on what.

One whole number holds the values of all filters, each in a *lane* of bits of its own, so that one addition adds them
all. This is why a letter takes microseconds, and why the answer is the same on every machine.
"""

from __future__ import annotations

import bisect
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
WIDE = 64
#: A filter's value is divided by two so many times before the hidden units see it.
HIDDEN_SHIFT = 7
#: What the words of a letter are to a filter: the word before, the word itself, the word after; a word of the clause,
#: a word of the clauses beside it.
ROLES = ("before", "here", "after", "within", "beside")
#: The value of a pattern that matches, and the unit in which the number of clauses counts, among those of the filters.
MATCHED = 1 << 13

#: Filters that add less to an output than this share of what the strongest adds have no say in its evidence.
SHARE_OF_FILTER = 0.2
#: A clause is evidence beside the strongest one if it carried at least this share of what that did.
SHARE_OF_STRONGEST = 0.5
#: Evidence reaches to the first and the last word that carried at least this share of what the strongest did.
SHARE_OF_CLAUSE = 0.15
#: It takes in so many words more where only these are missing to an end of the clause.
EDGE = 2

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
        weights: Weight of each input of the last layer: window filters, clause filters, the size, patterns, and the
            hidden units.
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
        into_hidden: For each filter, the size and each pattern, its weights for all hidden units, in lanes.
        hidden: For each hidden unit, its weights of all these, in lanes.
        hidden_bias: What is added to the hidden units' values, in lanes.
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
    into_hidden: Sequence[int]
    hidden: Sequence[int]
    hidden_bias: int
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
        seen_by_hidden = [value >> HIDDEN_SHIFT for value in inputs]
        total = sum(map(operator.mul, seen_by_hidden, self.into_hidden)) + self.hidden_bias
        inputs += [value if value > 0 else 0 for value in unpack(total, len(self.hidden))]
        sums = unpack(sum(map(operator.mul, inputs, self.weights)), len(self.outputs), WIDE)
        probabilities = {
            output.name: _logistic(output.bias + output.scale * value)
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
    return int.from_bytes(b"\1".ljust(width // 8, b"\0") * count, "little")


def pack(values: Sequence[int], width: int = LANE) -> int:
    """Return numbers, negative ones too, as one number with a lane for each."""
    offset = 1 << (width - 2)
    lanes = struct.pack(f"<{len(values)}{_CODES[width]}", *(value + offset for value in values))
    return int.from_bytes(lanes, "little") - offset * _ones(len(values), width)


def pack_bytes(values: bytes, width: int = LANE) -> int:
    """Return signed bytes as one number with a lane for each."""
    lanes = bytearray(len(values) * width // 8)
    lanes[:: width // 8] = values.translate(_LIFTED)
    return int.from_bytes(lanes, "little") - 128 * _ones(len(values), width)


def unpack(number: int, count: int, width: int = LANE) -> Sequence[int]:
    """Return the numbers in so many lanes."""
    offset = 1 << (width - 2)
    lanes = (number + offset * _ones(count, width)).to_bytes(count * width // 8, "little")
    return [value - offset for value in struct.unpack(f"<{count}{_CODES[width]}", lanes)]


#: How `struct` calls a lane.
_CODES = {LANE: "I", WIDE: "Q"}
#: Each signed byte and 128 more, so that none is negative.
_LIFTED = bytes((value + 128) % 256 for value in range(256))


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
    more = highest + ones
    peaks: list[tuple[int, int]] = []
    for place, value in enumerate(values):
        higher = (value | guard) - more & guard  # A top bit stays where the new number is higher.
        if higher:
            peaks.append((place, higher))
            highest ^= (highest ^ value) & (higher - (higher >> (LANE - 1)))
            more = highest + ones
    numbers = struct.unpack(f"<{count}I", highest.to_bytes(count * LANE // 8, "little"))
    return [number - OFFSET for number in numbers], peaks


def _logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@attrs.frozen(eq=False, repr=False)
class Peak:
    """Where a filter had its highest value.

    Attributes:
        clause: Index of the clause.
        place: Index of the word in the middle of what it saw; None for a clause filter.
        lane: The filter's lane.
        score: What it added to an output.
    """

    clause: int
    place: int | None
    lane: int
    score: int


@attrs.frozen(eq=False, repr=False)
class Judgement:
    """What the network makes of one letter.

    Attributes:
        model: The network.
        letter: The letter.
        seen: The letter's words and clauses as the filters saw them.
        matches: The patterns of danger found in it.
        inputs: What the last layer saw: the filters' highest values, the size, the patterns, and the hidden units.
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
        peaks = self._peaks(name)
        sums = [0.0] * len(self.seen.clauses)
        for peak in peaks:
            sums[peak.clause] += peak.score
        order = sorted(range(len(sums)), key=lambda index: -sums[index])[:limit]
        strong = [index for index in order if sums[index] >= SHARE_OF_STRONGEST * sums[order[0]]]
        return tuple(
            self._span(self.seen.clauses[index], [peak for peak in peaks if peak.clause == index]) for index in strong
        )

    def _peaks(self, name: str) -> Sequence[Peak]:
        """Return where the filters that add most to an output had their highest values."""
        added = self._added(name)
        bar = SHARE_OF_FILTER * max(added)
        lanes = [lane for lane, score in enumerate(added) if score > bar]
        windows = self.model.filters[0]
        starts = [clause.start for clause in self.seen.clauses]
        peaks = []
        for lane, place in _reached(self.window_peaks, [lane for lane in lanes if lane < windows]):
            peaks.append(Peak(bisect.bisect(starts, place) - 1, place, lane, added[lane]))
        for lane, index in _reached(self.clause_peaks, [lane - windows for lane in lanes if lane >= windows]):
            peaks.append(Peak(index, None, lane, added[windows + lane]))
        return peaks

    def _added(self, name: str) -> Sequence[int]:
        """Return how much each filter added to an output, straight and through the hidden units that are on."""
        weights = self.model.outputs[name].weights
        filters = sum(self.model.filters)
        inputs = len(self.inputs) - len(self.model.hidden)
        on = [weight if value else 0 for weight, value in zip(weights[inputs:], self.inputs[inputs:])]
        through = unpack(sum(map(operator.mul, on, self.model.hidden)), inputs)
        slopes = [(weight << HIDDEN_SHIFT) + more for weight, more in zip(weights[:filters], through)]
        return [slope * value if slope > 0 else 0 for slope, value in zip(slopes, self.inputs)]

    def _span(self, clause: Stretch, peaks: Sequence[Peak]) -> Evidence:
        """Return the stretch from the first to the last word of a clause that carried much.

        What a filter adds is shared among words of the clause by their positive parts in its highest value.
        """
        words, rows = self.seen.words, self.model.rows
        carried = [0.0] * (clause.stop - clause.start)
        for peak in peaks:
            if peak.place is None:
                roles = [(at, 3) for at in range(clause.start, clause.stop)]
            else:
                near = range(max(clause.start, peak.place - 1), min(peak.place + 2, clause.stop))
                roles = [(at, at - peak.place + 1) for at in near]
            shift = LANE * peak.lane
            # What lies below the lane borrows from it where it is negative, a rounding of one in many thousands.
            parts = [((rows[words[at]][role] >> shift) + OFFSET & _LANE_BITS) - OFFSET for at, role in roles]
            total = sum(part for part in parts if part > 0)
            for (at, _), part in zip(roles, parts):
                if part > 0:
                    carried[at - clause.start] += peak.score * part / total
        bar = SHARE_OF_CLAUSE * max(carried)
        strong = [index for index, score in enumerate(carried) if score > bar] or range(len(carried))
        # A word or two at the edge of a clause are not left out: half phrases read badly.
        first = 0 if strong[0] <= EDGE else strong[0]
        last = -1 if strong[-1] >= len(carried) - 1 - EDGE else strong[-1]
        return self.letter.evidence(clause.places[first], clause.places[last])


def _reached(peaks: Peaks, lanes: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield those of the lanes that reached any height, each with the place of its last peak."""
    missing = sum(1 << (LANE * lane + LANE - 1) for lane in lanes)
    for place, higher in reversed(peaks):
        if not missing:
            break
        here = missing & higher
        missing ^= here
        while here:
            lowest = here & -here
            yield lowest.bit_length() // LANE - 1, place
            here ^= lowest


@functools.cache
def builtin_model() -> Model:
    """Return the model that ships with the package, read on first use."""
    return load_model(read_data("model.bin"))


def load_model(file: bytes) -> Model:
    """Return the model that `training/train.py` wrote.

    A compressed file: a JSON object, a byte of nought, and signed bytes: the words' vectors, dimension by dimension,
    the mixing matrices of the roles, and the hidden units' weights.
    """
    head, _, table = zlib.decompress(file).partition(b"\0")
    data = json.loads(head)
    words = data["words"].split("\n")
    size, (windows, clauses) = data["size"], data["filters"]
    vectors = bytearray(len(words) * size)
    for dimension in range(size):
        vectors[dimension::size] = table[dimension * len(words) : (dimension + 1) * len(words)]
    numbers = table[len(words) * size :]
    mixing, start = [], 0
    for role in ROLES:
        lanes = clauses if role in ("within", "beside") else windows
        mixing.append([pack_bytes(numbers[start + d * lanes : start + (d + 1) * lanes]) for d in range(size)])
        start += size * lanes
    hidden = numbers[start:]
    inputs = len(hidden) // len(data["hidden_bias"])
    outputs = [Output(*output) for output in data["outputs"]]
    return Model(
        version=data["version"],
        corpus=data["corpus"],
        words=len(words),
        filters=(windows, clauses),
        rows=_Rows(dict(zip(words, range(len(words)))), bytes(vectors), mixing),
        window_states=[pack(state) + OFFSET * _ones(windows, LANE) for state in data["window_states"]],
        clause_states=[pack(state) + OFFSET * _ones(clauses, LANE) for state in data["clause_states"]],
        into_hidden=[pack_bytes(hidden[place::inputs]) for place in range(inputs)],
        hidden=[pack_bytes(hidden[start : start + inputs]) for start in range(0, len(hidden), inputs)],
        hidden_bias=pack(data["hidden_bias"]),
        outputs={output.name: output for output in outputs},
        weights=[pack(weights, WIDE) for weights in zip(*(output.weights for output in outputs))],
        ranking=data["ranking"],
    )
