"""Turn the corpus into the weights that ship: `nox -s train`, or `python training/train.py`.

1. The texts are those of the corpus and stretches of the longer ones; what is wanted of each is what its readers said,
   mixed with what the teacher believes (`teacher.py` wrote that).
2. A network (`network.py`) is fitted on all folds but one, for each fold, and judges the one it has not seen.
   On these judgements, calibration, thresholds and the ranking of strategies are fitted.
3. A network is fitted on everything, brought into whole numbers, and written with the words worth shipping.

Everything is deterministic: same corpus, same beliefs and same versions of the libraries, same bytes.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import hashlib
import json
import multiprocessing
import pathlib
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

import labels
import network
import vectors
from beliefs import Beliefs
from openup import _model

HERE = pathlib.Path(__file__).parent
CORPUS = HERE / "situations.jsonl"
TARGET = HERE.parent / "src" / "openup" / "data" / "model.bin"
CACHE = HERE / ".cache"

VERSION = "2.1.0"
FOLDS = 3
#: How much of what is wanted is the teacher's belief, where readers have said something.
BELIEF = 0.5
#: How much a stretch counts, which no reader has labelled by itself.
STRETCH_WEIGHT = 0.5
#: How many words ship.
MAX_WORDS = 8_400
#: A word of English counts as if the corpus had it so often more.
WORD_PRIOR = 2
OUTPUT_LEVELS = 32_767
#: How many times a miss and a false alarm count where the threshold of an output is set.
COSTS = {"risk": (1.0, 1.0), "in-scope": (1.0, 1.25), "self": (1.0, 1.0)}
"""The harm of either; for reasons it is F1 that is sought."""
#: From which calibrated probability a single danger is named beside the most likely one.
KIND_THRESHOLD = 0.6
#: From which calibrated probability the words that speak for a strategy itself are shown beside it.
CUE_THRESHOLD = 0.25


class Texts:
    """What the networks are fitted on.

    Attributes:
        rows: The situations.
        documents: Their texts, then the stretches, as the network sees them.
        target: What is wanted, texts by outputs.
        weight: How much that counts.
        fold: The fold of each text.
    """

    def __init__(self, rows: Sequence[labels.Row], beliefs: Beliefs) -> None:
        self.rows = rows
        stretches = [[*labels.stretches(row)][1:] for row in rows]
        texts = [*(row["text"] for row in rows), *(text for some in stretches for text in some)]
        owner = [*range(len(rows)), *(index for index, some in enumerate(stretches) for _ in some)]
        known, believed = beliefs.of(texts)
        wanted, weight = labels.targets(rows)
        share = np.where(weight > labels.OUT_OF_SCOPE_WEIGHT, BELIEF, 1.0) * known[: len(rows), None]
        whole = (1 - share) * wanted + share * believed[: len(rows)]
        # A stretch of a text that is about something else, and harmless, is so too; of others the teacher must say it.
        plain = np.array([row["scope"] == "out" and not any(r["safety"] for r in labels.readings(row)) for row in rows])
        plain = plain[owner] & ~known
        believed[plain] = 0
        keep = np.flatnonzero((np.arange(len(texts)) < len(rows)) | known | plain)
        part_weight = np.full((len(texts) - len(rows), len(labels.OUTPUTS)), STRETCH_WEIGHT, np.float32)
        self.documents = [network.document(texts[i]) for i in keep]
        self.target = np.concatenate([whole, believed[len(rows) :]])[keep].astype(np.float32)
        self.weight = np.concatenate([weight, part_weight])[keep].astype(np.float32)
        fold = folds(rows)
        self.fold = np.array([fold[owner[i]] for i in keep])


def folds(rows: Sequence[labels.Row]) -> Sequence[int]:
    """Return the fold of each situation: what was written in one go stays together.

    So a network is judged on texts of another hand and theme than those it was fitted on, as it will be in use, and
    contrast pairs share a fold.
    """
    groups = [re.match(r"[a-z]+(\d*-)?", row["id"]).group() for row in rows]
    sizes = Counter(groups)
    filled = [0] * FOLDS
    fold_of = {}
    for group in sorted(sizes, key=lambda group: (-sizes[group], group)):
        fold_of[group] = filled.index(min(filled))
        filled[fold_of[group]] += sizes[group]
    return [fold_of[group] for group in groups]


def fitted(
    texts: Texts, places: dict[str, int], pretrained: np.ndarray, fold: int | None
) -> tuple[network.Network, np.ndarray]:
    """Return a network fitted on all folds but one, and its logits for the situations."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    train = np.flatnonzero(texts.fold != (-1 if fold is None else fold))
    found = network.fit(
        [texts.documents[i] for i in train], texts.target[train], texts.weight[train], places, pretrained
    )
    return found, network.logits(found, texts.documents[: len(texts.rows)], places)


