"""Make the pictures of the documentation anew: `python docs/pictures.py [CHROMIUM]`.

Needs the packages `playwright` and `pillow` and a Chromium; look at every picture before it is committed.
"""

from __future__ import annotations

import io
import pathlib
import sys

from PIL import Image
from playwright.sync_api import sync_playwright

import openup

TARGET = pathlib.Path(__file__).parent / "_static"
HURT = openup.recommend(
    "We have been married for six years and I love him. He goes quiet whenever I ask what's wrong. "
    "His ex cheated on him.\n\nI only want to know how he feels."
)
DANGER = openup.recommend(
    "My husband won't talk to me. Last night he hit me and I am scared.",
)
NOTEBOOK = """<!doctype html><meta name="color-scheme" content="light dark">
<style>:root { color-scheme: light dark; } body { margin: 1em; font: 14px/1.4 system-ui, sans-serif; }</style>
<pre>&gt;&gt;&gt; openup.recommend(letter)</pre>
"""

PAGES = {
    "guidance": openup.to_html(HURT, document=True),
    "safety": openup.to_html(DANGER, document=True),
    "quotes": openup.to_html(openup.quotes(expert="christie-tcharkhoutian"), document=True),
    "email": openup.to_html(HURT, document=True, email=True),
    "notebook": NOTEBOOK + HURT._repr_html_(),
}


def main() -> None:
    """Take each page in both widths and both schemes."""
    chromium = sys.argv[1] if len(sys.argv) > 1 else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        for width in (1280, 375):
            for scheme in ("light", "dark"):
                page = browser.new_page(viewport={"width": width, "height": 600}, color_scheme=scheme)
                for name, text in PAGES.items():
                    page.set_content(text)
                    assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
                    picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
                    # Few colours make a small file, and text needs no more.
                    path = TARGET / f"{name}-{width}-{scheme}.png"
                    picture.convert("RGB").quantize(32).save(path, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
