"""Words to their stems."""

import pytest

from openup import _text


@pytest.mark.parametrize(
    "forms",
    [
        "cheat cheats cheated cheating",
        "worry worries worried",
        "kiss kisses kissed kissing",
        "stop stopped stopping",
        "share shares shared sharing",
        "quiet quietly",
        "husband husband's husbands",
        "press presses pressed",
    ],
)
def test_the_forms_of_a_word_have_one_stem(forms: str):
    assert 1 == len({*map(_text.stem, forms.split())}), {*map(_text.stem, forms.split())}


@pytest.mark.parametrize("word", ["boss", "famous", "red", "bed", "thing", "only", "goin'", "a", "is"])
def test_what_only_looks_inflected_stays_as_it_is(word: str):
    assert word == _text.stem(word)
