"""Pages that are written from the package itself when the site is built: the guide, item by item, and the API.

They lie under `docs/guide/` and `docs/reference/`, which are not committed.
"""

from __future__ import annotations

import inspect
import pathlib
from collections.abc import Iterable, Iterator, Sequence

from sphinx.application import Sphinx

import openup
import openup.testing

#: The reference's sections: heading, and the private modules whose names it holds.
_SECTIONS = {
    "Asking": {"_recommend"},
    "Safety": {"_safety"},
    "Evidence": {"_evidence"},
    "The guide's content": {"_content"},
    "Looking things up, and guides of your own": {"_loading"},
    "Rendering": {"_html", "_render"},
}


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before Sphinx looks for its sources."""
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write(app: Sphinx) -> None:
    root = pathlib.Path(app.srcdir)
    pages = {root / name: "\n".join(lines) + "\n" for name, lines in _guide(openup.builtin_guide())}
    pages[root / "reference" / "index.md"] = "\n".join(_reference()) + "\n"
    for path in {*root.glob("guide/**/*.md"), *root.glob("reference/*.md")} - pages.keys():
        path.unlink()
    for path, text in pages.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:  # Pages that stay the same are not built anew.
            path.write_text(text, "utf-8")


def _guide(guide: openup.Guide) -> Iterator[tuple[str, Iterable[str]]]:
    yield "guide/index.md", _overview(guide)
    yield "guide/quotes.md", _quotes(guide)
    for reason in guide.reasons:
        yield f"guide/reasons/{reason.id}.md", _reason(guide, reason)
    for strategy in guide.strategies:
        yield f"guide/strategies/{strategy.id}.md", _strategy(guide, strategy)


def _overview(guide: openup.Guide) -> Iterator[str]:
    source = guide.sources[0]
    yield "# The guide"
    yield ""
    yield (
        f"Everything that `openup` can answer with: {len(guide.reasons)} reasons why somebody may hold back, "
        f"{len(guide.strategies)} strategies, and {len(guide.quotes)} verbatim quotes of {len(guide.experts)} experts, "
        f"from [{source.title}]({source.url}) ({source.publisher}). This page and those below it are written from the "
        f"data that ships (guide version {guide.version})."
    )
    yield ""
    yield (
        "The wording is ours unless it stands in quotation marks. What restates the article links to the quote that it "
        "rests on; what goes beyond the article is marked [ours]{.basis}."
    )
    yield from ("", "## Reasons", "", "| reason | id | first to try |", "| --- | --- | --- |")
    for reason in guide.reasons:
        first = guide.strategy(reason.strategies[0])
        yield (
            f"| [{reason.title}](reasons/{reason.id}.md) | `{reason.id}` | [{first.title}](strategies/{first.id}.md) |"
        )
    yield from ("", "## Strategies", "", "| strategy | id |", "| --- | --- |")
    for strategy in guide.strategies:
        yield f"| [{strategy.title}](strategies/{strategy.id}.md) | `{strategy.id}` |"
    yield from ("", "## Experts", "")
    for expert in guide.experts:
        count = len(guide.find_quotes(expert=expert.id))
        yield f"- **{expert.name}** (`{expert.id}`), {expert.credentials}: {count} quotes."
    yield from ("", "All their words are on the page of [quotes](quotes.md).", "")
    yield from ("```{toctree}", ":hidden:", "", "quotes")
    yield from (f"reasons/{reason.id}" for reason in guide.reasons)
    yield from (f"strategies/{strategy.id}" for strategy in guide.strategies)
    yield "```"


def _quotes(guide: openup.Guide) -> Iterator[str]:
    yield from ("# Quotes", "", "Verbatim and whole, in the order of the article's data.", "")
    for quote in guide.quotes:
        yield from (f"({quote.id})=", f"## {quote.expert.name}: {quote.id}", "", *_words(quote), "")
        reasons = [f"[{guide.reason(id).title}](reasons/{id}.md)" for id in quote.reasons]
        strategies = [f"[{guide.strategy(id).title}](strategies/{id}.md)" for id in quote.strategies]
        yield f"Stands behind: {', '.join([*reasons, *strategies]) or 'nothing yet'}."
        yield ""


def _words(quote: openup.Quote) -> Iterator[str]:
    url = quote.source.url
    where = f"[{quote.source.publisher}]({url})" if url else quote.source.publisher
    words = quote.text.replace("[", "\\[").replace("]", "\\]")
    yield f"> “{words}”"
    yield ">"
    yield f"> — {quote.expert.name}, {quote.expert.credentials} ({where})"


def _reason(guide: openup.Guide, reason: openup.Reason) -> Iterator[str]:
    yield from (f"# {reason.title}", "", f"Reason `{reason.id}`", "", _passage(guide, reason.summary), "")
    yield from ("## How it tends to show", "", *_list(guide, reason.signs), "")
    yield from ("## What to ask", "")
    yield f"- Of the partner: {_passage(guide, reason.question)}"
    yield f"- Of oneself: {_passage(guide, reason.question_self)}"
    yield from ("", "## What to try, best first", "")
    for number, id in enumerate(reason.strategies, 1):
        yield f"{number}. [{guide.strategy(id).title}](../strategies/{id}.md)"
    yield from ("", *_behind(guide, reason.quotes))


def _strategy(guide: openup.Guide, strategy: openup.Strategy) -> Iterator[str]:
    yield from (f"# {strategy.title}", "", f"Strategy `{strategy.id}`", "", _passage(guide, strategy.summary), "")
    yield from (f"**Why it works.** {_passage(guide, strategy.why)}", "")
    yield from ("## Steps", "")
    yield from (f"{number}. {_passage(guide, step)}" for number, step in enumerate(strategy.steps, 1))
    yield from ("", "## One could say", "")
    yield from (f"- “{opener.text}”" for opener in strategy.openers)
    yield from ("", "## To the one who holds back", "", _passage(guide, strategy.for_self), "")
    yield from ("## When not", "", strategy.not_when.text, "")
    serves = [reason for reason in guide.reasons if strategy.id in reason.strategies]
    if serves:
        yield from ("## Serves", "", *(f"- [{reason.title}](../reasons/{reason.id}.md)" for reason in serves), "")
    yield from _behind(guide, strategy.quotes)


def _behind(guide: openup.Guide, quotes: Sequence[str]) -> Iterator[str]:
    yield from ("## What the experts said", "")
    for id in quotes:
        yield from (*_words(guide.quote(id)), "")


def _list(guide: openup.Guide, passages: Iterable[openup.Passage]) -> Iterator[str]:
    return (f"- {_passage(guide, passage)}" for passage in passages)


def _passage(guide: openup.Guide, passage: openup.Passage) -> str:
    if passage.editorial:
        return f"{passage.text} [ours]{{.basis}}"
    known = {quote.id for quote in guide.quotes}
    links = ", ".join(f"[{id}](#{id})" if id in known else id for id in passage.rests_on)
    return f"{passage.text} [{links}]{{.basis}}"


def _reference() -> Iterator[str]:
    yield "# API reference"
    yield ""
    yield (
        "Everything public is a name of `openup` or of `openup.testing`; what starts with an underscore may change at "
        "any time. Every value here is frozen, and has the `to_dict()` and `from_dict()` that are described once, with "
        "`Recommendation`."
    )
    homes = {name: inspect.getmodule(getattr(openup, name)) for name in openup.__all__}
    modules = {name: home.__name__.removeprefix("openup.") for name, home in homes.items() if home}
    homeless = {*modules.values()}.difference(*_SECTIONS.values())
    if homeless:
        raise LookupError(f"docs/_ext/from_package.py has no section for the names of {', '.join(sorted(homeless))}")
    for heading, held in _SECTIONS.items():
        names = [name for name in modules if modules[name] in held]
        yield from ("", f"## {heading}")
        # What one calls before what one gets.
        for name in sorted(names, key=lambda name: (inspect.isclass(getattr(openup, name)), name)):
            yield from ("", f"### {name}", "", "```{eval-rst}", *_directive(name), "```")
    yield from ("", "## Testing programs that use openup", "", "These are names of `openup.testing`.")
    for name in openup.testing.__all__:
        yield from ("", f"### {name}", "", "```{eval-rst}", f".. autofunction:: openup.testing.{name}", "```")


def _directive(name: str) -> Iterator[str]:
    value = getattr(openup, name)
    if not inspect.isclass(value):
        yield f".. autofunction:: openup.{name}"
        return
    yield f".. auto{'exception' if issubclass(value, Exception) else 'class'}:: openup.{name}"
    if issubclass(value, str):  # An enumeration: its members need no words of their own.
        yield "   :undoc-members:"
    if name == "Recommendation":
        yield "   :inherited-members:"
