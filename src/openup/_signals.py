"""Clauses to signals: what the network sees of a letter, and where each word of it stands."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ._text import BOTH, EX, NOBODY, OTHER, PARTNER, WRITER, Clause, Letter

_SUBJECTS = {person: place for place, person in enumerate((PARTNER, WRITER, OTHER, EX, BOTH, "you", NOBODY))}
#: How many states a clause can be in, and how many a word.
CLAUSE_STATES = 2 * len(_SUBJECTS)
STATES = 2 * CLAUSE_STATES


@attrs.frozen(eq=False, repr=False)
class Stretch:
    """Where a clause stands among the words of its letter.

    Attributes:
        start: Index of its first word.
        stop: Index after its last word.
        state: Whom it is about, and whether it is stated or only supposed, as a number.
        places: For each word, the index of its token in the text.
    """

    start: int
    stop: int
    state: int
    places: Sequence[int]


@attrs.frozen(eq=False, repr=False)
class Signals:
    """What the network sees of a letter.

    Attributes:
        words: The canonical words of all clauses.
        states: For each word, the state of its clause and whether the word is denied, as a number.
        clauses: Where the clauses stand.
    """

    words: Sequence[str]
    states: Sequence[int]
    clauses: Sequence[Stretch]


def signals(letter: Letter) -> Signals:
    """Return what the network sees of a letter."""
    words: list[str] = []
    states: list[int] = []
    stretches: list[Stretch] = []
    for clause in letter.clauses:
        start = len(words)
        state = clause_state(clause)
        words += clause.words
        if clause.denied:
            states += [2 * state + (word in clause.denied) for word in clause.words]
        else:
            states += [2 * state] * len(clause.words)
        stretches.append(Stretch(start, len(words), state, clause.places))
    return Signals(words, states, stretches)


def clause_state(clause: Clause) -> int:
    """Return whom a clause is about and whether it is stated or only supposed, as a number."""
    return 2 * _SUBJECTS[clause.subject] + clause.supposed
