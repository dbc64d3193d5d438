"""Features to calibrated probabilities, each explained by its features.

Two linear layers with a pooling between them. The first gives each clause a logit for every *head*: a reason, a
risk, who holds back, a cue for a strategy. Pooling keeps of a letter, for every head, the highest logit of its
clauses and their mean. The second layer turns these into the probabilities of the letter's *outputs*.
`training/train.py` fits both; the documentation's model card says on what.
"""

from __future__ import annotations

import functools
import json
import math
import operator
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ._loading import read_data
from ._patterns import DANGERS, Match, find_patterns
from ._signals import KINDS, NEIGHBOUR_KINDS, features, located
from ._text import EX, MAX_CLAUSE, OTHER, PARTNER, WRITER, Evidence, Letter

# One clause's weights for all heads are summed in one addition: each head has a lane of 16 bits in a long integer.
# A stored weight w, a byte, stands in its lane as w + ZERO. The sum of a clause, less ZERO for every feature, is
# moved up by MIDDLE, so that no lane falls below nought; a clause has too few features for one to overflow.
_LANE = 2
#: How a weight of nought is stored.
ZERO = 128
MIDDLE = 1 << 15
assert MAX_CLAUSE * (KINDS + NEIGHBOUR_KINDS) * ZERO < MIDDLE


@attrs.frozen
class Head:
    """What the first layer gives a clause a logit for.

    Attributes:
        name: Such as `"past-hurt"`.
        bias: Logit of a clause without features.
        scale: Logit of one unit of a stored weight.
    """

    name: str
    bias: float
    scale: float


@attrs.frozen
class Output:
    """A probability that the second layer gives a letter.

    Attributes:
        name: Such as `"past-hurt"`.
        bias: Its intercept.
        weights: Weight of each pooled value, in the order of `pooled`.
        threshold: The probability from which it counts as found.
    """

    name: str
    bias: float
    weights: Sequence[float]
    threshold: float


class _Rows(dict[str, int]):
    """The weights of features, packed; each is unpacked from the table when it is first met."""

    def __init__(self, places: Mapping[str, int], table: bytes, step: int) -> None:
        self.places = places
        self.table = table
        self.step = step

    def __missing__(self, feature: str) -> int:
        start = self.places[feature] * self.step
        wide = bytearray(_LANE * self.step)
        wide[::_LANE] = self.table[start : start + self.step]
        self[feature] = packed = int.from_bytes(wide, "little")
        return packed


@attrs.frozen(eq=False)
class Model:
    """The learned weights.

    Attributes:
        version: Version of the weights.
        corpus: SHA-256 of the corpus they were learned from.
        heads: The first layer's heads, in the order of their lanes.
        places: The features that have weights, and the row of each in the table.
        rows: Each feature's weights for all heads.
        outputs: The second layer's outputs, by name.
        ranking: Weights of reasons and cues for strategies.
    """

    version: str
    corpus: str
    heads: Sequence[Head]
    places: Mapping[str, int]
    rows: Mapping[str, int]
    outputs: Mapping[str, Output]
    ranking: Mapping[str, Any]

    def judge(self, letter: Letter) -> Judgement:
        """Return the probabilities of all outputs for a letter."""
        width = len(self.heads)
        size, unpack = _LANE * width, struct.Struct(f"<{width}H").unpack
        ones = sum(1 << (8 * _LANE * lane) for lane in range(width))
        middle, zero = MIDDLE * ones, ZERO * ones
        known, row = self.places.__contains__, self.rows.__getitem__
        units = []
        for index in range(len(letter.clauses)):
            found = [*map(row, filter(known, features(letter.clauses, index)))]
            units.append(unpack((sum(found) + middle - len(found) * zero).to_bytes(size, "little")))
        columns = list(zip(*units)) or [(MIDDLE,)] * width
        count = max(1, len(units))
        highest = [head.bias + head.scale * (max(column) - MIDDLE) for head, column in zip(self.heads, columns)]
        mean = [head.bias + head.scale * (sum(column) / count - MIDDLE) for head, column in zip(self.heads, columns)]
        matches = find_patterns(letter)
        seen = pooled(letter, matches, highest, mean)
        probabilities = {
            name: _logistic(output.bias + sum(map(operator.mul, output.weights, seen)))
            for name, output in self.outputs.items()
        }
        return Judgement(self, letter, matches, units, probabilities)

    def weight(self, feature: str, head: int) -> float:
        """Return the weight of a feature for the head with this index, as a logit."""
        if feature not in self.places:
            return 0.0
        lane = self.rows[feature] >> (8 * _LANE * head) & 0xFFFF
        return self.heads[head].scale * (lane - ZERO)


