"""Recommendations and quotes as HTML: a fragment, a page, an e-mail, a notebook's output."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping

from ._content import Quote, Resource
from ._evidence import Evidence
from ._recommend import Outcome, Perspective, ReasonMatch, Recommendation, StrategyMatch
from ._render import (
    NO_MATCH,
    NO_REASON,
    QUESTIONS,
    QUOTES,
    REASONS,
    SAFETY,
    STRATEGIES,
    Renderable,
    as_quotes,
    clean,
    percent,
    web_address,
)
from ._safety import SafetyNotice

# No colour of text or ground is set but translucent ones, so that it fits any page, light or dark.
STYLE = """\
.openup { line-height: 1.5; overflow-wrap: break-word; }
.openup mark { background: rgba(255, 190, 0, .32); color: inherit; border-bottom: .125em solid rgb(190, 130, 0); }
.openup blockquote { margin: 0; padding: .1em 1em; border-left: .25em solid rgba(128, 128, 128, .6); }
.openup figure { margin: 1.25em 0; break-inside: avoid; }
.openup figcaption { padding: 0 1.25em; font-size: .9em; }
.openup meter { width: 8em; max-width: 50%; height: 1em; vertical-align: -.1em; }
.openup li { margin: .3em 0; }
.openup ol > li { margin: 1em 0; }
.openup ol > li > :first-child { margin: 0; }
.openup .openup-resource { padding: .5em 1em; border: 1px solid rgba(128, 128, 128, .6); border-radius: .5em; }
"""
_PAGE_STYLE = """\
:root { color-scheme: light dark; }
body { margin: 0; background: Canvas; color: CanvasText; font: 100%/1.5 system-ui, sans-serif; }
main { max-width: 42rem; margin: 0 auto; padding: 1rem; }
"""
# What an e-mail needs: most programs that show e-mail drop style sheets, and some turn colours over, so that each
# colour of text comes with its ground.
_INLINE = {
    "section": "font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5;max-width:600px;",
    "mark": "background-color:#ffe9a8;color:#1a1a1a;",
    "blockquote": "margin:0;padding:0 0 0 16px;border-left:4px solid #767676;",
    "figure": "margin:20px 0;",
    "figcaption": "padding-left:20px;font-size:14px;",
    "h1": "font-size:24px;line-height:1.3;margin:24px 0 12px 0;",
    "h2": "font-size:20px;line-height:1.3;margin:24px 0 8px 0;",
    "h3": "font-size:17px;line-height:1.3;margin:16px 0 4px 0;",
    "p": "margin:8px 0;",
    "ol": "margin:8px 0;padding-left:24px;",
    "ul": "margin:8px 0;padding-left:24px;",
    "li": "margin:4px 0;",
}
# What can be followed in a contact: pages, and numbers to dial. Those come first or after a bare "or"; a number to text
# comes after more words.
_LINKS = re.compile(
    r"""(?P<page>https?://[^\s<>"\\]+)
    |(?P<site>(?<![\w.@/-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[\w./-]*\w)?(?![\w@]))
    |(?P<number>(?:^|(?<=\bor\ ))(?!24/7)\+?\(?\d(?:[ ()/-]*\d){2,})""",
    re.VERBOSE | re.ASCII,
)
_TITLES = {
    (Outcome.GUIDANCE, Perspective.PARTNER): "When your partner does not open up",
    (Outcome.GUIDANCE, Perspective.SELF): "When you find it hard to open up",
    (Outcome.SAFETY, None): SAFETY,
    (Outcome.NO_MATCH, None): "No advice on this",
}


def to_html(value: Renderable, *, level: int = 2, document: bool = False, email: bool = False) -> str:
    """Return a recommendation or quotes as HTML, with everything escaped and the evidence marked.

    Args:
        value: What to render.
        level: Level of the highest headings of a fragment, 1 to 5. A page has one of level 1 besides.
        document: Return a whole page instead of a fragment for one.
        email: Style each element by itself and use none that programs for e-mail do not know.
    """
    if not isinstance(value, Recommendation):
        value = as_quotes(value)
    body = _Html(_INLINE if email else {}, 2 if document else level, titled=document).body(value)
    if not document:
        return body + "\n"
    title = _TITLES[value.outcome, value.perspective] if isinstance(value, Recommendation) else QUOTES
    heading = f'<h1 style="{_INLINE["section"]}font-size:24px;">{title}</h1>' if email else f"<h1>{title}</h1>"
    style = ":root { color-scheme: light dark; }\n" if email else _PAGE_STYLE + STYLE
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
{heading}
{body}
</main>
</body>
</html>
"""


def notebook(value: Recommendation | Quote) -> str:
    """Return what a notebook shows of a value."""
    return f"<style>\n{STYLE}</style>\n{to_html(value, level=3)}"


def _text(text: str) -> str:
    return html.escape(clean(text))


def _said(text: str) -> str:
    """Return words that a person wrote; they may run in another direction than the page."""
    return f"<bdi>{_text(text)}</bdi>"


class _Html:
    """The elements of one rendering, which share the styles and the level of the headings."""

    def __init__(self, inline: Mapping[str, str], level: int, titled: bool) -> None:
        self.inline = inline
        self.level = level
        self.titled = titled

    def tag(self, name: str, content: str, attributes: str = "") -> str:
        style = self.inline.get(name)
        if self.inline:
            attributes = re.sub(r'class="[^"]*"', "", attributes)
        shown = " ".join(filter(None, (name, attributes.strip(), f'style="{style}"' if style else "")))
        return f"<{shown}>{content}</{name}>"

    def heading(self, text: str, below: int = 0) -> str:
        return self.tag(f"h{min(6, self.level + below)}", text)

    def paragraph(self, text: str) -> str:
        return self.tag("p", text)

    def body(self, value: Recommendation | Iterable[Quote]) -> str:
        if not isinstance(value, Recommendation):
            parts: Iterable[str] = map(self.quote, value)
            kind = "quotes"
        elif value.safety is not None:
            parts = self.safety(value.text, value.safety)
            kind = "safety"
        elif value.outcome is Outcome.NO_MATCH:
            parts = [self.paragraph(NO_MATCH)]
            kind = "no-match"
        else:
            parts = self.guidance(value)
            kind = "guidance"
        return self.tag("section", "\n" + "\n".join(parts) + "\n", f'class="openup openup-{kind}" lang="en"')

    def quote(self, quote: Quote) -> str:
        url = web_address(quote.source)
        cite = f'cite="{_text(url)}"' if url else ""
        title = self.tag("cite", _text(quote.source.title))
        if url:
            title = self.tag("a", title, f'href="{_text(url)}"')
        by = (
            f"— {_text(quote.expert.name)}, {_text(quote.expert.credentials)}, {title}, {_text(quote.source.publisher)}"
        )
        said = self.tag("blockquote", self.paragraph(f"“{_text(quote.text)}”"), cite)
        return self.tag("figure", f"\n{said}\n{self.tag('figcaption', by)}\n", 'class="openup-quote"')

    def letter(self, text: str, evidence: Iterable[Evidence]) -> str:
        """Return the person's text with the evidence marked, where that overlaps in one piece."""
        parts: list[str] = []
        done = 0
        for start, end in _united(evidence, len(text)):
            parts.append(_text(text[done:start]))
            parts.append(self.tag("mark", _text(text[start:end])))
            done = end
        parts.append(_text(text[done:]))
        lines = re.sub(r"\r\n|\r|\n", "<br>", "".join(parts).strip())
        return self.tag("blockquote", self.paragraph(lines), 'class="openup-letter" dir="auto"')

    def safety(self, text: str, notice: SafetyNotice) -> Iterator[str]:
        if not self.titled:
            yield self.heading(SAFETY)
        for paragraph in notice.message.split("\n\n"):
            yield self.paragraph(_text(paragraph))
        yield from map(self.resource, notice.resources)
        yield self.heading("What this rests on")
        yield self.letter(text, [evidence for risk in notice.risks for evidence in risk.evidence])

    def resource(self, resource: Resource) -> str:
        how = " ".join(filter(None, (resource.how, resource.hours)))
        lines = f"{self.tag('strong', _text(resource.name))}: {self.contact(resource.contact)}<br>{_text(how)}"
        return self.tag("p", lines, 'class="openup-resource"')

    def contact(self, text: str) -> str:
        parts: list[str] = []
        done = 0
        for found in _LINKS.finditer(text):
            shown = _text(found[0])
            number = re.sub(r"[^\d+]", "", found[0])
            address = {"page": shown, "site": f"https://{shown}", "number": f"tel:{number}"}[found.lastgroup or ""]
            parts += [_text(text[done : found.start()]), self.tag("a", shown, f'href="{address}"')]
            done = found.end()
        return "".join([*parts, _text(text[done:])])

    def guidance(self, value: Recommendation) -> Iterator[str]:
        yield self.heading("What you wrote")
        yield self.letter(value.text, [evidence for match in value.reasons for evidence in match.evidence])
        yield self.heading(REASONS)
        if not value.reasons:
            yield self.paragraph(NO_REASON)
        for match in value.reasons:
            yield from self.reason(match)
        if value.strategies:
            yield self.heading(STRATEGIES)
            items = (self.strategy(item, value.perspective is Perspective.SELF) for item in value.strategies)
            yield self.tag("ol", "\n" + "\n".join(items) + "\n")
        if value.quotes:
            yield self.heading(QUOTES)
            yield from map(self.quote, value.quotes)
        if value.questions:
            yield self.heading(QUESTIONS)
            yield self.tag("ul", "".join(self.tag("li", _text(question.text)) for question in value.questions))

    def reason(self, match: ReasonMatch) -> Iterator[str]:
        yield self.heading(_text(match.reason.title), below=1)
        sure = f"{percent(match.confidence)} sure"
        if not self.inline:
            # The number stands beside it, so that the bar is for the eye alone.
            sure = f'<meter min="0" max="1" value="{match.confidence:.3f}" aria-hidden="true"></meter> {sure}'
        yield self.paragraph(sure)
        yield self.paragraph(_text(match.reason.summary.text))
        if match.evidence:
            words = "; ".join(f"“{_said(evidence.text)}”" for evidence in match.evidence)
            yield self.paragraph(f"You wrote: {words}")

    def strategy(self, match: StrategyMatch, for_self: bool) -> str:
        strategy = match.strategy
        parts = [
            self.heading(_text(strategy.title), below=1),
            self.paragraph(_text((strategy.for_self if for_self else strategy.summary).text)),
        ]
        if strategy.steps and not for_self:
            parts.append(self.tag("ul", "".join(self.tag("li", _text(step.text)) for step in strategy.steps)))
        if strategy.openers:
            parts.append(self.paragraph(f"You could say: “{_text(strategy.openers[0].text)}”"))
        parts.append(self.paragraph(f"When not: {_text(strategy.not_when.text)}"))
        return self.tag("li", "\n".join(parts))


def _united(evidence: Iterable[Evidence], size: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches that evidence covers, in order and without overlap."""
    start = end = 0
    for item in sorted(evidence, key=lambda item: item.start):
        first, last = max(0, item.start), min(size, item.end)
        if first > end:
            if start < end:
                yield start, end
            start, end = first, last
        else:
            start, end = (start, max(end, last)) if start < end else (first, last)
    if start < end:
        yield start, end
