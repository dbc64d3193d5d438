"""Check the corpus and report its breadth: `python training/corpus.py [--against FILE ...]`.

Exit status 1 where a label, a mark or an id is wrong, where two situations are nearly the same, or where a situation
shares a run of eight words with a text of one of the files given by `--against` (sets kept for evaluation).
"""

from __future__ import annotations

import argparse
import collections
import itertools
import json
import pathlib
import re
import statistics
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import cohen_kappa_score

import labels

CORPUS = pathlib.Path(__file__).parent / "situations.jsonl"
REPORT = pathlib.Path(__file__).parent.parent / "docs" / "corpus.md"

REASONS, RISKS, STRATEGIES = set(labels.REASONS), set(labels.RISKS), set(labels.STRATEGIES)
CUES = {"withholds", *labels.CUES}

#: Two situations with a cosine from here on, over character 4-grams, count as the same one.
SAME = 0.93
#: A run of this many words shared with an evaluation text counts as taken from it.
RUN = 8
#: Contrast families stand within this many lines of each other; they are alike by design.
FAMILY = 4


def faults_of(row: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with one situation's labels and marks."""
    calm = row["scope"] == "in" and not row["safety"]
    if row["scope"] not in ("in", "out") or (row["perspective"] is None) != (row["scope"] == "out"):
        yield "scope and perspective do not fit"
    if not REASONS.issuperset(row["reasons"]) or not RISKS.issuperset(row["safety"]):
        yield "unknown label"
    if row["scope"] == "out" and row["reasons"]:
        yield "reasons out of scope"
    if calm != (len(set(row["strategies"])) == 3) or not STRATEGIES.issuperset(row["strategies"]):
        yield "strategies do not fit"
    for name, phrases in row["evidence"].items():
        if name not in CUES and name not in row["reasons"] and name not in row["safety"]:
            yield f"a mark of {name}, which is no label"
        if any(phrase not in row["text"] for phrase in phrases):
            yield f"a mark of {name} that is not in the text"
    for name in (*row["reasons"], *row["safety"]):
        if name not in row["evidence"]:
            yield f"no mark of {name}"


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Yield every run of eight words."""
    words = re.findall(r"[a-z']+", text.lower().replace("’", "'"))
    return zip(*(words[start:] for start in range(RUN)), strict=False)


def same(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield pairs of situations that are nearly the same and no contrast pair."""
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 4), min_df=2).fit_transform(
        [row["text"] for row in rows]
    )
    for start in range(0, len(rows), 1000):
        block = (vectors[start : start + 1000] @ vectors.T).tocoo()
        for i, j, cosine in zip(block.row + start, block.col, block.data, strict=True):
            if i < j and cosine >= SAME and j - i > FAMILY:
                yield f"{rows[i]['id']} and {rows[j]['id']} are nearly the same ({cosine:.2f})"


def tables(rows: list[dict[str, Any]]) -> Iterator[tuple[str, Iterable[tuple[str, object]]]]:
    """Yield the breadth of the corpus as named tables."""
    inside = [row for row in rows if row["scope"] == "in" and not row["safety"]]
    lengths = [len(row["text"].split()) for row in rows]
    bins = [(1, 2), (3, 10), (11, 25), (26, 50), (51, 100), (101, 150), (151, 250), (251, 10**6)]
    yield (
        "Situations",
        [
            ("all", len(rows)),
            ("in scope", sum(row["scope"] == "in" for row in rows)),
            ("with a risk", sum(bool(row["safety"]) for row in rows)),
            ("in scope, no risk, no reason", sum(not row["reasons"] for row in inside)),
            ("the writer holds back", sum(row["perspective"] == "self" for row in rows)),
            ("words, median", statistics.median(lengths)),
        ],
    )
    yield "Words", [(f"{a} to {b}" if b < 10**6 else f"from {a}", sum(a <= n <= b for n in lengths)) for a, b in bins]
    yield "Risks", collections.Counter(risk for row in rows for risk in row["safety"]).most_common()
    alone = collections.Counter(row["reasons"][0] for row in inside if len(row["reasons"]) == 1)
    yield "One reason", alone.most_common()
    pairs = collections.Counter(
        " + ".join(pair) for row in inside for pair in itertools.combinations(sorted(row["reasons"]), 2)
    )
    yield "Two reasons", pairs.most_common()
    for place, name in enumerate(("Dialect", "Writer", "Register")):
        known = [row["voice"].split()[place] for row in rows if row["voice"]]
        yield f"{name} (as the writer of the text marked it)", collections.Counter(known).most_common()
    yield "Agreement of the two readings (Cohen's kappa)", agreement(rows)


def agreement(rows: list[dict[str, Any]]) -> list[tuple[str, object]]:
    """Return how far the two readings agreed beyond chance, before a third one decided where they did not."""
    twice = [(row.get("first", row), row["second"]) for row in rows if "second" in row]
    figures: list[tuple[str, object]] = [("read twice", len(twice))]
    figures += [("changed by a third reading", sum("first" in row for row in rows))]
    for field in ("scope", "perspective"):
        answers = [[str(reading[field]) for reading in readings] for readings in zip(*twice, strict=True)]
        figures.append((field, round(cohen_kappa_score(*answers), 3)))
    for field, names in (("reasons", REASONS), ("safety", RISKS)):
        for name in sorted(names):
            answers = [[name in reading[field] for reading in readings] for readings in zip(*twice, strict=True)]
            figures.append((name, round(cohen_kappa_score(*answers), 3)))
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=pathlib.Path, default=CORPUS)
    parser.add_argument("--against", type=pathlib.Path, nargs="*", default=[])
    parser.add_argument("--write", action="store_true", help="write the tables to docs/corpus.md")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.corpus.read_text(encoding="utf-8").splitlines()]
    faults = [f"{row['id']}: {fault}" for row in rows for fault in faults_of(row)]
    faults += [f"{id} is used twice" for id, n in collections.Counter(row["id"] for row in rows).items() if n > 1]
    faults += same(rows)
    kept = {}
    for path in options.against:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            kept.update(dict.fromkeys(runs(row["text"]), row["id"]))
    faults += [
        f"{row['id']} shares {RUN} words with {found}"
        for row in rows
        for found in {kept[run] for run in runs(row["text"]) if run in kept}
    ]
    lines = ["# The corpus in figures", "", "Made by `python training/corpus.py --write`.", ""]
    for title, figures in tables(rows):
        lines += [f"## {title}", "", "| | |", "| --- | ---: |"]
        lines += [f"| {name} | {value} |" for name, value in figures]
        lines += [""]
    if options.write:
        REPORT.write_text("\n".join(lines), encoding="utf-8")
    else:
        print("\n".join(lines))
    print("\n".join(faults), file=sys.stderr)
    print(f"{len(rows)} situations, {len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
