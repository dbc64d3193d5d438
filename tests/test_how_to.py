"""The examples in the guides are run."""

import doctest
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs" / "how-to").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_do_what_it_says(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    text = page.read_text("utf-8")
    names: dict[str, object] = {"__name__": page.stem}
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)

    for number, block in enumerate(blocks, 1):
        test = doctest.DocTestParser().get_doctest(block, names, f"{page.name}[{number}]", str(page), 0)
        assert test.examples
        runner = doctest.DocTestRunner(verbose=False)
        runner.run(test, clear_globs=False)
        names.update(test.globs)
        assert 0 == runner.failures
    assert blocks


@pytest.mark.parametrize("page", [*PAGES, ROOT / "docs" / "compatibility.md"], ids=lambda page: page.stem)
def test_the_pictures_and_pages_that_a_page_points_to_are_there(page):
    targets = re.findall(r"\]\(((?!https?:)[^)]+)\)", page.read_text("utf-8"))

    assert [] == [target for target in targets if not (page.parent / target).exists()]
