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
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ._loading import read_data
from ._patterns import DANGERS, Match, find_patterns
from ._signals import KINDS, NEIGHBOUR_KINDS, Feature, features, located
from ._text import EX, MAX_CLAUSE, OTHER, PARTNER, WRITER, Clause, Evidence, Letter

# One clause's weights for all heads are summed in one addition: each head has a lane of 16 bits in a long integer,
# and a weight w stands in it as w + 128. A clause has fewer than 257 features, so that no lane overflows into the
# next.
_LANE = 2
#: How a weight of nought is stored.
ZERO = 128
assert MAX_CLAUSE * (KINDS + NEIGHBOUR_KINDS) < 257


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


@attrs.frozen(eq=False)
class Model:
    """The learned weights.

    Attributes:
        version: Version of the weights.
        corpus: SHA-256 of the corpus they were learned from.
        heads: The first layer's heads, in the order of their lanes.
        weights: For each feature its weights for all heads, packed.
        outputs: The second layer's outputs, by name.
        ranking: Weights of reasons and cues for strategies.
    """

    version: str
    corpus: str
    heads: Sequence[Head]
    weights: Mapping[Feature, int]
    outputs: Mapping[str, Output]
    ranking: Mapping[str, Any]

    def clause_logits(self, clauses: Sequence[Clause], index: int) -> list[float]:
        """Return the logit of every head for one clause of a letter."""
        found = [*filter(None, map(self.weights.get, features(clauses, index)))]
        lanes = struct.unpack(f"<{len(self.heads)}H", sum(found).to_bytes(_LANE * len(self.heads), "little"))
        zero = ZERO * len(found)
        return [head.bias + head.scale * (lane - zero) for head, lane in zip(self.heads, lanes, strict=True)]

    def judge(self, letter: Letter) -> Judgement:
        """Return the probabilities of all outputs for a letter."""
        logits = [self.clause_logits(letter.clauses, index) for index in range(len(letter.clauses))]
        matches = find_patterns(letter)
        return Judgement(self, letter, matches, logits, pooled(letter, matches, logits, len(self.heads)))

    def weight(self, feature: Feature, head: int) -> float:
        """Return the weight of a feature for the head with this index, as a logit."""
        packed = self.weights.get(feature)
        if packed is None:
            return 0.0
        lane = packed >> (8 * _LANE * head) & 0xFFFF
        return self.heads[head].scale * (lane - ZERO)


def pooled(letter: Letter, matches: Sequence[Match], logits: Sequence[Sequence[float]], heads: int) -> list[float]:
    """Return what the second layer sees of a letter.

    That is each head's highest and mean logit; how many clauses there are; who is named, and whom the clauses are about;
    and which dangers a pattern shows.

    Args:
        letter: The letter.
        matches: The patterns found in it.
        logits: For each clause, the logit of every head.
        heads: How many heads there are.
    """
    shown = {match.kind for match in matches}
    dangers = [float(danger in shown) for danger in DANGERS]
    if not logits:
        return [0.0] * (2 * heads + 7) + dangers
    columns = list(zip(*logits, strict=True))
    count = len(logits)
    subjects = [clause.subject for clause in letter.clauses]
    return [
        *map(max, columns),
        *(sum(column) / count for column in columns),
        math.log(count),
        *(float(person in letter.named) for person in (PARTNER, OTHER)),
        float(any(EX in clause.words for clause in letter.clauses)),
        *(subjects.count(person) / count for person in (PARTNER, WRITER, OTHER)),
        *dangers,
    ]


@attrs.frozen(eq=False)
class Judgement:
    """What the model makes of one letter.

    Attributes:
        model: The model.
        letter: The letter.
        matches: The patterns of danger found in it.
        logits: For each clause, the logit of every head.
        pooled: What the second layer saw.
    """

    model: Model
    letter: Letter
    matches: Sequence[Match]
    logits: Sequence[Sequence[float]]
    pooled: Sequence[float]

    def probability(self, name: str) -> float:
        """Return the calibrated probability of an output."""
        output = self.model.outputs[name]
        logit = output.bias + sum(map(float.__mul__, output.weights, self.pooled))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))

    def found(self, name: str) -> bool:
        """Return whether an output's probability reaches its threshold."""
        return self.probability(name) >= self.model.outputs[name].threshold

    def evidence(self, name: str, limit: int = 2) -> tuple[Evidence, ...]:
        """Return the stretches of text that carried a head, strongest first, at least one.

        Args:
            name: The head.
            limit: How many stretches at most.
        """
        head = next(index for index, head in enumerate(self.model.heads) if head.name == name)
        order = sorted(range(len(self.logits)), key=lambda index: -self.logits[index][head])
        best = self.logits[order[0]][head]
        spans: list[Evidence] = []
        for index in order[:limit]:
            if spans and self.logits[index][head] < max(0.0, best - 1.5):
                break
            spans.append(self._span(index, head))
        return tuple(spans)

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
    heads = [Head(*head) for head in data["heads"]]
    wide = bytearray(_LANE * len(table))
    wide[::_LANE] = table
    step = _LANE * len(heads)
    packed = [int.from_bytes(wide[start : start + step], "little") for start in range(0, len(wide), step)]
    names = [tuple(name.split(" ")) if " " in name else name for name in data["features"].split("\n")]
    return Model(
        version=data["version"],
        corpus=data["corpus"],
        heads=heads,
        weights=dict(zip(names, packed, strict=True)),
        outputs={name: Output(name, *output) for name, output in data["outputs"].items()},
        ranking=data["ranking"],
    )
