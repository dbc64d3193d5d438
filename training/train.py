"""Turn the corpus into the weights that ship: `nox -s train`, or `python training/train.py`.

Two linear layers (see `openup._model`): clauses to heads, pooled heads to outputs. The second layer, its thresholds and
the ranking of strategies are fitted on logits that the first gave to texts it was not fitted on (five folds).
Everything is deterministic: same corpus and same versions of the libraries, same bytes.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import pathlib
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression

from openup import _model, _signals, _text

HERE = pathlib.Path(__file__).parent
CORPUS = HERE / "situations.jsonl"
TARGET = HERE.parent / "src" / "openup" / "data" / "model.json"

VERSION = "1.0.0"
FOLDS = 5
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
CUES = ["dont-personalize", "value-openness", "balance-deep-and-light"]
STRATEGIES = [*CUES, "explore-reasons", "lead-by-example", "share-own-struggle", "be-patient", "build-trust"]
HEADS = [*REASONS, *RISKS, *(f"cue:{cue}" for cue in CUES), "withholds:partner", "withholds:self", "in-scope", "self"]
OUTPUTS = [*REASONS, *RISKS, *(f"cue:{cue}" for cue in CUES), "in-scope", "self"]

# Chosen on the folds; training/README.md has the figures of other choices.
MIN_COUNT = 2
MAX_FEATURES = 24_000
STRENGTH = 2.0  # inverse regularisation of the first layer
STRENGTH_2 = 0.05  # and of the second


class Corpus:
    """The situations, taken apart, with their labels as arrays."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = rows
        self.letters = [_text.read(row["text"]) for row in rows]
        self.owner = np.array([i for i, letter in enumerate(self.letters) for _ in letter.clauses])
        self.clauses = [clause for letter in self.letters for clause in letter.clauses]
        self.bounds = np.concatenate([[0], np.cumsum([len(letter.clauses) for letter in self.letters])])
        self.names: list[_signals.Feature] = []
        self.matrix = self.count(self.clauses)
        self.overlap = self._overlap()
        # Neighbours in the file may be a contrast pair: they share a fold.
        self.fold = np.array([i // 2 % FOLDS for i in range(len(rows))])

    def count(self, clauses: Sequence[_text.Clause]) -> sparse.csr_matrix:
        frequency = Counter(feature for clause in clauses for feature in set(_signals.features(clause)))
        self.names = sorted((name for name, n in frequency.items() if n >= MIN_COUNT), key=repr)
        index = {name: i for i, name in enumerate(self.names)}
        rows, columns = [], []
        for i, clause in enumerate(clauses):
            for feature in _signals.features(clause):
                if feature in index:
                    rows.append(i)
                    columns.append(index[feature])
        shape = (len(clauses), len(self.names))
        return sparse.coo_matrix((np.ones(len(rows)), (rows, columns)), shape=shape).tocsr()

    def _overlap(self) -> dict[str, np.ndarray]:
        """For each mark, the share of each clause that lies in it, or of it that lies in the clause."""
        overlap = {name: np.zeros(len(self.clauses)) for name in (*REASONS, *RISKS, *CUES, "withholds")}
        position = 0
        for row, letter in zip(self.rows, self.letters, strict=True):
            spans = [match.span() for match in _text._TOKEN.finditer(letter.folded)]
            marks = []
            for name, phrases in row["evidence"].items():
                for phrase in phrases:
                    folded = _text.fold(phrase)[0]
                    start = letter.folded.find(folded)
                    if start >= 0:
                        marks.append((name, start, start + len(folded)))
            for clause in letter.clauses:
                start, end = spans[clause.places[0]][0], spans[clause.places[-1]][1]
                for name, first, last in marks:
                    shared = min(end, last) - max(start, first)
                    if shared > 0:
                        share = max(shared / (end - start), shared / (last - first))
                        overlap[name][position] = max(overlap[name][position], share)
                position += 1
        return overlap

    def letter_label(self, output: str) -> np.ndarray:
        """1, 0, or -1 (does not count) for each situation."""
        labels = []
        for row in self.rows:
            calm = row["scope"] == "in" and not row["safety"]
            if output in REASONS:
                labels.append(int(output in row["reasons"]) if row["scope"] == "in" else -1)
            elif output in RISKS:
                labels.append(int(output in row["safety"]))
            elif output == "in-scope":
                labels.append(-1 if row["safety"] and row["scope"] == "out" else int(row["scope"] == "in"))
            elif output == "self":
                labels.append(int(row["perspective"] == "self") if row["scope"] == "in" else -1)
            else:
                labels.append(int(output.removeprefix("cue:") in row["evidence"]) if calm else -1)
        return np.array(labels)

    def clause_label(self, head: str) -> np.ndarray:
        """1, 0, or -1 (does not count) for each clause."""
        if head in ("in-scope", "self"):
            return self.letter_label(head)[self.owner]
        if head.startswith("withholds:"):
            who = np.array([row["perspective"] == head.removeprefix("withholds:") for row in self.rows])[self.owner]
            positive = self.overlap["withholds"] >= 0.5
            return np.where(positive & who, 1, np.where(~positive & who, -1, 0))
        name = head.removeprefix("cue:")
        share = self.overlap[name]
        has = np.array(
            [name in row["reasons"] or name in row["safety"] or name in row["evidence"] for row in self.rows]
        )[self.owner]
        return np.where(share >= 0.5, 1, np.where(has | (share > 0), -1, 0))


def fit_heads(corpus: Corpus, matrix: sparse.csr_matrix, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit the first layer on some situations; weights (features by heads) and biases."""
    weights = np.zeros((matrix.shape[1], len(HEADS)))
    biases = np.zeros(len(HEADS))
    inside = rows[corpus.owner]
    for h, head in enumerate(HEADS):
        label = corpus.clause_label(head)
        use = inside & (label >= 0)
        model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0)
        model.fit(matrix[use], label[use])
        weights[:, h], biases[h] = model.coef_[0], model.intercept_[0]
    return weights, biases


def select(corpus: Corpus, weights: np.ndarray) -> np.ndarray:
    """Return the indices of the features that matter most over the corpus."""
    count = np.asarray(corpus.matrix.sum(axis=0)).ravel()
    matter = np.abs(weights).max(axis=1) * np.sqrt(np.minimum(count, 20))
    return np.sort(np.argsort(-matter, kind="stable")[:MAX_FEATURES])


def pool(corpus: Corpus, logits: np.ndarray) -> np.ndarray:
    rows = []
    for i in range(len(corpus.rows)):
        part = logits[corpus.bounds[i] : corpus.bounds[i + 1]]
        if len(part):
            rows.append([*part.max(axis=0), *part.mean(axis=0), np.log(len(part))])
        else:
            rows.append([0.0] * (2 * len(HEADS) + 1))
    return np.array(rows)


def best_threshold(label: np.ndarray, probability: np.ndarray, goal: str) -> float:
    """Return the threshold that maximises F1, or for a risk F1 with misses counted twice."""
    weight = 2.0 if goal == "risk" else 1.0
    best = (-1.0, 0.5)
    for threshold in np.arange(0.05, 0.95, 0.01):
        said = probability >= threshold
        hit = (said & (label == 1)).sum()
        false = (said & (label == 0)).sum()
        missed = (~said & (label == 1)).sum()
        best = max(best, (2 * hit / (2 * hit + false + weight * missed), round(float(threshold), 2)))
    return best[1]


def fit_outputs(corpus: Corpus, seen: np.ndarray) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Fit the second layer; the outputs, and what they give to texts they were not fitted on."""
    outputs, unseen = {}, {}
    for output in OUTPUTS:
        label = corpus.letter_label(output)
        use = label >= 0
        probability = np.zeros(len(label))
        for fold in range(FOLDS):
            train, test = use & (corpus.fold != fold), corpus.fold == fold
            probability[test] = _second(seen[train], label[train]).predict_proba(seen[test])[:, 1]
        model = _second(seen[use], label[use])
        threshold = best_threshold(label[use], probability[use], "risk" if output in RISKS else "reason")
        outputs[output] = (
            round(float(model.intercept_[0]), 4),
            [round(float(w), 4) for w in model.coef_[0]],
            threshold,
        )
        unseen[output] = probability
    return outputs, unseen


def _second(x: np.ndarray, y: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH_2, max_iter=2000).fit(x, y)


def fit_ranking(corpus: Corpus, unseen: dict[str, np.ndarray], outputs: dict[str, Any]) -> dict[str, Any]:
    """Fit the ranking of strategies on the reasons found, the cues and who holds back."""
    inputs = [*REASONS, *(f"cue:{cue}" for cue in CUES), "self"]
    x = np.column_stack([unseen[name] for name in inputs])
    for j, name in enumerate(inputs):
        if name in REASONS:
            x[:, j] *= x[:, j] >= outputs[name][2]
        elif name == "self":
            x[:, j] = x[:, j] >= outputs[name][2]
    use = np.array([len(row["strategies"]) == 3 for row in corpus.rows])
    bias, weights = {}, {}
    for strategy in STRATEGIES:
        gain = np.array(
            [3 - row["strategies"].index(strategy) if strategy in row["strategies"] else 0 for row in corpus.rows]
        )
        design = np.column_stack([x[use], np.ones(use.sum())])
        solution = np.linalg.solve(design.T @ design + 1.0 * np.eye(design.shape[1]), design.T @ gain[use])
        bias[strategy] = round(float(solution[-1]), 4)
        weights[strategy] = {name: round(float(w), 4) for name, w in zip(inputs, solution, strict=False)}
    return {"inputs": inputs, "bias": bias, "weights": weights, "own_reason": 2.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=pathlib.Path, default=CORPUS)
    parser.add_argument("--target", type=pathlib.Path, default=TARGET)
    options = parser.parse_args()
    text = options.corpus.read_bytes()
    corpus = Corpus([json.loads(line) for line in text.decode().splitlines()])
    print(f"{len(corpus.rows)} situations, {len(corpus.clauses)} clauses, {len(corpus.names)} features")

    everything = np.ones(len(corpus.rows), bool)
    kept = select(corpus, fit_heads(corpus, corpus.matrix, everything)[0])
    matrix = corpus.matrix[:, kept]
    unseen_logits = np.zeros((len(corpus.clauses), len(HEADS)))
    for fold in range(FOLDS):
        weights, biases = fit_heads(corpus, matrix, corpus.fold != fold)
        test = (corpus.fold == fold)[corpus.owner]
        unseen_logits[test] = matrix[test] @ weights + biases
    outputs, unseen = fit_outputs(corpus, pool(corpus, unseen_logits))
    report(corpus, outputs, unseen)
    ranking = fit_ranking(corpus, unseen, outputs)

    weights, biases = fit_heads(corpus, matrix, everything)
    scale = np.abs(weights).max(axis=0) / 127
    units = np.rint(weights / scale).astype(int)
    packed = zlib.compress((units + _model._ZERO).astype(np.uint8).tobytes(), 9)
    names = [name if isinstance(name, str) else " ".join(name) for name in (corpus.names[i] for i in kept)]
    data = {
        "version": VERSION,
        "corpus": hashlib.sha256(text).hexdigest(),
        "heads": [[h, round(float(b), 4), float(f"{s:.6g}")] for h, b, s in zip(HEADS, biases, scale, strict=True)],
        "outputs": outputs,
        "ranking": ranking,
        "features": "\n".join(names),
        "weights": base64.b64encode(packed).decode(),
    }
    options.target.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"wrote {options.target.stat().st_size:,} bytes")


def report(corpus: Corpus, outputs: dict[str, Any], unseen: dict[str, np.ndarray]) -> None:
    """Print what the two layers reach on the folds."""
    total = np.zeros(3, int)
    calm = np.array([row["scope"] == "in" and not row["safety"] for row in corpus.rows])
    for output in OUTPUTS:
        label = corpus.letter_label(output)
        use = (label >= 0) & (calm if output in REASONS else True)
        truth, said = label[use] == 1, unseen[output][use] >= outputs[output][2]
        counts = np.array([(said & truth).sum(), (said & ~truth).sum(), (~said & truth).sum()])
        print(f"{output:28} {_figures(counts)}  n {truth.sum()}  threshold {outputs[output][2]}")
        if output in REASONS:
            total += counts
    print(f"{'reasons together':28} {_figures(total)}")


def _figures(counts: np.ndarray) -> str:
    hit, false, missed = counts
    f1, precision, recall = 2 * hit / (2 * hit + false + missed), hit / max(1, hit + false), hit / max(1, hit + missed)
    return f"F1 {f1:.3f}  precision {precision:.3f}  recall {recall:.3f}"


if __name__ == "__main__":
    main()
