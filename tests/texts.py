"""Texts for the tests: what people write, what keyboards make of it, and what nobody writes."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

#: Plain texts whose answers are not in doubt, and the outcome of each.
PLAIN = {
    "He goes quiet whenever I ask what's wrong. His ex cheated on him.": "guidance",
    "My wife never shares anything.": "guidance",
    "My husband won't talk to me. Last night he punched me in the face.": "safety",
    "he hit me": "safety",
    "How do I descale a kettle?": "no-match",
    "": "no-match",
}

_WORDS = """
I me my we he she they him her his wife husband partner girlfriend boyfriend ex brother dad friend not never no nothing
can't won't doesn't if whether maybe because but and so or that talk talks talking share shares feelings quiet shy trust
trusts hurt cheated lied judge criticise push nag pressure date dating met weeks work money family hit punched kill
myself die gun let see friends allowed threatened k.i.l.l s u i c i d e k1ll kettle weather CAFÉ naïve fiancée İstanbul
straße ﬁne don’t “shuts down” ‘fine’ ‑ – — … ... . ? ! , ; : ( ) " '' ` ´
\t \u00a0 \u200b \u200d \u202e \ufeff \ud800 \0 🙂 👩‍❤️‍👨 愛 e\u0301
"""

_words = st.sampled_from([*_WORDS.replace("\n", " ").split(" "), "\n", "\n\n"])
_SENTENCES = [*PLAIN, "My husband is shy.", "We only met in May.", "I keep it all in."]
_letters = st.lists(st.sampled_from(_SENTENCES), max_size=4)

#: Any text, with a lean to those that say something.
TEXTS = st.one_of(
    st.text(),
    st.text(st.characters(codec=None)),
    st.lists(_words, max_size=40).map(" ".join),
    st.lists(_words, max_size=20).map("".join),
    _letters.map(" ".join),
    st.tuples(_letters.map(" ".join), st.text(), _letters.map("\n".join)).map("".join),
)

#: What stands around a text without being part of it.
SPACE = st.text(
    "".join(c for c in map(chr, range(0x3001)) if c.isspace() and unicodedata.category(c) != "Cc") + "\t\n\r"
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
