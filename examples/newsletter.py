"""A newsletter's quote of the week, as Markdown, HTML mail and JSON-LD: `python examples/newsletter.py OUTPUT`."""

import datetime
import pathlib
import sys
from email.message import EmailMessage

import openup


def quote_of_the_week(day: datetime.date) -> openup.Quote:
    """Return the same quote all week, and each quote in its turn."""
    quotes = openup.quotes()
    return quotes[day.toordinal() // 7 % len(quotes)]


def mail(quote: openup.Quote) -> EmailMessage:
    """Return a mail with the quote as text and as HTML."""
    message = EmailMessage()
    message["Subject"] = f"{quote.expert.name} on opening up"
    message.set_content(openup.to_text(quote))
    message.add_alternative(openup.to_html(quote, document=True, email=True), subtype="html")
    return message


def web_page(quote: openup.Quote) -> str:
    """Return a page that people can read and search engines understand."""
    structured = f'<script type="application/ld+json">\n{openup.to_json_ld(quote)}\n</script>\n'
    return openup.to_html(quote, document=True).replace("</head>", structured + "</head>")


def main(target: pathlib.Path, day: datetime.date) -> None:
    """Write this week's files."""
    quote = quote_of_the_week(day)
    target.mkdir(parents=True, exist_ok=True)
    (target / "quote.md").write_text(openup.to_markdown(quote), encoding="utf-8")
    (target / "quote.html").write_text(web_page(quote), encoding="utf-8")
    (target / "quote.eml").write_bytes(bytes(mail(quote)))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), datetime.date.today())
