"""Curated patterns of words that show a danger, matched on clauses."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from ._loading import read_json
from ._text import BOTH, EX, OTHER, PARTNER, WRITER, Clause, Letter, lexicon, stem

#: The dangers that patterns show, in the order in which the model sees them.
DANGERS = ("partner-violence", "coercive-control", "self-harm", "child-safety", "harm-to-others")
#: How many words a gap in a pattern may skip.
GAP = 2
#: How many words before a match a denial is looked for; before one that begins with a person only the next.
DENIAL_REACH = 3
_DENIALS = frozenset(["not", "never", "cannot", "no", "without", "nobody", "if"])
_SIGNS = {"~": "gap", ".": "end", "!": "absent", "?": "option"}
_NUMBER = "NUMBER"
_PEOPLE = frozenset([PARTNER, EX, OTHER, WRITER, BOTH])


@attrs.frozen(eq=False, repr=False)
class Item:
    """One place in a pattern.

    Attributes:
        kind: `"word"`, `"option"` (one of the words, or nothing), `"gap"` (up to two words that deny nothing),
            `"absent"` (none of the words comes next) or `"end"` (the clause ends here).
        words: The canonical words that fit.
        forms: Where it matters how the word is spelt, the spellings that fit; otherwise empty.
    """

    kind: str
    words: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()


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


#: A pattern's danger, what it says, how many words at least and at most stand before the one that sets it off, and how
#: many words before the pattern a denial of it is looked for.
Pattern = tuple[str, str, int, int, int]


@functools.cache
def _data() -> Mapping[str, Any]:
    data: Mapping[str, Any] = read_json("patterns.json")
    return data


@functools.cache
def _index() -> Mapping[str, tuple[int, Mapping[str, Sequence[Pattern]]]]:
    """Return, for each word that can set patterns off, how far before it one can begin, and they by their first word.

    In the data a pattern is a row of items, the first a word: words with `|` between them; `?words` for words that may
    be left out; `{NAME}` for a class of words; `<words>` for words in just this spelling; `~` for a gap; `!words` for
    their absence; a last `.` for the end of the clause. The item that starts with `*` sets it off: no clause without
    one of its words is looked at.
    """
    index: dict[str, tuple[int, dict[str, list[Pattern]]]] = {}
    for kind, patterns in _data()["patterns"].items():
        for pattern in patterns:
            before, _, after = pattern.partition("*")
            sources = before.split()
            loose = sum(GAP if source == "~" else source[0] == "?" for source in sources)
            nearest = sum(source[0] not in "~?!" for source in sources)
            words = _item(after.partition(" ")[0]).words
            first = _item(sources[0]).words if sources else words
            reach = 0 if first & _DENIALS else 1 if first <= _PEOPLE else DENIAL_REACH
            entry = (kind, pattern, nearest, nearest + loose, reach)
            for word in words:
                far, starts = index.get(word, (0, {}))
                for start in first if sources else (word,):
                    starts.setdefault(start, []).append(entry)
                index[word] = (max(far, nearest + loose), starts)
    return index


@functools.cache
def _items(pattern: str) -> Sequence[Item]:
    """Return the items of a pattern; few patterns are ever asked for theirs."""
    return [_item(source) for source in pattern.replace("*", "").split()]


@functools.cache
def _item(source: str) -> Item:
    if source in _SIGNS:
        return Item(_SIGNS[source])
    kind = _SIGNS.get(source[0], "word")
    forms: list[str] = []
    for part in source.strip("!?<>").split("|"):
        forms += _data()["classes"][part[1:-1]].split() if part[0] == "{" else [part]
    return Item(kind, frozenset(map(_word, forms)), frozenset(forms) if source[0] == "<" else frozenset())


def _word(form: str) -> str:
    """Return the canonical word for a form, or the form if it is one itself."""
    if form.isupper():
        return form
    if form.isdigit():
        return _NUMBER
    known = lexicon()
    return known[form][1] if form in known else stem(form)


@functools.cache
def _triggers() -> frozenset[str]:
    return frozenset(_index())


def find_patterns(letter: Letter) -> Sequence[Match]:
    """Return where patterns of danger match in a letter, each danger at most once in a clause.

    What is denied or only supposed is passed over, unless the pattern itself says so.
    """
    index = _index()
    triggers = _triggers()
    matches: list[Match] = []
    for clause in letter.clauses:
        if triggers.isdisjoint(clause.words):
            continue
        words, places = _unowned(clause)
        found = set()
        for place, word in enumerate(words):
            if word not in triggers:
                continue
            far, starts = index[word]
            for start in range(max(0, place - far), place + 1):
                for kind, pattern, nearest, farthest, reach in starts.get(words[start], ()):
                    if not nearest <= place - start <= farthest or kind in found:
                        continue
                    items = _items(pattern)
                    # How words are spelt costs most to look up, and few letters come as far as that.
                    if _fits(items[1:], words, start + 1) < 0 or _denied(words, start, reach):
                        continue
                    end = _fits(items, words, start, functools.partial(_spelt, letter, places))
                    if end >= 0:
                        found.add(kind)
                        matches.append(Match(kind, places[start], places[end - 1]))
    return matches


def _denied(words: Sequence[str], start: int, reach: int) -> bool:
    """Return whether what starts at a word is supposed, or denied by one of the words before."""
    before = words[:start]
    return "if" in before or not _DENIALS.isdisjoint(words[max(0, start - reach) : start])


def _unowned(clause: Clause) -> tuple[Sequence[str], Sequence[int]]:
    """Return a clause's words and places without the "my" of "my husband"."""
    words, places = clause.words, clause.places
    if WRITER not in words or not (PARTNER in words or EX in words):
        return words, places
    owned = [place for place in range(len(words) - 1) if words[place] is WRITER and words[place + 1] in (PARTNER, EX)]
    if not owned:
        return words, places
    kept = [place for place in range(len(words)) if place not in owned]
    return [*map(words.__getitem__, kept)], [*map(places.__getitem__, kept)]


def _spelt(letter: Letter, places: Sequence[int], place: int) -> str:
    """Return how a word of a clause is spelt in the letter."""
    return letter.folded[slice(*letter.spans[places[place]])]


def _fits(items: Sequence[Item], words: Sequence[str], place: int, spelt: Callable[[int], str] | None = None) -> int:
    """Return the index after the words that fit the items from `place` on, or -1.

    Args:
        items: The items.
        words: The words.
        place: Index of the first word.
        spelt: Returns how a word is spelt; None where that is not to matter.
    """
    for number, item in enumerate(items):
        if item.kind == "gap":
            for _ in range(GAP + 1):
                end = _fits(items[number + 1 :], words, place, spelt)
                if end >= 0 or place >= len(words) or words[place] in _DENIALS:
                    return end
                place += 1
            return -1
        if item.kind == "end":
            return place if place == len(words) else -1
        here = place < len(words) and words[place] in item.words
        if item.forms and here and spelt:
            here = spelt(place) in item.forms
        if item.kind == "option":
            if here and (end := _fits(items[number + 1 :], words, place + 1, spelt)) >= 0:
                return end
            continue
        if here == (item.kind == "absent"):
            return -1
        place += item.kind == "word"
    return place