def calibrated(rows: Sequence[labels.Row], unseen: np.ndarray) -> tuple[dict[str, tuple[float, float]], np.ndarray]:
    """Return each output's slope and intercept on the logit, and the calibrated probabilities.

    Args:
        rows: The situations.
        unseen: For each, the logits of a network that had not seen it.
    """
    wanted, weight = labels.targets(rows)
    lines, probabilities = {}, np.zeros_like(unseen, dtype=float)
    calm = np.array([row["scope"] == "in" and not row["safety"] for row in rows])
    for place, output in enumerate(labels.OUTPUTS):
        use = weight[:, place] > 0
        if output in labels.REASONS:
            use = calm
        elif output == "in-scope":
            use = np.array([not row["safety"] for row in rows])
        x, y = unseen[use, place][:, None], wanted[use, place]
        # A target between nought and one is so much of a yes and so much of a no.
        model = LogisticRegression(C=1e3).fit(
            np.concatenate([x, x]), np.repeat([1, 0], len(y)), np.concatenate([y, 1 - y])
        )
        slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
        lines[output] = slope, intercept
        probabilities[:, place] = 1 / (1 + np.exp(-(slope * unseen[:, place] + intercept)))
    return lines, probabilities


def thresholds(rows: Sequence[labels.Row], probabilities: np.ndarray) -> dict[str, float]:
    """Return the probability from which each output counts as found."""
    wanted, _ = labels.targets(rows)
    calm = np.array([row["scope"] == "in" and not row["safety"] for row in rows])
    steps = np.round(np.arange(0.1, 0.9, 0.01), 2)
    found = {}

    def f1(names: Sequence[str], step: float) -> float:
        places = [labels.OUTPUTS.index(name) for name in names]
        said, true = probabilities[calm][:, places] >= step, wanted[calm][:, places] > 0.5
        return float(2 * (said & true).sum() / max(1, said.sum() + true.sum()))

    # One threshold for all reasons: on other people's letters it is steadier than seven.
    common = float(max(steps, key=lambda step: f1(labels.REASONS, step)))
    for place, output in enumerate(labels.OUTPUTS):
        if output in labels.REASONS:
            found[output] = common
        elif output in COSTS:
            use = (
                np.array([not row["safety"] for row in rows])
                if output == "in-scope"
                else calm
                if output == "self"
                else slice(None)
            )
            true, value = wanted[use, place] > 0.5, probabilities[use, place]
            miss, alarm = COSTS[output]
            found[output] = float(
                min(
                    steps,
                    key=lambda step: miss * (true & (value < step)).sum() + alarm * (~true & (value >= step)).sum(),
                )
            )
        else:
            found[output] = CUE_THRESHOLD if output.startswith("cue:") else KIND_THRESHOLD
    return found


def fit_ranking(rows: Sequence[labels.Row], probabilities: np.ndarray, found: dict[str, float]) -> dict[str, Any]:
    """Fit the ranking of strategies on what the network says of them, the reasons that it names, and who holds back."""
    wanted, _ = labels.targets(rows)
    use = np.array([row["scope"] == "in" and not row["safety"] for row in rows])
    index = labels.OUTPUTS.index
    named = np.column_stack([probabilities[use, index(name)] >= found[name] for name in (*labels.REASONS, "self")])
    bias, weights = {}, {}
    for strategy in labels.STRATEGIES:
        place = index(f"strategy:{strategy}")
        value = probabilities[use, place].clip(1e-6, 1 - 1e-6)
        x = np.column_stack([np.log(value / (1 - value)), named])
        y = wanted[use, place]
        model = LogisticRegression(C=1.0).fit(
            np.concatenate([x, x]), np.repeat([1, 0], len(y)), np.concatenate([y, 1 - y])
        )
        bias[strategy] = round(float(model.intercept_[0]), 4)
        weights[strategy] = {
            name: round(float(w), 4) for name, w in zip(("text", *labels.REASONS, "self"), model.coef_[0], strict=True)
        }
    return {"bias": bias, "weights": weights}


