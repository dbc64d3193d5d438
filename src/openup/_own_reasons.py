"""Recognition of a product's own reasons from example phrases, without training.

Each word and each pair of words weighs what its presence says: how much more common it is in the reason's phrases than
in what people write anyway (`training/words.py` counted that) and in the phrases of the guide's other reasons. A clause
scores the sum of its weights, tempered by its length, and a letter scores its best clause and a little of its second
best. `benchmarks/own_reasons.py` measures how well that works.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from itertools import pairwise

from ._content import Guide, Reason
from ._evidence import Evidence
from ._loading import read_json
from ._text import Clause, Letter, read

#: In how many clauses of the corpus a word, or a pair of words, must stand to be counted as common. Counting rarer ones
#: makes the file many times as large and the answers no better.
COMMON_WORD = 60
COMMON_PAIR = 180

# The clauses of a reason's phrases, with what each counts.
Phrases = Sequence[tuple[Clause, float]]

# Chosen on the built-in reasons, each given back as one of a product's own.
_OF_EXAMPLES = 0.1  # how much the phrases count against what people write anyway
_DESCRIPTION = 0.3  # what a clause of the title, the summary or a sign counts beside one of an example
_PAIR = 0.7  # what a pair of words counts beside a word
_LENGTH = 0.3  # how much a clause's length tempers its sum
_SUPPOSED = 0.8  # what a clause counts that is asked or supposed
_CONTRARY = 0.5  # what a word counts that the clause denies and the phrases state, or the other way round
_SECOND = 0.2  # what the second-best clause counts
_SIZE = 0.3  # how much more a long letter must say: it has more clauses that may look right by chance

# Between what fits the training corpus best (1.74, 1.54) and what fits other letters (1.43, 1.88).
_SLOPE = 1.5
_MIDDLE = 1.8

# Even of the answers that score highest, only four in five were right.
_MOST = 0.9

#: A canonical word, or two in a row.
Feature = str | tuple[str, ...]

#: The confidence from which a reason counts as found: about where F1 is best on both.
THRESHOLD = 0.2


def features(clause: Clause) -> Set[Feature]:
    """Return the words and the pairs of neighbouring words of a clause."""
    return {*clause.words, *pairwise(clause.words)}


class Profile:
    """What the phrases of one reason make of any clause.

    Args:
        phrases: The clauses of the phrases, with what each counts.
        others: In which share of the other reasons' phrases a feature stands.
    """

    def __init__(self, phrases: Phrases, others: Callable[[Feature], float]) -> None:
        total = sum(weight for _, weight in phrases)
        self.weights = {
            feature: _weight(feature, count / total, others(feature)) for feature, count in _counted(phrases).items()
        }
        denied = {word for clause, _ in phrases for word in clause.denied}
        stated = {word for clause, _ in phrases for word in {*clause.words}.difference(clause.denied)}
        self.denied = denied - stated
        self.stated = stated - denied

    def score(self, clause: Clause) -> float:
        """Return how much a clause speaks for the reason."""
        found = features(clause)
        total = sum(self.weights.get(feature, 0.0) for feature in found)
        for word in {*clause.words} & self.weights.keys():
            if word in (self.stated if word in clause.denied else self.denied):
                total -= (1 - _CONTRARY) * max(0.0, self.weights[word])
        if clause.supposed:
            total *= _SUPPOSED
        return total / math.pow(len(clause.words) + 3, _LENGTH)

    def evidence(self, letter: Letter, clause: Clause) -> Evidence:
        """Return the stretch of a clause from the first to the last word that speaks for the reason."""
        carried = [max(0.0, self.weights.get(word, 0.0)) for word in clause.words]
        for index, pair in enumerate(pairwise(clause.words)):
            for place in (index, index + 1):
                carried[place] += max(0.0, self.weights.get(pair, 0.0)) / 2
        bar = 0.15 * max(carried)
        strong = [index for index, weight in enumerate(carried) if weight > bar]
        return letter.evidence(clause.places[strong[0]], clause.places[strong[-1]])


def judge(letter: Letter, guide: Guide, id: str) -> tuple[float, tuple[Evidence, ...]]:
    """Return how sure it is that a letter speaks of a reason, 0 to 1, and where it does.

    Args:
        letter: The letter.
        guide: The guide.
        id: Id of a reason of the guide; if that has no examples, nothing is found.
    """
    profile = _profiles(guide).get(id)
    if profile is None or not letter.clauses:
        return 0.0, ()
    scores = [profile.score(clause) for clause in letter.clauses]
    order = sorted(range(len(scores)), key=lambda index: -scores[index])
    best = scores[order[0]]
    if best <= 0:
        return 0.0, ()
    second = max(0.0, scores[order[1]]) if len(order) > 1 else 0.0
    total = best + _SECOND * second - _SIZE * math.log(len(scores))
    confidence = min(_MOST, 1 / (1 + math.exp(min(30.0, _SLOPE * (_MIDDLE - total)))))
    strong = [index for index in order[:2] if scores[index] > 0.75 * best]
    return confidence, tuple(profile.evidence(letter, letter.clauses[index]) for index in strong)


@functools.lru_cache(maxsize=16)
def _profiles(guide: Guide) -> Mapping[str, Profile]:
    """Return the profile of each reason that has examples."""
    phrases = {reason.id: _phrases(reason) for reason in guide.reasons if reason.examples}
    counts = {id: _counted(clauses) for id, clauses in phrases.items()}
    sizes = {id: sum(weight for _, weight in clauses) for id, clauses in phrases.items()}
    everywhere: Counter[Feature] = Counter()
    for counted in counts.values():
        everywhere.update(counted)
    size = sum(sizes.values())

    def profile(id: str) -> Profile:
        def others(feature: Feature) -> float:
            rest = size - sizes[id]
            return (everywhere[feature] - counts[id][feature]) / rest if rest else 0.0

        return Profile(phrases[id], others)

    return {id: profile(id) for id in phrases}


def _phrases(reason: Reason) -> Phrases:
    described = [reason.title, reason.summary.text, *(sign.text for sign in reason.signs)]
    weighed = [*((phrase, 1.0) for phrase in reason.examples), *((phrase, _DESCRIPTION) for phrase in described)]
    return [(clause, weight) for phrase, weight in weighed for clause in read(phrase).clauses]


def _counted(phrases: Phrases) -> Counter[Feature]:
    counts: Counter[Feature] = Counter()
    for clause, weight in phrases:
        for feature in features(clause):
            counts[feature] += weight  # type: ignore[assignment]
    return counts


def _weight(feature: Feature, share: float, others: float) -> float:
    usual = max(_usual(feature), others)
    ratio = (_OF_EXAMPLES * share + (1 - _OF_EXAMPLES) * usual) / usual
    return math.log(ratio) * (1.0 if isinstance(feature, str) else _PAIR)


def _usual(feature: Feature) -> float:
    """Return in which share of all clauses a word or a pair of words stands."""
    clauses, counts = _counts()
    rare = (COMMON_WORD if isinstance(feature, str) else COMMON_PAIR) / 2
    return (counts.get(feature, rare) + 1) / (clauses + 1)


@functools.cache
def _counts() -> tuple[int, Mapping[Feature, float]]:
    data = read_json("words.json")
    pairs = {tuple(pair.split(" ")): count for pair, count in data["pairs"].items()}
    return data["clauses"], {**data["words"], **pairs}
