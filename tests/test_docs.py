"""Runs every Python example in README.md and under docs/."""

import doctest
import pathlib

import pytest
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser

ROOT = pathlib.Path(__file__).parent.parent
WRITTEN_BY_THE_BUILD = {"_build", "guide", "reference"}

PAGES = [
    page
    for page in (ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")))
    if not WRITTEN_BY_THE_BUILD.intersection(page.relative_to(ROOT).parts) and "```python" in page.read_text("utf-8")
]
READER = Sybil(
    [PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE), SkipParser()],
    path=str(ROOT),
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_work_from_top_to_bottom(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")

    for example in READER.parse(page).examples():
        example.evaluate()
