"""Pages that `openup.to_html` makes, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext

import openup

PAGES = {
    "guidance": openup.recommend("He goes quiet whenever I ask what's wrong. His ex cheated on him."),
    "questions": openup.recommend("my wife never shares anything"),
    "safety": openup.recommend(openup.Situation("he hit me", region="GB")),
    "no match": openup.recommend("how do I descale a kettle"),
    "quotes": openup.quotes(),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits_the_screen(context: BrowserContext, name, width, scheme):
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)

    page.set_content(openup.to_html(PAGES[name], document=True))

    assert [] == [(found["id"], len(found["nodes"])) for found in Axe().run(page).response["violations"]]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
