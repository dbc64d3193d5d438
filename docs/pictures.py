"""Make the pictures of the documentation anew: `nox -s pictures`; look at every one before it is committed.

The pictures of renderings are taken here. Those of the playground are taken by its tests, in a folder that is named on
the command line: `python docs/pictures.py [FOLDER]`. Needs Chromium, found as the tests find it.
"""

from __future__ import annotations

import io
import os
import pathlib
import shutil
import sys

from PIL import Image
from playwright.sync_api import sync_playwright

import openup

TARGET = pathlib.Path(__file__).parent / "_static"
OF_THE_PLAYGROUND = ("playground", "playground-dark")
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


def keep(name: str, picture: Image.Image) -> None:
    """Write a picture in few colours: that makes a small file, and text needs no more."""
    # Counting colours by how much room they take would leave none for a few marked words.
    few = picture.convert("RGB").quantize(64, method=Image.Quantize.MAXCOVERAGE)
    few.save(TARGET / f"{name}.png", optimize=True)


def main() -> None:
    """Take each page in both widths and both schemes."""
    for name in OF_THE_PLAYGROUND if sys.argv[1:] else ():
        keep(name, Image.open(pathlib.Path(sys.argv[1]) / f"{name}.png"))
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
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
                    shot = page.screenshot(full_page=True)
                    keep(f"{name}-{width}-{scheme}", Image.open(io.BytesIO(shot)))
        browser.close()


if __name__ == "__main__":
    main()
