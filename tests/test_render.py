"""Answers as plain text."""

import openup

HURT = "He goes quiet whenever I ask what's wrong. His ex cheated on him."


def test_a_quote_is_printed_with_who_said_it_and_where():
    quote = openup.quotes()[0]

    printed = " ".join(openup.to_text(quote).split())

    assert f"“{quote.text}”" in printed
    assert printed.endswith(f"— {quote.expert.name}, {quote.expert.credentials} ({quote.source.publisher})")


def test_without_a_reason_it_says_so_and_asks():
    r = openup.recommend("my wife never shares anything")

    printed = openup.to_text(r)

    assert "Your words do not say why" in printed
    assert "WHAT WOULD HELP TO KNOW" in printed
    assert r.questions[0].text in " ".join(printed.split())


def test_a_reader_who_holds_back_is_spoken_to_as_such():
    r = openup.recommend("I can't tell my husband how I feel, I keep everything to myself.")

    printed = " ".join(openup.to_text(r).split())

    assert r.strategies[0].strategy.for_self.text in printed
    assert r.strategies[0].strategy.steps[0].text not in printed


def test_a_reason_is_printed_with_its_confidence_and_evidence():
    r = openup.recommend(HURT)

    printed = " ".join(openup.to_text(r).split())

    assert f"{r.reasons[0].reason.title} ({r.reasons[0].confidence:.0%})" in printed
    assert "You wrote: “His ex cheated on him”" in printed


def test_no_line_is_wider_than_a_terminal():
    for text in (HURT, "he hit me", "how do I descale a kettle", "my wife never shares anything"):
        assert max(map(len, openup.to_text(openup.recommend(text)).splitlines())) <= 88
