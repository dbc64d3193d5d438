"""Turn the corpus into the weights that ship: `nox -s train`, or `python training/train.py`.

A teacher reads clauses with sentence embeddings; the shipped model, two linear layers that need no more than a
dictionary (see `openup._model`), learns from the corpus' marks and from the teacher:

1. Teacher: logistic regressions on the embedding of each clause and of the clause with its neighbours, averaged with
   one on n-grams. Its word on a clause always comes from a fit that had not seen the letter.
2. First layer: logistic regression on n-grams and, jointly, on sums of word embeddings, towards a mixture of marks and
   teacher. The second part is linear in the words as well and is folded into their weights; so words that the corpus
   does not have get weights, too.
3. Second layer, thresholds, calibration, and the ranking of strategies: fitted on logits that the first layer gave to
   letters that neither it nor its teacher had seen.

Everything is deterministic: same corpus and same versions of the libraries, same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import pathlib
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.optimize
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression

import logistic
import teacher
from openup import _model, _patterns, _signals, _text

HERE = pathlib.Path(__file__).parent
CORPUS = HERE / "situations.jsonl"
TARGET = HERE.parent / "src" / "openup" / "data" / "model.bin"

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
CUE_HEADS = [f"cue:{cue}" for cue in CUES]
DANGER_HEADS = [*RISKS, "risk", "risk-letter"]
HEADS = [*REASONS, *DANGER_HEADS, *CUE_HEADS, "withholds:partner", "withholds:self", "in-scope", "self"]
OUTPUTS = [*REASONS, *RISKS, "risk", *CUE_HEADS, "in-scope", "self"]

# Chosen on the folds; training/README.md has the figures of other choices.
MIN_COUNT = 2
MAX_FEATURES = 30_000
WORD_PRIOR = 5  # a word of English counts as if the corpus had it so often more
TEACHER_SHARE = 0.8  # of a first-layer target; the rest is the corpus' mark
TEACHER_SHARPNESS = 1.3
NGRAM_PENALTY = 0.5
EMBEDDING_PENALTY = 1.0
TEACHER_PENALTY = 0.1
OUTPUT_STRENGTH = 0.05  # inverse penalty of the second layer
RISK_PENALTY = 0.3  # penalty of the second layer's outputs for dangers
#: How many times a miss and a false alarm count where the threshold of an output is set; elsewhere once each.
COSTS = {"risk": (2.0, 1.0), "in-scope": (1.0, 2.0)}
LEVELS = 15  # a stored weight is -15..15


class Corpus:
    """The situations, taken apart, with their labels as arrays."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = rows
        self.letters = [_text.read(row["text"]) for row in rows]
        sizes = [len(letter.clauses) for letter in self.letters]
        self.owner = np.repeat(np.arange(len(rows)), sizes)
        self.bounds = np.concatenate([[0], np.cumsum(sizes)])
        # Neighbours in the file may be a contrast pair or family: they share a fold.
        self.fold = np.array([i // 4 % FOLDS for i in range(len(rows))])
        self.clause_fold = self.fold[self.owner]
        self.overlap = self._overlap()

    def features(self) -> list[list[str]]:
        """Return the features of every clause."""
        return [
            [*_signals.features(letter.clauses, index)]
            for letter in self.letters
            for index in range(len(letter.clauses))
        ]

    def spans(self) -> list[list[tuple[int, int]]]:
        """Return, for each situation, where its clauses start and end in the folded text."""
        result = []
        for letter in self.letters:
            tokens = [match.span() for match in _text._TOKEN.finditer(letter.folded)]
            result.append([(tokens[c.places[0]][0], tokens[c.places[-1]][1]) for c in letter.clauses])
        return result

    def _overlap(self) -> dict[str, np.ndarray]:
        """For each mark, the share of each clause that lies in it, or of it that lies in the clause."""
        overlap = {name: np.zeros(len(self.owner)) for name in (*REASONS, *RISKS, *CUES, "withholds")}
        position = 0
        for row, letter, spans in zip(self.rows, self.letters, self.spans(), strict=True):
            marks = []
            for name, phrases in row["evidence"].items():
                for phrase in phrases:
                    folded = _text.fold(phrase)[0]
                    start = letter.folded.find(folded)
                    if start >= 0:
                        marks.append((name, start, start + len(folded)))
            for start, end in spans:
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
            elif output == "risk":
                labels.append(int(bool(row["safety"])))
            elif output == "in-scope":
                labels.append(-1 if row["safety"] and row["scope"] == "out" else int(row["scope"] == "in"))
            elif output == "self":
                labels.append(int(row["perspective"] == "self") if row["scope"] == "in" else -1)
            else:
                labels.append(int(output.removeprefix("cue:") in row["evidence"]) if calm else -1)
        return np.array(labels)

    def clause_label(self, head: str) -> np.ndarray:
        """1, 0, or -1 (does not count) for each clause."""
        if head in ("in-scope", "self", "risk-letter"):
            return self.letter_label(head.removesuffix("-letter"))[self.owner]
        if head == "risk":
            share = np.max([self.overlap[risk] for risk in RISKS], axis=0)
            risky = self.letter_label("risk")[self.owner] == 1
            return np.where(share >= 0.5, 1, np.where(risky, -1, 0))
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

    def clause_labels(self) -> np.ndarray:
        """Return the labels of all heads, clauses by heads."""
        return np.column_stack([self.clause_label(head) for head in HEADS])

    def texts(self) -> tuple[list[str], list[str]]:
        """Return the text of every clause, and of every clause with its neighbours."""
        clauses, windows = [], []
        for letter, spans in zip(self.letters, self.spans(), strict=True):
            for index, (start, end) in enumerate(spans):
                clauses.append(letter.folded[start:end])
                first, last = spans[max(0, index - 1)], spans[min(len(spans) - 1, index + 1)]
                windows.append(letter.folded[first[0] : last[1]])
        return clauses, windows


def count(features: list[list[str]], names: list[str]) -> sparse.csr_matrix:
    """Return which clause has which feature, clauses by names."""
    index = {name: i for i, name in enumerate(names)}
    rows, columns = [], []
    for row, found in enumerate(features):
        for feature in found:
            if feature in index:
                rows.append(row)
                columns.append(index[feature])
    shape = (len(features), len(names))
    return sparse.coo_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape).tocsr()


class WordVectors:
    """Embeddings of single words, weighted so that rare words speak louder."""

    def __init__(self, corpus: Corpus) -> None:
        forms: dict[str, Counter[str]] = defaultdict(Counter)
        frequency: Counter[str] = Counter()
        for letter in corpus.letters:
            tokens = _text._TOKEN.findall(letter.folded)
            for clause in letter.clauses:
                frequency.update(set(clause.words))
                for word, place in zip(clause.words, clause.places, strict=True):
                    forms[word][tokens[place]] += 1
        known = _text.lexicon()
        for form in teacher.vocabulary():
            word = known[form][1] if form in known else _text.stem(form)
            if word and not word.isupper() and not forms[word]:
                forms[word][form] += 1
        self.words = sorted(word for word, found in forms.items() if found and not word.isupper())
        surfaces = [forms[word].most_common(1)[0][0] for word in self.words]
        vectors = teacher.encode(surfaces)
        rate = np.array([frequency[word] / len(corpus.owner) for word in self.words])
        weight = 1e-3 / (1e-3 + rate)
        self.vectors = (vectors - vectors.mean(axis=0)) * weight[:, None]
        self.own: list[str] = list(self.words)
        self.near: list[str] = [f"~ {word}" for word in self.words]


def first_layer_targets(labels: np.ndarray, teacher_logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the soft target of every clause for every head, and its weight."""
    belief = 1 / (1 + np.exp(-TEACHER_SHARPNESS * teacher_logits))
    target = np.where(labels >= 0, (1 - TEACHER_SHARE) * np.clip(labels, 0, 1) + TEACHER_SHARE * belief, belief)
    # Whole-letter heads have no marks; where a letter does not count for them, neither do its clauses.
    weight = np.ones_like(target)
    for head in ("in-scope", "self"):
        weight[:, HEADS.index(head)] = labels[:, HEADS.index(head)] >= 0
    return target, weight


class Learner:
    """Fits teachers and first layers on any part of the folds."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.labels = corpus.clause_labels()
        self.features = corpus.features()
        frequency = Counter(feature for found in self.features for feature in set(found))
        self.names = sorted(name for name, n in frequency.items() if n >= MIN_COUNT)
        self.matrix = count(self.features, self.names)
        clauses, windows = corpus.texts()
        self.embedding = np.hstack([teacher.encode(clauses), teacher.encode(windows)])
        self.words = WordVectors(corpus)
        own, near = count(self.features, self.words.own), count(self.features, self.words.near)
        vectors = self.words.vectors.astype(np.float32)
        self.sums = np.hstack([own @ vectors, near @ vectors])
        self._teacher: dict[tuple[int | None, int], np.ndarray] = {}
        self._fitted: dict[int, list[Any]] = {}

    def teacher_logits(self, test: int | None, fold: int) -> np.ndarray:
        """Return the logits for all clauses of a teacher that saw neither of two folds."""
        if (test, fold) not in self._teacher:
            train = ~np.isin(self.corpus.clause_fold, [-1 if test is None else test, fold])
            known = (self.labels[train] >= 0).astype(np.float32)
            target = np.clip(self.labels[train], 0, 1).astype(np.float32)
            # To start from the teacher that lacks only the test fold saves most of the time.
            begin = self._fitted[test] if test is not None else [None, None]
            logits, solutions = np.zeros(self.labels.shape), []
            for inputs, penalty, iterations, start in (
                (self.matrix, NGRAM_PENALTY, 40, begin[0]),
                (self.embedding, TEACHER_PENALTY, 80, begin[1]),
            ):
                iterations = iterations if start is None else iterations // 4
                solution = logistic.fit([inputs[train]], [penalty], target, known, iterations, start)
                solutions.append(solution)
                logits += 0.5 * (inputs @ solution[0][0].astype(np.float32) + solution[1])
            if test is None:
                self._fitted[fold] = solutions
            self._teacher[test, fold] = logits
        return self._teacher[test, fold]

    def unseen_teacher(self, test: int | None) -> np.ndarray:
        """Return teacher logits, each from a teacher that saw neither the clause's fold nor the test fold."""
        logits = np.zeros(self.labels.shape)
        for fold in range(FOLDS):
            if fold != test:
                rows = self.corpus.clause_fold == fold
                logits[rows] = self.teacher_logits(test, fold)[rows]
        return logits

    def first_layer(self, test: int | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return n-gram weights, embedding weights and biases fitted on all folds but one."""
        target, weight = first_layer_targets(self.labels, self.unseen_teacher(test))
        train = self.corpus.clause_fold != (-1 if test is None else test)
        (ngrams, sums), bias = logistic.fit(
            [self.matrix[train], self.sums[train]],
            [NGRAM_PENALTY, EMBEDDING_PENALTY],
            target[train],
            weight[train],
            iterations=80,
        )
        return ngrams, sums, bias

    def fold_in(self, ngrams: np.ndarray, sums: np.ndarray) -> dict[str, np.ndarray]:
        """Return one weight vector for each feature: its own plus its share of the embedding part."""
        weights = dict(zip(self.names, ngrams, strict=True))
        half = sums.shape[0] // 2
        for names, part in ((self.words.own, sums[:half]), (self.words.near, sums[half:])):
            for name, share in zip(names, self.words.vectors @ part, strict=True):
                weights[name] = weights[name] + share if name in weights else share
        # What stands in the next clause may not speak against a danger.
        danger = [HEADS.index(head) for head in DANGER_HEADS]
        for name, weight in weights.items():
            if name.startswith("~ "):
                weight[danger] = np.maximum(weight[danger], 0.0)
        return weights


def select(learner: Learner, weights: dict[str, np.ndarray]) -> list[str]:
    """Return the features worth shipping: heavy ones, and of these the frequent first."""
    frequency = Counter(feature for found in learner.features for feature in set(found))
    worth = {
        name: float(np.abs(weight[: len(REASONS) + len(RISKS) + 2]).max())
        * min(20, frequency[name] + (WORD_PRIOR if " " not in name else 0)) ** 0.5
        for name, weight in weights.items()
    }
    return sorted(sorted(worth, key=lambda name: (-worth[name], name))[:MAX_FEATURES])


def quantise(names: list[str], weights: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return whole-number weights, and for each head the logit of one unit."""
    table = np.array([weights[name] for name in names])
    # The few heaviest weights are clipped, which leaves finer steps to all others.
    scale = np.quantile(np.abs(table), 0.9995, axis=0) / LEVELS
    return np.clip(np.rint(table / scale), -LEVELS, LEVELS).astype(int), scale


def pool(corpus: Corpus, logits: np.ndarray) -> np.ndarray:
    """Return what the second layer sees of each situation."""
    nothing = np.zeros((1, len(HEADS)))
    parts = [logits[a:b] if b > a else nothing for a, b in itertools.pairwise(corpus.bounds)]
    return np.array(
        [
            _model.pooled(letter, _patterns.find_patterns(letter), part.max(axis=0), part.mean(axis=0))
            for letter, part in zip(corpus.letters, parts, strict=True)
        ]
    )


def best_threshold(label: np.ndarray, probability: np.ndarray, miss: float, alarm: float) -> float:
    """Return the threshold with the best F1, where misses and false alarms count so many times."""
    best = (-1.0, 0.5)
    for threshold in np.arange(0.05, 0.95, 0.01):
        said = probability >= threshold
        hit = (said & (label == 1)).sum()
        false = (said & (label == 0)).sum()
        missed = (~said & (label == 1)).sum()
        best = max(best, (2 * hit / (2 * hit + alarm * false + miss * missed), round(float(threshold), 2)))
    return best[1]


def second_layer(output: str, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit one output of the second layer; weights and intercept.

    A danger sees only what cannot fall when text is added, with weights that are not negative: the highest logits of
    the heads of danger, and patterns. So no harmless sentence can hide it.
    """
    if output not in RISKS and output != "risk":
        model = LogisticRegression(C=OUTPUT_STRENGTH, max_iter=3000).fit(x, y)
        return model.coef_[0], float(model.intercept_[0])
    columns = [HEADS.index(head) for head in DANGER_HEADS]
    columns += range(x.shape[1] - len(_patterns.DANGERS), x.shape[1])
    part, sign = x[:, columns], 2 * y - 1

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (part @ theta[:-1] + theta[-1])
        slope = -sign / (1 + np.exp(margin))
        gradient = np.append(part.T @ slope + RISK_PENALTY * theta[:-1], slope.sum())
        return float(np.logaddexp(0, -margin).sum() + 0.5 * RISK_PENALTY * (theta[:-1] ** 2).sum()), gradient

    bounds = [(0, None)] * len(columns) + [(None, None)]
    begin = np.append(np.full(len(columns), 0.1), -2.0)
    theta = scipy.optimize.minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=bounds).x
    weights = np.zeros(x.shape[1])
    weights[columns] = theta[:-1]
    return weights, float(theta[-1])


def fit_outputs(corpus: Corpus, seen: np.ndarray) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Fit the second layer; the outputs, and what they give to texts they were not fitted on."""
    outputs, unseen = {}, {}
    for output in OUTPUTS:
        label = corpus.letter_label(output)
        use = label >= 0
        probability = np.zeros(len(label))
        for fold in range(FOLDS):
            train, test = use & (corpus.fold != fold), corpus.fold == fold
            weights, bias = second_layer(output, seen[train], label[train])
            probability[test] = 1 / (1 + np.exp(-(seen[test] @ weights + bias)))
        weights, bias = second_layer(output, seen[use], label[use])
        miss, alarm = COSTS.get(output, (1.0, 1.0))
        threshold = best_threshold(label[use], probability[use], miss, alarm)
        outputs[output] = (round(bias, 4), [round(float(w), 4) for w in weights], threshold)
        unseen[output] = probability
    return outputs, unseen


def fit_ranking(corpus: Corpus) -> dict[str, Any]:
    """Fit the ranking of strategies on the labelled reasons, the cues and who holds back."""
    inputs = [*REASONS, *CUE_HEADS, "self"]
    rows = [row for row in corpus.rows if len(row["strategies"]) == 3]
    x = np.array(
        [
            [
                *(float(reason in row["reasons"]) for reason in REASONS),
                *(float(cue in row["evidence"]) for cue in CUES),
                float(row["perspective"] == "self"),
                1.0,
            ]
            for row in rows
        ]
    )
    bias, weights = {}, {}
    for strategy in STRATEGIES:
        orders = [row["strategies"] for row in rows]
        gain = np.array([3.0 - order.index(strategy) if strategy in order else 0.0 for order in orders])
        solution = np.linalg.solve(x.T @ x + np.eye(x.shape[1]), x.T @ gain)
        bias[strategy] = round(float(solution[-1]), 4)
        weights[strategy] = {name: round(float(w), 4) for name, w in zip(inputs, solution, strict=False)}
    return {"inputs": inputs, "bias": bias, "weights": weights, "own_reason": 4.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=pathlib.Path, default=CORPUS)
    parser.add_argument("--target", type=pathlib.Path, default=TARGET)
    options = parser.parse_args()
    text = options.corpus.read_bytes()
    corpus = Corpus([json.loads(line) for line in text.decode().splitlines()])
    learner = Learner(corpus)
    print(f"{len(corpus.rows)} situations, {len(corpus.owner)} clauses, {len(learner.names)} features", flush=True)

    ngrams, sums, bias = learner.first_layer(None)
    print("fitted on everything", flush=True)
    kept = select(learner, learner.fold_in(ngrams, sums))
    shipped = count(learner.features, kept)
    logits = np.zeros(learner.labels.shape)
    for fold in range(FOLDS):
        part = learner.first_layer(fold)
        units, scale = quantise(kept, learner.fold_in(*part[:2]))
        test = corpus.clause_fold == fold
        logits[test] = shipped[test] @ (units * scale) + part[2]
        print(f"fold {fold} done", flush=True)
    np.savez_compressed(teacher.CACHE / "unseen_logits.npz", logits=logits)
    outputs, unseen = fit_outputs(corpus, pool(corpus, logits))
    report(corpus, outputs, unseen)

    units, scale = quantise(kept, learner.fold_in(ngrams, sums))
    used = np.any(units, axis=1)
    names = [name for name, use in zip(kept, used, strict=True) if use]
    data = {
        "version": VERSION,
        "corpus": hashlib.sha256(text).hexdigest(),
        "heads": [[h, round(float(b), 4), float(f"{s:.6g}")] for h, b, s in zip(HEADS, bias, scale, strict=True)],
        "outputs": outputs,
        "ranking": fit_ranking(corpus),
        "features": "\n".join(names),
    }
    head = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    table = (units[used] + _model.ZERO).astype(np.uint8).tobytes()
    options.target.write_bytes(zlib.compress(head + b"\0" + table, 9))
    print(f"wrote {len(names)} features, {options.target.stat().st_size:,} bytes")
    np.savez_compressed(teacher.CACHE / "unseen.npz", **unseen)


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
    print(f"{'reasons together':28} {_figures(total)}", flush=True)


def _figures(counts: np.ndarray) -> str:
    hit, false, missed = counts
    f1, precision, recall = 2 * hit / (2 * hit + false + missed), hit / max(1, hit + false), hit / max(1, hit + missed)
    return f"F1 {f1:.3f}  precision {precision:.3f}  recall {recall:.3f}"


if __name__ == "__main__":
    main()
