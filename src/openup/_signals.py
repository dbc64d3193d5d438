"""Clauses to features: what the model has weights for, and where in the clause each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise, repeat

from ._text import Clause

#: A canonical word, or a tuple of a mark and words; see `features`.
Feature = str | tuple[str, ...]


def features(clause: Clause) -> Iterable[Feature]:
    """Return every feature of a clause, as often as it occurs.

    - `"shy"`: the word;
    - `("not", "talk")`: two words in a row;
    - `("keep", "_", "herself")`: two words with one between them;
    - `("!", "shy")`: the word within reach of a negation;
    - `("?", "shy")`: the word in a clause that is asked or supposed;
    - `("WRITER:", "shy")`: the word in a clause about the writer (likewise the others).
    """
    words = clause.words
    parts: list[Iterable[Feature]] = [
        words,
        pairwise(words),
        zip(words, repeat("_"), words[2:]),
        zip(repeat(clause.subject + ":"), words),
    ]
    if clause.denied:
        parts.append(zip(repeat("!"), clause.denied))
    if clause.supposed:
        parts.append(zip(repeat("?"), words))
    return chain.from_iterable(parts)


def located(clause: Clause) -> Iterator[tuple[Feature, Sequence[int]]]:
    """Yield every feature of a clause with the indices of the words that make it."""
    words = clause.words
    for index, word in enumerate(words):
        yield word, (index,)
        yield (clause.subject + ":", word), (index,)
        if clause.supposed:
            yield ("?", word), (index,)
    for index in range(len(words) - 1):
        yield (words[index], words[index + 1]), (index, index + 1)
    for index in range(len(words) - 2):
        yield (words[index], "_", words[index + 2]), (index, index + 2)
    for word in clause.denied:
        yield ("!", word), (words.index(word),)
