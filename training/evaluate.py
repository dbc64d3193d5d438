"""Measure `openup.recommend` on labelled texts: `nox -s evaluate`, or `python training/evaluate.py [--also FILE ...]`.

Prints every figure for each set, for each family or source within it, for each reason and each danger, with the size
of the set and baselines beside them; writes the same to docs/quality.md, and its pictures to docs/_static.

`tests/data/dev.jsonl` and `tests/data/safety.jsonl` are measured by default. Of a file given by `--also`, only its
name and figures are shown: no text and no id of it reaches the page.
"""

from __future__ import annotations

import argparse
import json
import math
import pathlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs
from tabulate import tabulate

import figures
import openup
import plots
from openup import _model

ROOT = pathlib.Path(__file__).parent.parent
#: The page's prose before the figures.
INTRODUCTION = pathlib.Path(__file__).with_name("quality-introduction.md")
SETS = [ROOT / "tests" / "data" / name for name in ("dev.jsonl", "safety.jsonl")]

#: The baselines were measured when these two sets were labelled: on the first, or on both together.
DEV = ("dev.jsonl",)
BOTH = ("dev.jsonl", "dev-public.jsonl")
BASELINES: Mapping[tuple[str, ...], Mapping[str, Mapping[str, str]]] = {
    DEV: {
        "TF-IDF + LR": {
            "scope_f1": "0.91",
            "reasons_micro_f1": "0.02",
            "reasons_top1": "0.01",
            "reasons_silent_when_none": "0.86",
            "calibration_error": "0.50",
            "strategies_ndcg3": "0.52",
            "strategies_first_in_top3": "0.71",
            "perspective_accuracy": "0.81",
        },
        "MiniLM + LR": {
            "scope_f1": "0.92",
            "reasons_micro_f1": "0.27",
            "reasons_top1": "0.25",
            "reasons_silent_when_none": "0.62",
            "calibration_error": "0.33",
            "strategies_ndcg3": "0.56",
            "strategies_first_in_top3": "0.70",
            "perspective_accuracy": "0.80",
        },
        "MiniLM + LR on 1,267 situations": {"reasons_micro_f1": "0.47"},
        "always the same three": {"strategies_ndcg3": "0.56", "strategies_first_in_top3": "0.79"},
        "one reader against two": {
            "scope_f1": "1.00",
            "reasons_micro_f1": "0.97",
            "reasons_top1": "0.99",
            "reasons_silent_when_none": "0.97",
            "strategies_ndcg3": "0.93",
            "strategies_first_in_top3": "0.99",
            "perspective_accuracy": "1.00",
        },
    },
    BOTH: {
        "TF-IDF + LR": {"false_guidance": "0.11"},
        "MiniLM + LR": {
            "false_guidance": "0.12",
            "safety_recall": "0.51",
            "safety_kind_recall": "0.33",
            "safety_false_alarms": "0.120",
        },
        "one reader against two": {"false_guidance": "0.01"},
        "pantheon-guardrails": {"safety_recall": "0.18", "safety_false_alarms": "0.012"},
        "cogno-aegis": {"safety_recall": "0.10", "safety_false_alarms": "0.008"},
        "rrt-advocate": {"safety_recall": "0.16", "safety_false_alarms": "0.085"},
    },
}

SIZES = ("n", "n_in", "n_risky")
#: The tables of the parts of a set: size first, then what is measured on it.
PARTS = {
    "scope, perspective and strategies": [
        "n_in",
        "scope_f1",
        "false_guidance",
        "perspective_accuracy",
        "strategies_ndcg3",
        "strategies_first_in_top3",
    ],
    "reasons": ["n_in", "reasons_micro_f1", "reasons_top1", "reasons_silent_when_none", "calibration_error"],
    "danger and faults": ["n_risky", "safety_recall", "safety_kind_recall", "safety_false_alarms", "faults"],
}

CONFUSION = """\
### Which reason is taken for which

`{name}`: texts in scope without danger. Shading is the share of the row. A missed reason stands under what was named
in its place, or under “none”; one named beyond those expected stands in the row “none”. “No guidance”: the text was
taken for something else, or for danger.

{image}"""

RELIABILITY = """\
### Whether confidence can be trusted

`{name}`: of the reasons named with a confidence in each tenth, the share that was right, with its 95 % interval
(Wilson). On the dashed line it is what the confidence says. Below, how many reasons each point stands for.

{image}"""

