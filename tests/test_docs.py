"""Runs every Python example in README.md and under docs/, and holds figures that are told twice together."""

import doctest
import pathlib
import re

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


def test_the_figures_in_the_readme_are_those_of_the_page_on_quality():
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    quality = (ROOT / "docs" / "quality.md").read_text("utf-8").partition("\n## dev.jsonl\n")[2]
    told = re.findall(r"(?:finds|notices) (\d+) %", readme)

    measured = [
        re.search(rf"\| `{figure}` +\| +([\d.]+)", quality)[1] for figure in ("reasons_recall", "safety_recall")
    ]

    assert [f"{float(figure):.0%}".rstrip("%") for figure in measured] == told
