"""What the outputs are, what a situation's labels want of them, and which stretches of it are read alone."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from openup import _text

Row = Mapping[str, Any]

REASONS = [
    "feels-unsafe",
    "past-hurt",
    "feels-pressured",
    "distrusts-world",
    "shy-or-reticent",
    "trust-still-forming",
    "topic-specific",
]
RISKS = ["partner-violence", "coercive-control", "self-harm", "child-safety", "harm-to-others"]
STRATEGIES = [
    "dont-personalize",
    "explore-reasons",
    "lead-by-example",
    "share-own-struggle",
    "be-patient",
    "build-trust",
    "balance-deep-and-light",
    "value-openness",
]
CUES = ["dont-personalize", "value-openness", "balance-deep-and-light"]
OUTPUTS = [
    "in-scope",
    "self",
    *REASONS,
    "risk",
    *RISKS,
    *(f"strategy:{name}" for name in STRATEGIES),
    *(f"cue:{name}" for name in CUES),
]
#: What a strategy in first, second and third place counts.
PLACES = (1.0, 2 / 3, 1 / 3)
#: How much the outputs count that are not asked of a situation's readers, or that are less sure.
OUT_OF_SCOPE_WEIGHT = 0.2
STRATEGY_WEIGHT = 0.5
#: How much it counts which danger it is, where there is one: some of them are rare.
KIND_WEIGHT = 3.0


def readings(row: Row) -> Sequence[Row]:
    """Return the readings of a situation: as labelled, and by a second reader where there was one."""
    return [row, row["second"]] if "second" in row else [row]


def target(row: Row) -> tuple[np.ndarray, np.ndarray]:
    """Return what a situation's readers want of each output, 0 to 1, and how much that counts."""
    wanted = np.zeros(len(OUTPUTS), np.float32)
    weight = np.ones(len(OUTPUTS), np.float32)
    said = readings(row)
    inside = row["scope"] == "in"
    ranked = [reading["strategies"] for reading in said if reading.get("strategies")]
    for place, output in enumerate(OUTPUTS):
        if output == "in-scope":
            wanted[place] = np.mean([reading["scope"] == "in" for reading in said])
        elif output == "self":
            wanted[place] = np.mean([reading["perspective"] == "self" for reading in said])
            weight[place] = inside
        elif output in REASONS:
            wanted[place] = np.mean([output in reading["reasons"] for reading in said])
            weight[place] = 1.0 if inside else OUT_OF_SCOPE_WEIGHT
        elif output == "risk":
            wanted[place] = np.mean([bool(reading["safety"]) for reading in said])
        elif output in RISKS:
            wanted[place] = np.mean([output in reading["safety"] for reading in said])
            weight[place] = KIND_WEIGHT if any(reading["safety"] for reading in said) else 1.0
        elif output.startswith("strategy:"):
            name = output.removeprefix("strategy:")
            wanted[place] = np.mean([PLACES[r.index(name)] if name in r else 0.0 for r in ranked]) if ranked else 0.0
            weight[place] = STRATEGY_WEIGHT if ranked else 0.0
        else:
            wanted[place] = output.removeprefix("cue:") in row["evidence"]
            weight[place] = STRATEGY_WEIGHT if ranked else 0.0
    return wanted, weight


def targets(rows: Sequence[Row]) -> tuple[np.ndarray, np.ndarray]:
    """Return the targets and their weights of many situations, situations by outputs."""
    both = [target(row) for row in rows]
    return np.array([wanted for wanted, _ in both]), np.array([weight for _, weight in both])


def stretches(row: Row) -> Iterator[str]:
    """Yield the text of a situation and, of a longer one, some clauses in a row, which are read alone as well."""
    yield row["text"]
    letter = _text.read(row["text"])
    count = len(letter.clauses)
    if count < 4:
        return
    chance = random.Random(int(hashlib.sha256(row["id"].encode()).hexdigest()[:8], 16))
    size = chance.randint(2, max(2, count // 2))
    start = chance.randint(0, count - size)
    first, last = letter.clauses[start].places[0], letter.clauses[start + size - 1].places[-1]
    yield letter.evidence(first, last).text
