"""What the network sees of a letter: its words, whom each is about, and what is denied or only supposed."""

import pytest
from hypothesis import given

from openup import _signals, _text
from texts import TEXTS


def seen(text: str) -> _signals.Signals:
    return _signals.signals(_text.read(text))


@given(TEXTS)
def test_every_word_of_every_clause_is_seen_once_and_in_order(text: str):
    letter = _text.read(text)
    found = _signals.signals(letter)

    assert [word for clause in letter.clauses for word in clause.words] == [*found.words]
    assert len(found.words) == len(found.states)
    assert [list(clause.words) for clause in letter.clauses] == [
        [*found.words[stretch.start : stretch.stop]] for stretch in found.clauses
    ]
    assert [clause.places for clause in letter.clauses] == [stretch.places for stretch in found.clauses]


@given(TEXTS)
def test_states_are_within_what_the_network_has_values_for(text: str):
    found = seen(text)

    assert all(0 <= state < _signals.STATES for state in found.states)
    assert all(0 <= clause.state < _signals.CLAUSE_STATES for clause in found.clauses)


def test_what_is_denied_asked_or_about_somebody_else_is_in_another_state():
    texts = ("he trusts her.", "he does not trust her.", "does he trust her?", "my brother trusts her.")

    assert 4 == len({(found.states[found.words.index("trust")]) for found in map(seen, texts)})


@pytest.mark.parametrize(
    ("stated", "supposed"),
    [("He is shy.", "Is he shy?"), ("He was hurt.", "Maybe he was hurt."), ("She nags.", "If she nags.")],
)
def test_a_clause_that_is_only_supposed_is_in_a_state_of_its_own(stated: str, supposed: str):
    assert seen(stated).clauses[0].state + 1 == seen(supposed).clauses[0].state
