"""Features are what the model weighs; each can be pointed at in the text."""

from collections import Counter

import pytest
from hypothesis import given

from openup import _signals, _text
from texts import TEXTS


@given(TEXTS)
def test_every_feature_of_a_clause_is_located_and_nothing_else_is(text: str):
    clauses = _text.read(text).clauses
    for index in range(len(clauses)):
        located = [feature for feature, _ in _signals.located(clauses, index)]

        assert Counter(_signals.features(clauses, index)) == Counter(located)


@given(TEXTS)
def test_a_feature_is_located_at_words_that_are_in_it(text: str):
    clauses = _text.read(text).clauses
    words = {place: word for clause in clauses for word, place in zip(clause.words, clause.places)}
    for index in range(len(clauses)):
        for feature, places in _signals.located(clauses, index):
            assert {words[place] for place in places} <= set(feature.split(" "))


@pytest.mark.parametrize(
    "text", ["my husband is shy", "he never talks to me", "is he shy?", "if he trusted me", "I do not trust my brother"]
)
def test_each_word_of_a_clause_is_a_feature_of_its_own(text: str):
    clauses = _text.read(text).clauses

    assert set(clauses[0].words) <= set(_signals.features(clauses, 0))


def test_what_is_denied_asked_or_about_somebody_else_has_other_features():
    texts = ("he trusts her.", "he does not trust her.", "does he trust her?", "my brother trusts her.")
    readings = [frozenset(_signals.features(_text.read(text).clauses, 0)) for text in texts]

    assert 4 == len(set(readings))


def test_the_words_of_the_neighbouring_clauses_are_features_too():
    clauses = _text.read("He is quiet. His ex cheated on him. I wait.").clauses

    assert {"~ quiet", "~ wait"} <= set(_signals.features(clauses, 1))
