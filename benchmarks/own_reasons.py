"""How well are a product's own reasons recognised? `nox -s own`, or `python benchmarks/own_reasons.py [FILE ...]`.

Takes each built-in reason out and gives it back as a product's own: with fifteen phrases written for this measurement
(`own_reasons.json`), under an id that the model does not know. Compares both with the labels of situations in which
somebody holds back and nobody is in danger, as a program would get them. Counts as well what the guide of
`examples/own_guide.json` makes of texts that are about something else.

Without arguments it measures the letters in `tests/data` and the training corpus, and writes the tables that
docs/how-to/own-guide.md shows; with arguments it only prints. For each file it also prints the constants of
`openup._own_reasons` that would fit it best.
"""

from __future__ import annotations

import json
import math
import pathlib
import sys
from collections.abc import Iterator, Sequence

import attrs

import openup
from openup import _model, _own_reasons, _text

ROOT = pathlib.Path(__file__).parent.parent
LETTERS = ROOT / "tests" / "data" / "dev.jsonl"
CORPUS = ROOT / "training" / "situations.jsonl"
PAGE = ROOT / "docs" / "_measured" / "own-reasons.md"
BINS = ((0.0, 0.1), (0.1, 0.2), (0.2, 0.5), (0.5, 0.75), (0.75, 0.91))
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


@attrs.frozen
class Found:
    """Pairs, for one reason: whether it was found and whether it should have been, as one's own and as the model's."""

    own: list[tuple[bool, bool]]
    builtin: list[tuple[bool, bool]]


@attrs.frozen
class Measured:
    """What one file shows."""

    name: str
    letters: int
    size: int
    found: dict[str, Found]
    confident: Scored
    scores: Scored

    @property
    def all(self) -> Found:
        """Return the pairs of all reasons together."""
        return Found(
            [pair for found in self.found.values() for pair in found.own],
            [pair for found in self.found.values() for pair in found.builtin],
        )


def rows_of(path: pathlib.Path) -> list[dict[str, object]]:
    """Return the situations of a file in which nobody is in danger."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [row for row in rows if not row["safety"]]


def measure(path: pathlib.Path, size: int) -> Measured:
    """Return how well reasons with so many phrases are found in the letters of a file."""
    rows = [row for row in rows_of(path) if row["scope"] == "in"]
    letters = [_text.read(row["text"]) for row in rows]
    judgements = [_model.builtin_model().judge(letter) for letter in letters]
    measured = Measured(path.name, len(rows), size, {}, [], [])
    for id, phrases in PHRASES.items():
        own = attrs.evolve(openup.builtin_guide().reason(id), id=f"own-{id}", examples=tuple(phrases[:size]))
        guide = attrs.evolve(openup.builtin_guide(), reasons=(own,))
        right = [id in row["reasons"] for row in rows]
        scores = [score(letter, guide, own.id) for letter in letters]
        confident = [*zip(map(confidence, scores), right, strict=True)]
        measured.scores.extend(zip(scores, right, strict=True))
        measured.confident.extend(confident)
        measured.found[id] = Found(
            [(value >= _own_reasons.THRESHOLD, wanted) for value, wanted in confident],
            [(judgement.found(id), wanted) for judgement, wanted in zip(judgements, right, strict=True)],
        )
    return measured


def opened(path: pathlib.Path) -> tuple[int, int, int]:
    """Return how many texts of a file are about something else, and how many the built-in and our guide answer."""
    ours = openup.load_guide(ROOT / "examples" / "own_guide.json")
    texts = [row["text"] for row in rows_of(path) if row["scope"] != "in"]
    counts = [
        sum(openup.recommend(text, guide=guide).outcome is openup.Outcome.GUIDANCE for text in texts)
        for guide in (None, ours)
    ]
    return len(texts), counts[0], counts[1]


def by_reason(measured: Measured) -> Iterator[str]:
    """Yield the table of the reasons."""
    yield "| reason | situations | own: precision | recall | F1 | built-in: precision | recall | F1 |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for id, found in [*measured.found.items(), ("**all**", measured.all)]:
        yield f"| {id} | {sum(wanted for _, wanted in found.own)} | {_figures(found.own)} | {_figures(found.builtin)} |"


def by_size(several: Sequence[Measured]) -> Iterator[str]:
    """Yield the table of the numbers of phrases."""
    yield "| letters | phrases | own: precision | recall | F1 | built-in: precision | recall | F1 |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for measured in several:
        found = measured.all
        name = f"{measured.letters:,} of `{measured.name}`"
        yield f"| {name} | {measured.size} | {_figures(found.own)} | {_figures(found.builtin)} |"


def by_confidence(several: Sequence[Measured]) -> Iterator[str]:
    """Yield the table of the confidences."""
    yield "| confidence |" + "".join(f" `{measured.name}` | right |" for measured in several)
    yield "| --- |" + " ---: |" * 2 * len(several)
    for low, high in BINS:
        line = f"| {low:.2f} to {min(_own_reasons._MOST, high):.2f} |"
        for measured in several:
            right = [wanted for value, wanted in measured.confident if low <= value < high]
            line += f" {len(right):,} | {sum(right) / len(right):.2f} |" if right else " 0 | |"
        yield line


def by_scope(files: Sequence[pathlib.Path]) -> Iterator[str]:
    """Yield the table of the texts about something else."""
    yield "| texts about something else | guidance, built-in guide | guidance, guide with twenty own reasons |"
    yield "| --- | ---: | ---: |"
    for file in files:
        texts, builtin, ours = opened(file)
        yield f"| {texts:,} of `{file.name}` | {builtin:,} | {ours:,} |"


def _figures(found: Sequence[tuple[bool, bool]]) -> str:
    return " | ".join(f"{value:.2f}" for value in quality(found))


def tables(files: Sequence[pathlib.Path]) -> Iterator[str]:
    """Yield all tables, the first file's by reason."""
    several = [measure(file, size) for file in files for size in (15, 5)]
    groups = (by_reason(several[0]), by_size(several), by_confidence(several[::2]), by_scope(files))
    for number, group in enumerate(groups):
        yield from ("",) * bool(number)
        yield from group
    for measured in several:
        slope, middle = fit(measured.scores)
        threshold = 1 / (1 + math.exp(-slope * (best_threshold(measured.scores) - middle)))
        print(
            f"fitted on {measured.name}, {measured.size} phrases: "
            f"slope {slope:.3f}, middle {middle:.3f}, threshold {threshold:.3f}",
            file=sys.stderr,
        )


if __name__ == "__main__":
    text = "\n".join(tables([pathlib.Path(name) for name in sys.argv[1:]] or [LETTERS, CORPUS])) + "\n"
    print(text)
    if not sys.argv[1:]:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
