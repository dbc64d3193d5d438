"""Coverage-guided search for texts that break a promise: `nox -s fuzz`.

What it finds is written to a file `crash-…`; its text becomes an `@example` in `tests/test_properties.py`.
"""

from __future__ import annotations

import pathlib
import sys
import tempfile

import atheris

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

with atheris.instrument_imports(include=["openup"]):
    import openup

import contract
from texts import PLAIN


def check(data: bytes) -> None:
    """Check every promise for the text that the fuzzer's bytes stand for."""
    provider = atheris.FuzzedDataProvider(data)
    text = provider.ConsumeUnicode(len(data)) if data[:1] < b"\x10" else data.decode("utf-8", "replace")

    r = openup.recommend(text)

    contract.assert_kept(text, r)
    assert r == openup.Recommendation.from_dict(r.to_dict())
    openup.to_text(r)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as corpus:
        for number, text in enumerate(PLAIN):
            (pathlib.Path(corpus) / str(number)).write_text(text)
        # A corpus of one's own, named on the command line, is added to.
        atheris.Setup([*sys.argv, corpus], check)
        atheris.Fuzz()
