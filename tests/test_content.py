import attrs
import pytest

import openup

GUIDE = openup.builtin_guide()


def test_the_guide_holds_what_the_article_says():
    assert 7 == len(openup.reasons())
    assert 8 == len(openup.strategies())
    assert 10 == len(openup.quotes())
    assert ["gary-brown", "christie-tcharkhoutian"] == [expert.id for expert in openup.experts()]
    assert ["elite-daily"] == [source.id for source in openup.sources()]


def test_experts_have_the_credentials_the_article_gives_them():
    brown, tcharkhoutian = openup.experts()

    assert "a prominent couples' therapist in Los Angeles" == brown.credentials
    assert (
        "licensed marriage and family therapist and professional matchmaker at Three Day Rule"
        == tcharkhoutian.credentials
    )


@pytest.mark.parametrize("reason", openup.reasons(), ids=lambda reason: reason.id)
def test_each_reason_is_complete_and_rests_on_a_quote(reason):
    assert reason.quotes
    assert reason.summary.rests_on
    assert len(reason.signs) >= 2
    assert reason.question.text.endswith("?")
    assert reason.question_self.text.endswith("?")
    assert 3 == len(reason.strategies)


@pytest.mark.parametrize("strategy", openup.strategies(), ids=lambda strategy: strategy.id)
def test_each_strategy_is_complete_and_rests_on_a_quote(strategy):
    assert strategy.quotes
    assert strategy.why.rests_on
    assert 2 <= len(strategy.steps) <= 4
    assert 1 <= len(strategy.openers) <= 2
    assert strategy.for_self.text
    assert strategy.not_when.text


def test_a_passage_without_a_basis_is_editorial():
    reason = GUIDE.reason("past-hurt")

    assert reason.signs[0].editorial
    assert not reason.summary.editorial


def test_quotes_are_found_by_expert_reason_and_strategy():
    found = openup.quotes(expert="gary-brown", strategy="be-patient")

    assert ["gary-brown-6", "gary-brown-7"] == [quote.id for quote in found]
    assert {"gary-brown-6"} == {quote.id for quote in openup.quotes(strategy="be-patient", reason="feels-pressured")}


def test_a_quote_knows_the_topics_that_rest_on_it():
    quote = GUIDE.quote("christie-tcharkhoutian-1")

    assert ("topic-specific",) == quote.reasons
    assert ("dont-personalize", "explore-reasons") == quote.strategies


@pytest.mark.parametrize("kind", ["source", "expert", "quote", "reason", "strategy"])
def test_an_unknown_id_is_named_together_with_the_nearest_known_one(kind):
    known = getattr(GUIDE, {"strategy": "strategies"}.get(kind, kind + "s"))[0].id

    with pytest.raises(openup.UnknownIdError, match=f"unknown {kind} '{known}x'.*did you mean '{known}'"):
        getattr(GUIDE, kind)(known + "x")


def test_an_unknown_id_in_a_search_is_an_error_too():
    with pytest.raises(LookupError, match="unknown expert 'gary-braun'"):
        openup.quotes(expert="gary-braun")


def test_values_cannot_be_changed():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        openup.reasons()[0].title = "x"


def test_a_repr_fits_on_a_line():
    assert "Reason(id='feels-unsafe', title='Opening up does not feel safe')" == repr(GUIDE.reason("feels-unsafe"))


@pytest.mark.parametrize("kind", ["source", "expert", "quote", "reason", "strategy"])
def test_everything_is_found_by_its_id(kind):
    for item in getattr(GUIDE, {"strategy": "strategies"}.get(kind, kind + "s")):
        assert item is getattr(GUIDE, kind)(item.id)


def test_a_quote_as_a_string_names_who_said_it():
    assert (
        "“I recommend patience” — Dr. Gary Brown, a prominent couples' therapist in Los Angeles (Elite Daily)"
        == str(GUIDE.quote("gary-brown-6"))
    )


def test_a_passage_as_a_string_is_its_wording():
    assert GUIDE.reasons[0].summary.text == str(GUIDE.reasons[0].summary)


def test_a_passage_reads_as_its_text():
    summary = GUIDE.reason("past-hurt").summary

    assert summary.text == str(summary)
