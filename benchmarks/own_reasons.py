"""How well are a product's own reasons recognised? `python benchmarks/own_reasons.py SITUATIONS.jsonl [MORE.jsonl]`.

Takes each built-in reason out and gives it back as a product's own: with fifteen phrases written for this measurement
(`own_reasons.json`), under an id that the model does not know. Compares both with the labels of situations in which
somebody holds back and nobody is in danger, as a program would get them, and ends with the constants that would fit
these situations best: those in `openup._own_reasons` are fitted on the training corpus with fifteen phrases.
"""

from __future__ import annotations

import json
import math
import pathlib
import sys
from collections.abc import Sequence

import attrs

import openup
from openup import _model, _own_reasons, _text

PHRASES: dict[str, list[str]] = json.loads(pathlib.Path(__file__).with_suffix(".json").read_text("utf-8"))
Scored = list[tuple[float, bool]]


def fit(scored: Scored) -> tuple[float, float]:
    """Return slope and middle of the logistic curve that fits scores best, by Newton's method."""
    slope = bias = 0.0
    for _ in range(50):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for score, right in scored:
            p = 1 / (1 + math.exp(-max(-30.0, min(30.0, slope * score + bias))))
            error, weight = p - right, p * (1 - p) + 1e-9
            g0, g1 = g0 + error * score, g1 + error
            h00, h01, h11 = h00 + weight * score * score, h01 + weight * score, h11 + weight
        determinant = h00 * h11 - h01 * h01
        slope -= (h11 * g0 - h01 * g1) / determinant
        bias -= (h00 * g1 - h01 * g0) / determinant
    return slope, -bias / slope


def best_threshold(scored: Scored) -> float:
    """Return the score from which on everything is found at the best F1."""
    ranked = sorted(scored, reverse=True)
    wanted = sum(right for _, right in ranked)
    hits, best, threshold = 0, 0.0, 0.0
    for rank, (score, right) in enumerate(ranked, 1):
        hits += right
        if 2 * hits / (rank + wanted) > best:
            best, threshold = 2 * hits / (rank + wanted), score
    return threshold


def quality(found: Sequence[tuple[bool, bool]]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of (found, right) pairs."""
    hits = sum(one and other for one, other in found)
    claimed, wanted = sum(one for one, _ in found), sum(other for _, other in found)
    return hits / max(1, claimed), hits / max(1, wanted), 2 * hits / max(1, claimed + wanted)


def score(letter: _text.Letter, guide: openup.Guide, id: str) -> float:
    """Return what the confidence is made of."""
    value, _ = _own_reasons.judge(letter, guide, id)
    if value <= 0:
        return 0.0
    return _own_reasons._MIDDLE + math.log(value / (1 - value)) / _own_reasons._SLOPE


def confidence(value: float) -> float:
    """Return the confidence that belongs to a score."""
    return 1 / (1 + math.exp(_own_reasons._SLOPE * (_own_reasons._MIDDLE - value))) if value else 0.0


def measure(path: str, size: int) -> None:
    """Print the table of one file."""
    rows = [json.loads(line) for line in pathlib.Path(path).read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["scope"] == "in" and not row["safety"]]
    letters = [_text.read(row["text"]) for row in rows]
    judgements = [_model.builtin_model().judge(letter) for letter in letters]
    scored: dict[str, Scored] = {}
    for id, phrases in PHRASES.items():
        own = attrs.evolve(openup.builtin_guide().reason(id), id=f"own-{id}", examples=tuple(phrases[:size]))
        guide = attrs.evolve(openup.builtin_guide(), reasons=(own,))
        scored[id] = [
            (score(letter, guide, own.id), id in row["reasons"]) for letter, row in zip(letters, rows, strict=True)
        ]

    print(f"\n{pathlib.Path(path).name}: {len(rows)} situations, {size} phrases\n")
    print("| reason | situations | own: precision | recall | F1 | built-in: precision | recall | F1 |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    all_own: list[tuple[bool, bool]] = []
    all_builtin: list[tuple[bool, bool]] = []
    sure: Scored = []
    for id, mine in scored.items():
        confident = [(confidence(value), right) for value, right in mine]
        sure += confident
        own_found = [(value >= _own_reasons.THRESHOLD, right) for value, right in confident]
        builtin = [(judgement.found(id), id in row["reasons"]) for judgement, row in zip(judgements, rows, strict=True)]
        all_own += own_found
        all_builtin += builtin
        print(_line(id, sum(right for _, right in mine), quality(own_found), quality(builtin)))
    print(_line("**all**", sum(right for _, right in all_own), quality(all_own), quality(all_builtin)))

    print("\n| confidence | answers | right |\n| --- | ---: | ---: |")
    for low, high in ((0.0, 0.1), (0.1, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 0.91)):
        bin = [right for value, right in sure if low <= value < high]
        if bin:
            print(f"| {low:.2f} to {min(_own_reasons._MOST, high):.2f} | {len(bin)} | {sum(bin) / len(bin):.2f} |")
    everything = [pair for pairs in scored.values() for pair in pairs]
    slope, middle = fit(everything)
    threshold = 1 / (1 + math.exp(-slope * (best_threshold(everything) - middle)))
    print(f"\nfitted on all seven: slope {slope:.3f}, middle {middle:.3f}, threshold {threshold:.3f}")


def _line(name: str, count: int, *groups: tuple[float, float, float]) -> str:
    return f"| {name} | {count} | " + " | ".join(f"{value:.2f}" for group in groups for value in group) + " |"


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        for phrases in (15, 5):
            measure(argument, phrases)
