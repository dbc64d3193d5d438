"""Recommendations and quotes as plain text, Markdown and JSON-LD; HTML has a module of its own."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ._content import Quote, Source
from ._recommend import Outcome, Perspective, Recommendation
from ._safety import SafetyNotice

#: What can be rendered.
Renderable = Recommendation | Quote | Iterable[Quote]

NO_MATCH = "Nothing here matches: this does not seem to be about a partner who holds back."
NO_REASON = "Your words do not say why, and guessing would not help."
REASONS = "What may be in the way"
STRATEGIES = "What to try"
QUOTES = "What the experts say"
QUESTIONS = "What would help to know"
SAFETY = "Please read this first"

_WIDTH = 88


def as_quotes(value: Quote | Iterable[Quote]) -> Sequence[Quote]:
    """Return one quote or several as a sequence, or raise `TypeError`."""
    if isinstance(value, Quote):
        return [value]
    quotes = list(value) if isinstance(value, Iterable) else [value]
    for item in quotes:
        if not isinstance(item, Quote):
            raise TypeError(f"expected a Recommendation, a Quote or several quotes, not {type(item).__name__}")
    return quotes


def percent(confidence: float) -> str:
    """Return a confidence as people read it; only what the person has said is certain."""
    return "over 99%" if 0.995 <= confidence < 1 else f"{confidence:.0%}"


def web_address(source: Source) -> str | None:
    """Return the address of a source if it is one that a page may link to."""
    return source.url if source.url is not None and re.fullmatch(r"https?://[^\s<>\"\\]+", source.url) else None


def to_text(value: Renderable) -> str:
    """Return a recommendation or quotes as plain text, made for a terminal or a plain e-mail."""
    if not isinstance(value, Recommendation):
        return "\n\n".join("\n".join(_quote(quote)) for quote in as_quotes(value))
    if value.safety is not None:
        lines = _safety(value.safety)
    elif value.outcome is Outcome.NO_MATCH:
        lines = _wrap(NO_MATCH)
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
    yield REASONS.upper()
    if not value.reasons:
        yield from _wrap(NO_REASON, "  ")
    for match in value.reasons:
        yield from _wrap(f"{match.reason.title} ({percent(match.confidence)})", "  ")
        yield from _wrap(match.reason.summary.text, "    ")
        for evidence in match.evidence:
            yield from _wrap(f"You wrote: “{evidence.text}”", "    ")
    if value.strategies:
        yield ""
        yield STRATEGIES.upper()
    for number, item in enumerate(value.strategies, 1):
        strategy = item.strategy
        yield from _wrap(strategy.title, f"  {number}. ")
        yield from _wrap((strategy.for_self if for_self else strategy.summary).text, "     ")
        if not for_self:
            for step in strategy.steps:
                yield from _wrap(step.text, "     - ")
        yield from _wrap(f"You could say: “{strategy.openers[0].text}”", "     ") if strategy.openers else ()
        yield from _wrap(f"When not: {strategy.not_when.text}", "     ")
    if value.quotes:
        yield ""
        yield QUOTES.upper()
    for quote in value.quotes:
        yield from _quote(quote, "  ")
    if value.questions:
        yield ""
        yield QUESTIONS.upper()
        for question in value.questions:
            yield from _wrap(question.text, "  - ")


def to_markdown(value: Renderable, *, level: int = 2) -> str:
    """Return a recommendation or quotes as CommonMark, in which nobody's words can become markup.

    Args:
        value: What to render.
        level: Level of the highest headings, 1 to 5.
    """
    if not isinstance(value, Recommendation):
        blocks: Iterable[str] = map(_md_quote, as_quotes(value))
    elif value.safety is not None:
        blocks = _md_safety(value.safety, "#" * level)
    elif value.outcome is Outcome.NO_MATCH:
        blocks = [NO_MATCH]
    else:
        blocks = _md_guidance(value, "#" * level)
    return "\n\n".join(blocks) + "\n"


def clean(text: str) -> str:
    """Return the text without the characters that no page may hold: controls and halves of surrogate pairs."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)


