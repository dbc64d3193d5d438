"""Recommendations and quotes as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ._content import Quote
from ._recommend import Outcome, Perspective, Recommendation
from ._safety import SafetyNotice

_WIDTH = 88


def to_text(value: Recommendation | Quote) -> str:
    """Return a recommendation or a quote as plain text, made for a terminal or a plain e-mail."""
    if isinstance(value, Quote):
        return "\n".join(_quote(value))
    if value.safety is not None:
        lines = _safety(value.safety)
    elif value.outcome is Outcome.NO_MATCH:
        lines = _wrap("Nothing here matches: this does not seem to be about a partner who holds back.")
    else:
        lines = _guidance(value)
    return "\n".join(lines)


def _wrap(text: str, first: str = "", rest: str | None = None) -> Iterator[str]:
    rest = " " * len(first) if rest is None else rest
    for paragraph in text.split("\n"):
        yield from textwrap.wrap(paragraph, _WIDTH, initial_indent=first, subsequent_indent=rest) or [""]
        first = rest


def _quote(quote: Quote, indent: str = "") -> Iterator[str]:
    yield from _wrap(f"“{quote.text}”", indent, indent)
    yield from _wrap(f"— {quote.expert.name}, {quote.expert.credentials} ({quote.source.publisher})", indent + "  ")


def _safety(notice: SafetyNotice) -> Iterator[str]:
    yield from _wrap(notice.message)
    for resource in notice.resources:
        yield ""
        yield from _wrap(f"{resource.name}: {resource.contact}", "* ")
        yield from _wrap(f"{resource.how} {resource.hours}", "  ")
    words = [evidence.text for risk in notice.risks for evidence in risk.evidence]
    yield ""
    yield from _wrap("What this rests on: " + "; ".join(f"“{word}”" for word in words))


def _guidance(value: Recommendation) -> Iterator[str]:
    for_self = value.perspective is Perspective.SELF
    yield "WHAT MAY BE IN THE WAY"
    if not value.reasons:
        yield from _wrap("Your words do not say why, and guessing would not help.", "  ")
    for match in value.reasons:
        yield from _wrap(f"{match.reason.title} ({match.confidence:.0%})", "  ")
        yield from _wrap(match.reason.summary.text, "    ")
        for evidence in match.evidence:
            yield from _wrap(f"You wrote: “{evidence.text}”", "    ")
    yield ""
    yield "WHAT TO TRY"
    for number, item in enumerate(value.strategies, 1):
        strategy = item.strategy
        yield from _wrap(strategy.title, f"  {number}. ")
        yield from _wrap((strategy.for_self if for_self else strategy.summary).text, "     ")
        if not for_self:
            for step in strategy.steps:
                yield from _wrap(step.text, "     - ")
        yield from _wrap(f"You could say: “{strategy.openers[0].text}”", "     ") if strategy.openers else ()
        yield from _wrap(f"When not: {strategy.not_when.text}", "     ")
    yield ""
    yield "WHAT THE EXPERTS SAY"
    for quote in value.quotes:
        yield from _quote(quote, "  ")
    if value.questions:
        yield ""
        yield "WHAT WOULD HELP TO KNOW"
        for question in value.questions:
            yield from _wrap(question.text, "  - ")
