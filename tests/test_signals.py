"""Features are what the model weighs; each can be pointed at in the text."""

from collections import Counter

import pytest
from hypothesis import given

from openup import _signals, _text
from texts import TEXTS


@given(TEXTS)
def test_every_feature_of_a_clause_is_located_and_nothing_else_is(text: str):
    for clause in _text.read(text).clauses:
        located = [feature for feature, _ in _signals.located(clause)]

        assert Counter(_signals.features(clause)) == Counter(located)


@given(TEXTS)
def test_a_feature_is_located_at_words_that_are_in_it(text: str):
    for clause in _text.read(text).clauses:
        for feature, indices in _signals.located(clause):
            named = {feature} if isinstance(feature, str) else set(feature)

            assert {clause.words[index] for index in indices} <= named


@pytest.mark.parametrize(
    "text", ["my husband is shy", "he never talks to me", "is he shy?", "if he trusted me", "I do not trust my brother"]
)
def test_each_word_of_a_clause_is_a_feature_of_its_own(text: str):
    (clause,) = _text.read(text).clauses

    assert set(clause.words) <= {feature for feature in _signals.features(clause) if isinstance(feature, str)}


def test_what_is_denied_asked_or_about_somebody_else_has_other_features():
    readings = {}
    for text in ("he trusts her.", "he does not trust her.", "does he trust her?", "my brother trusts her."):
        (clause,) = _text.read(text).clauses
        readings[text] = frozenset(_signals.features(clause))

    assert 4 == len(set(readings.values()))
