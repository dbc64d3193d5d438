"""Text to clauses: canonical words, who each clause is about, and what is denied or only supposed."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from ._evidence import Evidence
from ._loading import read_json

#: Longest clause, in canonical words. Sums of weights cannot overflow below it, and people do not breathe for longer.
MAX_CLAUSE = 30
#: From this many words on, a new subject starts a new clause even where no comma or conjunction says so.
LONG_CLAUSE = 12
#: How many words after a negation it is taken to deny.
NEGATION_REACH = 5

_TOKEN = re.compile(r"\w+(?:['-]\w+)*|[.!?\n;:,()\"…]|-(?=[\s-])")
_PLAIN = str.maketrans("‘’ʼ`´′“”«»„–—―‐‑\u00a0\t\r_", "''''''\"\"\"\"\"-----    ")
# Letters typed apart, k i l l or k.i.l.l, and signs that stand for letters, k1ll.
_APART = r"(?<![^\W_])[^\W_](?:[ .*_-][^\W_]){3,}(?![^\W_])"  # compiled when it is needed; few letters do
_LETTERS = frozenset("bcdefghjklmopqrstvxyz")
_LEET = str.maketrans("0134578", "oieastb")


# Nothing compares or shows what a letter is taken apart into, here and in the modules that go on from here: so attrs
# need not write the methods for it, which takes more than half of its time for a class.
@attrs.frozen(eq=False, repr=False)
class Clause:
    """A stretch of text that says one thing.

    Attributes:
        words: Canonical words: spelling, inflection and filler removed, people replaced by who they are in the
            story (`PARTNER`, `WRITER`, `OTHER`, `EX`).
        places: For each word, the index of its token in the text.
        subject: Who the clause is about: one of the people above, or `NOBODY`.
        denied: The words within reach of a negation.
        supposed: Whether the clause is asked, wondered or conditional, not stated.
    """

    words: Sequence[str]
    places: Sequence[int]
    subject: str
    denied: Sequence[str]
    supposed: bool


@attrs.frozen(eq=False, repr=False)
class Letter:
    """A text, taken apart.

    Attributes:
        text: The text as given.
        folded: The text in lower case, without accents, invisible characters and typographic variants.
        offsets: For each character of `folded`, its offset in `text`; None where they are the same.
        clauses: Its clauses, in order.
        named: The people that it names by a noun: `PARTNER`, `OTHER`, `EX`.
        size: Number of tokens.
    """

    text: str
    folded: str
    offsets: Sequence[int] | None
    clauses: Sequence[Clause]
    named: frozenset[str]
    size: int

    def evidence(self, first: int, last: int) -> Evidence:
        """Return the stretch of text from token `first` to token `last`, both included."""
        return self.span(self.spans[first][0], self.spans[last][1])

    @functools.cached_property
    def spans(self) -> Sequence[tuple[int, int]]:
        """Where each token starts and ends in `folded`."""
        return [*map(re.Match.span, _TOKEN.finditer(self.folded))]

    def span(self, start: int, end: int) -> Evidence:
        """Return the stretch of text between two offsets in `folded`."""
        if self.offsets is not None:
            start, end = self.offsets[start], self.offsets[end - 1] + 1
            while end < len(self.text) and unicodedata.category(self.text[end]) in ("Mn", "Cf"):
                end += 1
        return Evidence(start, end, self.text[start:end])


PARTNER, WRITER, OTHER, EX, BOTH, NOBODY = "PARTNER", "WRITER", "OTHER", "EX", "BOTH", "NOBODY"

# What a known word does to the analysis. A word without an action is just a word.
(_END, _COMMA, _JOIN, _FILLER, _PERSON, _KIN, _HE, _NEGATION, _SUPPOSE, _WORD) = range(10)
_NUMBER = (_WORD, "NUMBER", "")


@functools.cache
def _data() -> Mapping[str, Any]:
    data: Mapping[str, Any] = read_json("lexicon.json")
    return data


@functools.cache
def lexicon() -> Mapping[str, tuple[int, str, str]]:
    """Return what is known of words: form → (action, canonical word, gender)."""
    data = _data()
    known: dict[str, tuple[int, str, str]] = {}

    def add(forms: str, action: int, canonical: str, gender: str = "") -> None:
        for form in forms.split():
            known[form] = (action, canonical, gender)

    for canonical, forms in data["spelling"].items():
        add(forms, _WORD, canonical)
    add(data["filler"], _FILLER, "")
    for gender, forms in data["other"].items():
        add(forms, _KIN, OTHER, gender)
    for gender, forms in data["partner"].items():
        add(forms, _KIN, PARTNER, gender)
    for form in (*data["partner"]["m"].split(), *data["partner"]["f"].split(), *data["partner"]["n"].split()):
        known[form + "'s"] = known[form]
    for group in data["other"].values():
        for form in group.split():
            known[form + "'s"] = known[form]
    add(data["ex"], _PERSON, EX)
    add(data["i"], _PERSON, WRITER)
    add(data["we"], _PERSON, BOTH)
    add(data["you"], _PERSON, "you")
    add(data["he"], _HE, "", "m")
    add(data["she"], _HE, "", "f")
    add(data["they"], _HE, "", "n")
    for canonical in ("not", "never", "cannot", "no", "nothing", "nobody", "without"):
        add(data[canonical], _NEGATION, canonical)
    add(data["suppose"], _SUPPOSE, "if")
    add(data["because"], _JOIN, "because")
    add(data["but"], _JOIN, "but")
    add("since", _JOIN, "since")
    add(". ! ? \n …", _END, "")
    known["\n"] = (_END, "", "")
    for form in data["not-misspelt"].split():
        known.setdefault(form, (_WORD, stem(form), ""))
    for form in data["guarded"].split():
        meant = known.get(form) or (_WORD, stem(form), "")
        for misspelt in _misspellings(form):
            known.setdefault(misspelt, meant)
    add('; : , ( ) " -', _COMMA, "")
    return known


def _misspellings(word: str) -> Iterator[str]:
    """Yield the word with a letter left out, doubled, or changed places with the next."""
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]
        yield word[:place] + word[place] + word[place:]
        yield word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :]


@functools.cache
def nominatives() -> tuple[frozenset[str], frozenset[str]]:
    """Return the forms that open a clause as its subject, and the words that join clauses."""
    data = _data()
    people = [form for kind in ("partner", "other") for forms in data[kind].values() for form in forms.split()]
    return frozenset([*data["nominative"].split(), "my", "his", "her", *people]), frozenset(data["and"].split())


def stem(word: str) -> str:
    """Return the word without its inflection: cheated, cheating and cheats are one word."""
    size = len(word)
    if size < 4:
        return word
    last = word[-1]
    if last == "s":
        if word.endswith("'s"):
            return stem(word[:-2])
        if word.endswith("ies") and size > 4:
            return word[:-3] + "y"
        if word.endswith("sses"):
            return word[:-2]
        if word[-2] in "su":
            return word
        return word[:-2] if word[-2] == "e" else word[:-1]
    if last == "d" and word.endswith("ed") and size > 4:
        if word.endswith("ied"):
            return word[:-3] + "y"
        return _bare(word[:-2])
    if last == "g" and word.endswith("ing") and size > 5:
        return _bare(word[:-3])
    if last == "e":
        return word[:-1]
    if last == "y" and word.endswith("ly") and size > 5:
        return _bare(word[:-2])
    return word


def _bare(word: str) -> str:
    if word[-1] == word[-2] and word[-1] not in "ls":
        return word[:-1]
    return word[:-1] if word[-1] == "e" else word


def fold(text: str) -> tuple[str, Sequence[int] | None]:
    """Return the text in one spelling of its characters, and each character's offset in it (None: unchanged)."""
    folded = text.translate(_PLAIN)
    if folded.isascii():
        return folded.lower(), None
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(folded):
        if character.isascii():
            characters.append(character.lower())
            offsets.append(offset)
            continue
        for part in unicodedata.normalize("NFKD", character).lower().translate(_PLAIN):
            if unicodedata.category(part) not in ("Mn", "Cf", "Me"):
                characters.append(part)
                offsets.append(offset)
            elif part == "\u0301" and characters and characters[-1] == " ":
                characters[-1] = "'"  # The acute accent used as an apostrophe, in a form that takes it apart.
    return "".join(characters), offsets