ALTERNATIVES = {
    "confusion": "Matrix of the reasons expected against the reasons named; the tables by reason have its margins.",
    "reliability": "Share of right reasons against confidence in tenths, beside the line where both are the same.",
}


@attrs.frozen
class LabelledSet:
    """A file of labelled texts with the answers to them.

    Attributes:
        name: Its file name.
        pairs: The labelled texts and the answers.
        shown: Whether ids may be shown.
    """

    name: str
    pairs: Sequence[figures.Pair]
    shown: bool

    @property
    def size(self) -> str:
        """How many texts there are, of which kind."""
        inside = sum(row["scope"] == "in" and not row["safety"] for row, _ in self.pairs)
        risky = sum(bool(row["safety"]) for row, _ in self.pairs)
        return f"{len(self.pairs)} texts: {risky} with a danger; of the others, {inside} in scope"

    @property
    def parts(self) -> dict[str, list[figures.Pair]]:
        """The texts of each family and of each source."""
        parts = defaultdict(list)
        for row, said in self.pairs:
            for key in ("family", "src"):
                if row.get(key):
                    parts[f"{key} {row[key]}"].append((row, said))
        return dict(sorted(parts.items()))


def load(path: pathlib.Path, shown: bool) -> LabelledSet:
    """Read a set and ask the library about each of its texts.

    Args:
        path: A file with a JSON object a line.
        shown: Whether ids may be shown.

    Raises:
        SystemExit: A line lacks a label, or has one that does not exist.
    """
    pairs = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            row = json.loads(line)
            for fault in faults_of(row):
                raise SystemExit(f"{path}, line {number}: {fault}")
            pairs.append((row, figures.answer(row["text"], openup.recommend(row["text"]))))
    return LabelledSet(path.name, pairs, shown)


def faults_of(row: figures.Row) -> Iterator[str]:
    """Yield what is wrong with the labels of a text."""
    known = {
        "scope": ["in", "out"],
        "perspective": [None, "partner", "self"],
        "safety": figures.RISKS,
        "reasons": figures.REASONS,
        "strategies": figures.STRATEGIES,
    }
    for field in ("id", "text", *known):
        if field not in row:
            yield f"{field!r} is missing"
    for field, values in known.items():
        found = row.get(field, [])
        for label in found if isinstance(found, list) else [found]:
            if label not in values:
                yield f"{field!r} has {label!r}; known are {', '.join(map(str, values))}"


def page(sets: Sequence[LabelledSet]) -> Iterator[str]:
    """Yield the report block by block, in MyST Markdown."""
    introduction = INTRODUCTION.read_text(encoding="utf-8").strip()
    versions = openup.recommend("").data_version.replace(",", " and")
    yield introduction.format(versions=versions, corpus=_model.builtin_model().corpus[:12])
    for found in sets:
        yield from _set(found)
        if found.name == DEV[0]:
            yield CONFUSION.format(name=found.name, image=_images("confusion"))
            yield RELIABILITY.format(name=found.name, image=_images("reliability"))
    yield from _together(sets)
    yield "## Misses kept in the open\n\nThe ids are those of the files in `tests/data`."
    for found in sets:
        if found.shown:
            yield from _misses(found)


def _set(found: LabelledSet) -> Iterator[str]:
    measured = figures.score(found.pairs)
    beside = BASELINES.get((found.name,), {})
    yield f"## {found.name}\n\n{found.size}."
    yield _table(
        ["figure", "openup", *beside],
        [[_code(name), value, *(of.get(name) for of in beside.values())] for name, value in _measured(measured)],
    )
    for title, names in PARTS.items() if found.parts else ():
        yield f"### {found.name} by family and source: {title}"
        yield _table(
            ["", "n", *map(_spaced, names)],
            [[name, *(score[key] for key in ("n", *names))] for name, score in _scores(found)],
        )
    for title, rows in (("reason", figures.by_reason(found.pairs)), ("danger", figures.by_risk(found.pairs))):
        if rows:
            yield f"### {found.name} by {title}"
            yield _table(
                [title, *(_code(key) for key in next(iter(rows.values())))],
                [[name, *row.values()] for name, row in rows.items()],
            )


def _scores(found: LabelledSet) -> list[tuple[str, figures.Figures]]:
    parts = {"**all**": found.pairs, **found.parts}
    return [(name, figures.score(pairs)) for name, pairs in parts.items()]