def _md(text: str) -> str:
    """Return the text on one line, with everything escaped that Markdown would read as markup."""
    line = " ".join(clean(text).split())
    line = re.sub(r"([\\`*_{}\[\]<>#|~&$])", r"\\\1", line)
    return re.sub(r"^(\d*)([-+=.)])", r"\1\\\2", line)


def _md_quote(quote: Quote) -> str:
    url = web_address(quote.source)
    title = f"[{_md(quote.source.title)}](<{url}>)" if url else f"*{_md(quote.source.title)}*"
    by = f"— {_md(quote.expert.name)}, {_md(quote.expert.credentials)}, {title}, {_md(quote.source.publisher)}"
    return f"> “{_md(quote.text)}”\n>\n> {by}"


def _md_safety(notice: SafetyNotice, mark: str) -> Iterator[str]:
    yield f"{mark} {SAFETY}"
    for paragraph in notice.message.split("\n\n"):
        yield _md(paragraph)
    if notice.resources:
        yield "\n".join(
            f"- **{_md(item.name)}**: {_md(item.contact)}. {_md(f'{item.how} {item.hours}')}"
            for item in notice.resources
        )
    words = [f"“{_md(evidence.text)}”" for risk in notice.risks for evidence in risk.evidence]
    yield "What this rests on: " + "; ".join(words)


def _md_guidance(value: Recommendation, mark: str) -> Iterator[str]:
    for_self = value.perspective is Perspective.SELF
    yield f"{mark} {REASONS}"
    if not value.reasons:
        yield NO_REASON
    for match in value.reasons:
        yield f"{mark}# {_md(match.reason.title)} ({percent(match.confidence)})"
        yield _md(match.reason.summary.text)
        if match.evidence:
            yield "You wrote: " + "; ".join(f"“{_md(evidence.text)}”" for evidence in match.evidence)
    if value.strategies:
        yield f"{mark} {STRATEGIES}"
    for number, item in enumerate(value.strategies, 1):
        strategy = item.strategy
        yield f"{mark}# {number}. {_md(strategy.title)}"
        yield _md((strategy.for_self if for_self else strategy.summary).text)
        if strategy.steps and not for_self:
            yield "\n".join(f"- {_md(step.text)}" for step in strategy.steps)
        if strategy.openers:
            yield f"You could say: “{_md(strategy.openers[0].text)}”"
        yield f"When not: {_md(strategy.not_when.text)}"
    if value.quotes:
        yield f"{mark} {QUOTES}"
        yield from map(_md_quote, value.quotes)
    if value.questions:
        yield f"{mark} {QUESTIONS}"
        yield "\n".join(f"- {_md(question.text)}" for question in value.questions)


def to_json_ld(value: Renderable) -> str:
    """Return the quotes of a recommendation, or the quotes given, as JSON-LD: schema.org `Quotation`.

    One quote gives one object, everything else a `@graph`. The text may stand in a `<script>` element as it is.
    """
    if isinstance(value, Quote):
        data = {"@context": "https://schema.org", **_quotation(value)}
    else:
        quotes = value.quotes if isinstance(value, Recommendation) else as_quotes(value)
        data = {"@context": "https://schema.org", "@graph": [_quotation(quote) for quote in quotes]}
    text = json.dumps(data, indent=2)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _quotation(quote: Quote) -> dict[str, Any]:
    source = quote.source
    work = {
        "@type": "CreativeWork",
        "name": source.title,
        "publisher": {"@type": "Organization", "name": source.publisher},
    }
    url = web_address(source)
    return {
        "@type": "Quotation",
        "identifier": quote.id,
        "text": quote.text,
        "creator": {"@type": "Person", "name": quote.expert.name, "description": quote.expert.credentials},
        "isPartOf": {**work, "url": url} if url else work,
    }