def whole_numbers(values: np.ndarray, levels: int, quantile: float = 1.0) -> tuple[np.ndarray, float]:
    """Return values as whole numbers of at most so many levels either side, and the value of one."""
    scale = float(np.quantile(np.abs(values), quantile)) / levels
    return np.clip(np.rint(values / scale), -levels, levels).astype(int), scale


def written(
    found: network.Network,
    words: Sequence[str],
    frequency: Counter[str],
    lines: dict[str, tuple[float, float]],
    limits: dict[str, float],
    head: dict[str, Any],
) -> bytes:
    """Return the file with a network in whole numbers, as `openup._model.load_model` reads it."""
    state = {name: value.detach().numpy().astype(float) for name, value in found.state_dict().items()}
    table = found.vectors().detach().numpy().astype(float)
    roles = [
        *(state["windows.weight"][:, :, role].T for role in range(3)),
        state["within.weight"].T,
        state["beside.weight"].T,
    ]

    # Worth of a word: what it can move, and how often it does.
    unknown = table[1]
    moves = np.linalg.norm(np.hstack([(table - unknown) @ role for role in roles]), axis=1)
    worth = {
        word: moves[place] * (frequency[word] + WORD_PRIOR) ** 0.5 for place, word in enumerate(words) if place > 1
    }
    kept = sorted(sorted(worth, key=lambda word: (-worth[word], word))[:MAX_WORDS])
    place_of = {word: place for place, word in enumerate(words)}
    table = table[[1, *(place_of[word] for word in kept)]]

    vectors_, unit = whole_numbers(table, 127, 0.9999)
    mixing, scale = zip(*(whole_numbers(np.stack(part), 127) for part in (roles[:3], roles[3:])), strict=True)
    lanes = [unit * scale[0], unit * scale[1]]
    bias = [state["windows.bias"], state["within.bias"]]
    states = [
        np.rint((state[f"{name}_states.weight"] + bias[kind]) / lanes[kind]).astype(int).tolist()
        for kind, name in enumerate(("window", "clause"))
    ]
    units = np.concatenate(
        [
            np.full(network.WINDOWS, lanes[0]),
            np.full(network.CLAUSES, lanes[1]),
            np.full(network.REST, 1 / _model.MATCHED),
        ]
    )
    # A hidden unit's weights are bytes, each row with a scale of its own, which the outputs' weights undo.
    rows = [whole_numbers(row, 127) for row in state["hidden.weight"] * units]
    scales = np.array([scale for _, scale in rows])
    shift = 2**_model.HIDDEN_SHIFT
    hidden_bias = np.rint(state["hidden.bias"] / scales / shift).astype(int).tolist()
    units = np.concatenate([units, scales * shift])
    outputs = []
    for place, output in enumerate(labels.OUTPUTS):
        slope, intercept = lines[output]
        weights, one = whole_numbers(slope * state["output.weight"][place] * units, OUTPUT_LEVELS)
        first = slope * state["output.bias"][place] + intercept
        outputs.append([output, round(float(first), 6), float(f"{one:.9g}"), weights.tolist(), limits[output]])
    data = {
        **head,
        "size": network.DIMENSIONS,
        "filters": [network.WINDOWS, network.CLAUSES],
        "window_states": states[0],
        "clause_states": states[1],
        "hidden_bias": hidden_bias,
        "outputs": outputs,
        "words": "\n".join(["", *kept]),  # The first stands for all words that are not known.
    }
    numbers = [vectors_.T, *mixing[0], *mixing[1], np.stack([row for row, _ in rows])]
    body = b"".join(part.astype(np.int8).tobytes() for part in numbers)
    return zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\0" + body, 9)