def _logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def pooled(letter: Letter, matches: Sequence[Match], highest: Sequence[float], mean: Sequence[float]) -> list[float]:
    """Return what the second layer sees of a letter.

    That is each head's highest and mean logit; how many clauses there are; who is named, and whom the clauses are
    about; and which dangers a pattern shows.

    Args:
        letter: The letter.
        matches: The patterns found in it.
        highest: For each head, the highest logit of a clause.
        mean: For each head, the mean logit of the clauses.
    """
    if not letter.clauses:
        return [0.0] * (len(highest) + len(mean) + 7 + len(DANGERS))
    count = len(letter.clauses)
    subjects = [clause.subject for clause in letter.clauses]
    shown = {match.kind for match in matches}
    return [
        *highest,
        *mean,
        math.log(count),
        *(float(person in letter.named) for person in (PARTNER, OTHER)),
        float(any(EX in clause.words for clause in letter.clauses)),
        *(subjects.count(person) / count for person in (PARTNER, WRITER, OTHER)),
        *(float(danger in shown) for danger in DANGERS),
    ]


@attrs.frozen(eq=False)
class Judgement:
    """What the model makes of one letter.

    Attributes:
        model: The model.
        letter: The letter.
        matches: The patterns of danger found in it.
        units: For each clause, the sum of stored weights for every head, plus `MIDDLE`.
        probabilities: The calibrated probability of every output.
    """

    model: Model
    letter: Letter
    matches: Sequence[Match]
    units: Sequence[Sequence[int]]
    probabilities: Mapping[str, float]

    def found(self, name: str) -> bool:
        """Return whether an output's probability reaches its threshold."""
        return self.probabilities[name] >= self.model.outputs[name].threshold

    def evidence(self, name: str, limit: int = 2) -> tuple[Evidence, ...]:
        """Return the stretches of text that carried a head, strongest first, at least one.

        Args:
            name: The head.
            limit: How many stretches at most.
        """
        place = next(place for place, head in enumerate(self.model.heads) if head.name == name)
        head = self.model.heads[place]
        logits = [head.bias + head.scale * (units[place] - MIDDLE) for units in self.units]
        order = sorted(range(len(logits)), key=lambda index: -logits[index])
        bar = max(0.0, logits[order[0]] - 1.5)
        strong = [order[0], *(index for index in order[1:limit] if logits[index] >= bar)]
        return tuple(self._span(index, place) for index in strong)

    def _span(self, index: int, head: int) -> Evidence:
        """Return the stretch from the first to the last word of a clause that speaks for the head."""
        clauses = self.letter.clauses
        carried = dict.fromkeys(clauses[index].places, 0.0)
        for feature, places in located(clauses, index):
            weight = self.model.weight(feature, head)
            for place in places:
                if place in carried:
                    carried[place] += weight / len(places)
        bar = 0.15 * max(carried.values())
        strong = [place for place, weight in carried.items() if weight > bar] or list(carried)
        return self.letter.evidence(strong[0], strong[-1])


@functools.cache
def builtin_model() -> Model:
    """Return the model that ships with the package, read on first use."""
    head, _, table = zlib.decompress(read_data("model.bin")).partition(b"\0")
    data = json.loads(head)
    names = data["features"].split("\n")
    places = dict(zip(names, range(len(names))))
    return Model(
        version=data["version"],
        corpus=data["corpus"],
        heads=[Head(*head) for head in data["heads"]],
        places=places,
        rows=_Rows(places, table, len(data["heads"])),
        outputs={name: Output(name, *output) for name, output in data["outputs"].items()},
        ranking=data["ranking"],
    )