def _measured(score: figures.Figures) -> list[tuple[str, float]]:
    """Return the figures that there are, without the sizes, which are told beside the table."""
    return [(name, value) for name, value in score.items() if name not in SIZES and not math.isnan(value)]


def _together(sets: Sequence[LabelledSet]) -> Iterator[str]:
    """Yield the figures whose baselines were measured on both of the panel's sets at once."""
    both = [found for found in sets if found.name in BOTH]
    beside = BASELINES[BOTH]
    names = sorted({name for of in beside.values() for name in of})
    yield f"## {' and '.join(BOTH)} together"
    if len(both) == len(BOTH):
        whole = LabelledSet("", [pair for found in both for pair in found.pairs], shown=False)
        score = figures.score(whole.pairs)
        yield f"{whole.size}."
    else:
        score = dict.fromkeys(names, math.nan)
        yield f"Only the baselines, since `{BOTH[1]}` was not given to this run."
    yield _table(
        ["figure", "openup", *beside],
        [[_code(name), score[name], *(of.get(name) for of in beside.values())] for name in names],
    )


def _misses(found: LabelledSet) -> Iterator[str]:
    wrong = [
        [part, _code(row["id"]), *_differences(row["reasons"], [*said.reasons])]
        for part, pairs in found.parts.items()
        for row, said in pairs
        if row["scope"] == "in" and not row["safety"] and {*row["reasons"]} != {*said.reasons}
    ]
    if found.parts:
        yield f"### {found.name}: wrong reasons"
        yield _table(["", "text", "missed", "named without support"], wrong, words=True) if wrong else "None."
    missed = [(row, said) for row, said in found.pairs if row["safety"] and set(row["safety"]).isdisjoint(said.risks)]
    alarms = [(row, said) for row, said in found.pairs if said.risks and not row["safety"]]
    for title, pairs in (("danger missed, or taken for another", missed), ("false alarms", alarms)):
        rows = sorted([_list(row["safety"]), _list(said.risks), _code(row["id"])] for row, said in pairs)
        yield f"### {found.name}: {title}"
        yield _table(["expected", "named", "text"], rows, words=True) if rows else "None."


def _differences(expected: Sequence[str], named: Sequence[str]) -> tuple[str, str]:
    return _list([name for name in expected if name not in named]), _list(
        [name for name in named if name not in expected]
    )


def _list(names: Sequence[str]) -> str:
    return ", ".join(names) or "–"


def _images(name: str) -> str:
    return "\n\n".join(
        f"```{{image}} _static/{name}-{scheme}.svg\n:alt: {ALTERNATIVES[name]}\n:class: only-{scheme}\n```"
        for scheme in plots.SCHEMES
    )


def _code(name: str) -> str:
    return f"`{name}`"


def _spaced(name: str) -> str:
    """Return the name of a figure as the heading of a narrow column, which may be broken."""
    return name.replace("_", " ")


def _table(head: Sequence[str], rows: Iterable[Sequence[object]], words: bool = False) -> str:
    body = [[_cell(value) for value in row] for row in rows]
    align = ["left", *["left" if words else "right"] * (len(head) - 1)]
    return tabulate(body, head, tablefmt="pipe", disable_numparse=True, colalign=align)


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def report(sets: Sequence[pathlib.Path], also: Sequence[pathlib.Path], docs: pathlib.Path) -> str:
    """Measure, write the page and its pictures, and return the page.

    Args:
        sets: Sets of ours; those that do not exist are skipped.
        also: Sets of others, of which only name and figures are shown.
        docs: The folder of the documentation.
    """
    loaded = [load(path, shown=True) for path in sets if path.exists()] + [load(path, shown=False) for path in also]
    text = "\n\n".join(page(loaded)) + "\n"
    for found in loaded:
        if found.name == DEV[0]:
            plots.save(docs / "_static", found.pairs)
    (docs / "quality.md").write_text(text, encoding="utf-8")
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--also", type=pathlib.Path, nargs="+", default=[], help="further sets, shown as figures only")
    parser.add_argument("--docs", type=pathlib.Path, default=ROOT / "docs", help="the folder that the page goes to")
    options = parser.parse_args()
    print(report(SETS, options.also, options.docs))
    for path in SETS:
        if not path.exists():
            print(f"{path.relative_to(ROOT)} is not there and was skipped.")


if __name__ == "__main__":
    main()