def report(rows: Sequence[labels.Row], probabilities: np.ndarray, limits: dict[str, float]) -> None:
    """Print what the networks reach on the folds they have not seen."""
    wanted, _ = labels.targets(rows)
    calm = np.array([row["scope"] == "in" and not row["safety"] for row in rows])
    total = np.zeros(3, int)
    for place, output in enumerate(labels.OUTPUTS):
        if output.startswith("strategy:"):
            continue
        use = calm if output not in ("in-scope", "risk", *labels.RISKS) else np.array([True] * len(rows))
        true, said = wanted[use, place] > 0.5, probabilities[use, place] >= limits[output]
        counts = np.array([(said & true).sum(), (said & ~true).sum(), (~said & true).sum()])
        print(f"{output:28} {figures(counts)}  n {true.sum()}  threshold {limits[output]}")
        if output in labels.REASONS:
            total += counts
    print(f"{'reasons together':28} {figures(total)}", flush=True)


def figures(counts: np.ndarray) -> str:
    """Return F1, precision and recall as text."""
    hit, false, missed = counts
    f1, precision, recall = 2 * hit / (2 * hit + false + missed), hit / max(1, hit + false), hit / max(1, hit + missed)
    return f"F1 {f1:.3f}  precision {precision:.3f}  recall {recall:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=pathlib.Path, default=CORPUS)
    parser.add_argument("--target", type=pathlib.Path, default=TARGET)
    options = parser.parse_args()
    torch.set_num_threads(1)
    text = options.corpus.read_bytes()
    rows = [json.loads(line) for line in text.decode().splitlines()]
    beliefs = Beliefs.read()
    words, pretrained = vectors.word_vectors([row["text"] for row in rows], network.PRETRAINED, CACHE / "words.npz")
    words = ["", "", *words]
    pretrained = np.concatenate([np.zeros((2, network.PRETRAINED), np.float32), pretrained])
    places = {word: place for place, word in enumerate(words) if place > 1}
    texts = Texts(rows, beliefs)
    print(f"{len(rows)} situations, {len(texts.documents)} texts, {len(words)} words", flush=True)

    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        order = [*range(FOLDS), None]
        done = dict(
            zip(
                order,
                pool.map(fitted, *zip(*((texts, places, pretrained, fold) for fold in order), strict=True)),
                strict=True,
            )
        )
    unseen = np.zeros((len(rows), len(labels.OUTPUTS)))
    for fold in range(FOLDS):
        mine = texts.fold[: len(rows)] == fold
        unseen[mine] = done[fold][1][mine]
    lines, probabilities = calibrated(rows, unseen)
    limits = thresholds(rows, probabilities)
    report(rows, probabilities, limits)

    frequency = Counter(word for item in texts.documents[: len(rows)] for word in item.words)
    head = {
        "version": VERSION,
        "corpus": hashlib.sha256(text).hexdigest(),
        "ranking": fit_ranking(rows, probabilities, limits),
    }
    found = done[None][0]
    file = written(found, words, frequency, lines, limits, head)
    options.target.write_bytes(file)
    print(f"wrote {len(file):,} bytes")
    check(found, places, file, lines, [row["text"] for row in rows[::40]])
    CACHE.mkdir(exist_ok=True)
    np.savez_compressed(CACHE / "unseen.npz", probabilities=probabilities)


def check(
    found: network.Network,
    places: dict[str, int],
    file: bytes,
    lines: dict[str, tuple[float, float]],
    texts: Sequence[str],
) -> None:
    """Print how far the whole numbers are from the network that they stand for."""
    from openup import _text

    model = _model.load_model(file)
    documents = [network.document(text) for text in texts]
    slopes = np.array([lines[output] for output in labels.OUTPUTS])
    exact = 1 / (1 + np.exp(-(network.logits(found, documents, places) * slopes[:, 0] + slopes[:, 1])))
    shipped = np.array([[*model.judge(_text.read(text)).probabilities.values()] for text in texts])
    far = np.abs(exact - shipped)
    print(
        f"in whole numbers, probabilities differ by {far.mean():.4f}; one in a hundred by {np.quantile(far, 0.99):.3f}"
    )


if __name__ == "__main__":
    main()