def read(text: str) -> Letter:
    """Take a text apart."""
    folded, offsets = fold(text)
    tokens = _TOKEN.findall(folded)
    if not _LETTERS.isdisjoint(tokens):
        folded, offsets = _joined(folded, offsets)
        tokens = _TOKEN.findall(folded)
    clauses, named = _clauses(tokens)
    return Letter(text, folded, offsets, clauses, named, len(tokens))


def _joined(folded: str, offsets: Sequence[int] | None) -> tuple[str, Sequence[int] | None]:
    """Return the text with letters that were typed apart put together."""
    characters: list[str] = []
    kept: list[int] = []
    end = 0
    for match in re.finditer(_APART, folded):
        characters.append(folded[end : match.start()])
        kept.extend(range(end, match.start()))
        end = match.end()
        characters.append(folded[match.start() : end : 2])
        kept.extend(range(match.start(), end, 2))
    if not kept:
        return folded, offsets
    characters.append(folded[end:])
    kept.extend(range(end, len(folded)))
    return "".join(characters), kept if offsets is None else [offsets[place] for place in kept]


def _clauses(tokens: Sequence[str]) -> tuple[Sequence[Clause], frozenset[str]]:
    known = lexicon().get
    subjects, joining = nominatives()
    clauses: list[Clause] = []
    named: set[str] = set()
    who = {"m": PARTNER, "f": PARTNER, "n": PARTNER}  # whom he, she and they stand for
    words: list[str] = []
    places: list[int] = []
    denied: list[str] = []
    subject = previous = NOBODY
    negated = 0
    supposed = wondering = False
    size = len(tokens)

    def close() -> None:
        nonlocal words, places, denied, subject, previous, negated, supposed
        if words:
            if subject is NOBODY:
                subject = previous
            clauses.append(Clause(words, places, subject, denied, supposed or wondering))
            previous = subject
            words, places, denied = [], [], []
        subject = NOBODY
        negated = 0
        supposed = False

    for place, token in enumerate(tokens):
        entry = known(token)
        if entry is None and not token.isalpha():
            if token[0].isdigit():  # 3, 3rd, 3wks
                entry = known(token.lstrip("0123456789")) or _NUMBER
            else:
                token = token.translate(_LEET)
                entry = known(token)
        if entry is None:
            word = stem(token)
        else:
            action, word, gender = entry
            if action == _FILLER:
                if words and token in joining and place + 1 < size and tokens[place + 1] in subjects:
                    close()
                continue
            if action == _END:
                if token == "?" and words:
                    supposed = True
                close()
                previous = NOBODY
                wondering = False
                continue
            if action == _COMMA:
                close()
                continue
            if action == _JOIN:
                close()
            elif action == _HE:
                word = who[gender]
            elif action == _KIN:
                named.add(word)
                who[gender] = word
                if word is PARTNER:
                    who["n"] = PARTNER
            elif action == _NEGATION:
                negated = NEGATION_REACH + 1
            elif action == _SUPPOSE:
                supposed = True
            if len(words) >= LONG_CLAUSE and token in subjects:
                close()
            if subject is NOBODY and action in (_HE, _KIN, _PERSON):
                subject = word
        if negated:
            negated -= 1
            if negated < NEGATION_REACH:
                denied.append(word)
        words.append(word)
        places.append(place)
        if len(words) >= MAX_CLAUSE:
            close()
    close()
    return clauses, frozenset(named)
