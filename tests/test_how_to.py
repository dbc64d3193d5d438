"""The how-to pages point to what is there; their examples are run by test_docs.py."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs" / "how-to").glob("*.md"))


@pytest.mark.parametrize("page", [*PAGES, ROOT / "docs" / "compatibility.md"], ids=lambda page: page.stem)
def test_the_pictures_and_pages_that_a_page_points_to_are_there(page):
    targets = re.findall(r"\]\(((?!https?:)[^)]+)\)", page.read_text("utf-8"))

    assert [] == [target for target in targets if not (page.parent / target.partition("#")[0]).exists()]
