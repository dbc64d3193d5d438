"""Clauses to features: what the model has weights for, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from ._text import Clause

#: How many kinds of features a word of a clause can stand in, and how many a word of its neighbours.
KINDS = 6
NEIGHBOUR_KINDS = 2


def features(clauses: Sequence[Clause], index: int) -> Iterable[str]:
    """Return every feature of a clause of a letter, as often as it occurs.

    - `"shy"`: the word;
    - `"not talk"`: two words in a row;
    - `"keep _ herself"`: two words with one between them;
    - `"! shy"`: the word within reach of a negation;
    - `"? shy"`: the word in a clause that is asked or supposed;
    - `"WRITER: shy"`: the word in a clause about the writer (likewise the others);
    - `"~ shy"`: the word in the clause before or after.
    """
    clause = clauses[index]
    words = clause.words
    parts: list[Iterable[str]] = [
        words,
        map(" ".join, pairwise(words)),
        map(" _ ".join, zip(words, words[2:])),
        map(f"{clause.subject}: ".__add__, words),
    ]
    if clause.denied:
        parts.append(map("! ".__add__, clause.denied))
    if clause.supposed:
        parts.append(map("? ".__add__, words))
    if index:
        parts.append(map("~ ".__add__, clauses[index - 1].words))
    if index + 1 < len(clauses):
        parts.append(map("~ ".__add__, clauses[index + 1].words))
    return chain.from_iterable(parts)


def located(clauses: Sequence[Clause], index: int) -> Iterator[tuple[str, Sequence[int]]]:
    """Yield every feature of a clause of a letter with the places of the words that make it."""
    clause = clauses[index]
    words, places = clause.words, clause.places
    for word, place in zip(words, places):
        yield word, (place,)
        yield f"{clause.subject}: {word}", (place,)
        if clause.supposed:
            yield f"? {word}", (place,)
    for (first, second), both in zip(pairwise(words), pairwise(places)):
        yield f"{first} {second}", both
    for first, second, start, end in zip(words, words[2:], places, places[2:]):
        yield f"{first} _ {second}", (start, end)
    for word in clause.denied:
        yield f"! {word}", (places[words.index(word)],)
    for other in (index - 1, index + 1):
        if 0 <= other < len(clauses):
            for word, place in zip(clauses[other].words, clauses[other].places):
                yield f"~ {word}", (place,)
