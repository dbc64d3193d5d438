"""Curated patterns of words that show a danger, matched on clauses."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import attrs

from ._loading import read_json
from ._text import EX, PARTNER, WRITER, Clause, Letter, lexicon, stem

#: The dangers that patterns show, in the order in which the model sees them.
DANGERS = ("partner-violence", "coercive-control", "self-harm", "child-safety", "harm-to-others")
#: How many words a gap in a pattern may skip.
GAP = 2
_DENIALS = frozenset(["not", "never", "cannot", "no", "without", "nobody", "if"])


@attrs.frozen(eq=False, repr=False)
class Item:
    """One place in a pattern.

    Attributes:
        kind: `"word"`, `"gap"` (up to two words that deny nothing), `"absent"` (none of the words comes next) or
            `"end"` (the clause ends here).
        words: The canonical words that fit.
    """

    kind: str
    words: frozenset[str] = frozenset()


@attrs.frozen(eq=False, repr=False)
class Match:
    """Where a pattern was found.

    Attributes:
        kind: The danger it shows.
        first: Index of the first token in the text.
        last: Index of the last token.
    """

    kind: str
    first: int
    last: int


@functools.cache
def _index() -> Mapping[str, Sequence[tuple[str, Sequence[Item], int | None]]]:
    """Return, for each word that can set a pattern off, the patterns: danger, items, and how far in the word stands.

    The last is None where a gap comes first, so that it may stand anywhere.

    In the data a pattern is a row of items: words with `|` between them; `{NAME}` for a class of words; `~` for a gap;
    `!words` for their absence; a last `.` for the end of the clause. The item that starts with `*` sets it off: no
    clause without one of its words is looked at.
    """
    data = read_json("patterns.json")
    known = lexicon()
    classes: Mapping[str, str] = data["classes"]

    def words_of(source: str) -> frozenset[str]:
        forms: list[str] = []
        for part in source.split("|"):
            forms += classes[part[1:-1]].split() if part.startswith("{") else [part]
        return frozenset(form if form.isupper() else known[form][1] if form in known else stem(form) for form in forms)

    index: dict[str, list[tuple[str, Sequence[Item], int | None]]] = {}
    for kind, patterns in data["patterns"].items():
        for pattern in patterns:
            items = []
            for source in pattern.split():
                if source == "~":
                    items.append(Item("gap"))
                elif source == ".":
                    items.append(Item("end"))
                elif source.startswith("!"):
                    items.append(Item("absent", words_of(source[1:])))
                else:
                    items.append(Item("word", words_of(source.removeprefix("*"))))
                if source.startswith("*"):
                    gap = any(item.kind == "gap" for item in items)
                    far = None if gap else sum(item.kind == "word" for item in items) - 1
                    for word in items[-1].words:
                        index.setdefault(word, []).append((kind, items, far))
    return index


def find_patterns(letter: Letter) -> Sequence[Match]:
    """Return where patterns of danger match in a letter, each danger at most once in a clause.

    Clauses that only ask or suppose are passed over.
    """
    index = _index()
    matches: list[Match] = []
    for clause in letter.clauses:
        if clause.supposed or index.keys().isdisjoint(clause.words):
            continue
        words, places = _unowned(clause)
        found = set()
        for place, word in enumerate(words):
            for kind, items, far in index.get(word, ()):
                if kind in found:
                    continue
                for start in range(place + 1) if far is None else (place - far,):
                    end = _fits(items, words, start) if start >= 0 else -1
                    if end >= 0:
                        found.add(kind)
                        matches.append(Match(kind, places[start], places[end - 1]))
                        break
    return matches


def _unowned(clause: Clause) -> tuple[Sequence[str], Sequence[int]]:
    """Return a clause's words and places without the "my" of "my husband"."""
    kept = [
        (word, place)
        for word, after, place in zip(clause.words, [*clause.words[1:], ""], clause.places)
        if not (word == WRITER and after in (PARTNER, EX))
    ]
    return [word for word, _ in kept], [place for _, place in kept]


def _fits(items: Sequence[Item], words: Sequence[str], place: int) -> int:
    """Return the index after the words that fit the items from `place` on, or -1."""
    for number, item in enumerate(items):
        if item.kind == "gap":
            for _ in range(GAP + 1):
                end = _fits(items[number + 1 :], words, place)
                if end >= 0 or place >= len(words) or words[place] in _DENIALS:
                    return end
                place += 1
            return -1
        if item.kind == "end":
            return place if place == len(words) else -1
        here = place < len(words) and words[place] in item.words
        if here == (item.kind == "absent"):
            return -1
        place += item.kind == "word"
    return place
