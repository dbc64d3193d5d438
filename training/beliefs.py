"""What the teacher believes of texts, as `teacher.py` wrote it."""

from __future__ import annotations

import hashlib
import pathlib
from collections.abc import Mapping, Sequence

import attrs
import numpy as np

import labels

BELIEFS = pathlib.Path(__file__).parent / "beliefs.npz"
#: How many parts of a logit are told apart.
PARTS = 8


def key(text: str) -> str:
    """Return what a text is called among the beliefs."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@attrs.frozen
class Beliefs:
    """Logits of all outputs for texts, by `key`."""

    logits: Mapping[str, np.ndarray]

    @classmethod
    def read(cls) -> Beliefs:
        """Return the beliefs on file."""
        with np.load(BELIEFS) as file:
            return cls(dict(zip(file["keys"].tolist(), file["beliefs"].astype(np.float32) / PARTS, strict=True)))

    @staticmethod
    def write(texts: Sequence[str], logits: np.ndarray) -> None:
        """Write beliefs to the file: a byte for each logit."""
        rounded = np.clip(np.rint(PARTS * logits), -127, 127).astype(np.int8)
        np.savez_compressed(BELIEFS, keys=np.array([*map(key, texts)]), beliefs=rounded)

    def of(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return of which texts there is a belief, and the believed probabilities, texts by outputs."""
        nothing = np.zeros(len(labels.OUTPUTS), np.float32)
        found = [self.logits.get(key(text)) for text in texts]
        known = np.array([item is not None for item in found])
        logits = np.array([nothing if item is None else item for item in found])
        return known, 1 / (1 + np.exp(-logits))
