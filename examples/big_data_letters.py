"""What both big-data examples share: a table of letters in, a table of answers out, and letters to try it with."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

import openup

#: The answers' columns. `error` says why a row has no answer; all others are then missing.
ANSWER = {
    "id": "int64",
    "outcome": "string",
    "perspective": "string",
    "reason": "string",
    "confidence": "float64",
    "strategy": "string",
    "error": "string",
}


def answer(id: int, text: Any) -> dict[str, object]:
    """Return the row that answers a letter. A row that cannot be read is an answer too, and stops nobody else's."""
    if pd.isna(text):  # None, NaN or NA: each engine has its own.
        return {"id": id, "error": "the text is missing"}
    try:
        r = openup.recommend(text)
    except TypeError as error:
        return {"id": id, "error": str(error)}
    best = r.reasons[0] if r.reasons else None
    return {
        "id": id,
        "outcome": r.outcome.value,
        "perspective": r.perspective.value if r.perspective else None,
        "reason": best.reason.id if best else None,
        "confidence": best.confidence if best else None,
        "strategy": r.strategies[0].strategy.id if r.strategies else None,
    }


def answer_table(letters: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the answer to each letter. It looks at one row at a time, so that any split will do."""
    rows = [answer(id, text) for id, text in zip(letters["id"], letters["text"], strict=True)]
    return pd.DataFrame(rows, columns=list(ANSWER)).astype(ANSWER)


def answer_batches(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Answer a partition batch by batch, as Spark's `mapInPandas` hands it over."""
    for batch in batches:
        # Spark's Arrow wants plain objects with None, where pandas has a string type with NA.
        table = answer_table(batch).astype(object)
        yield table.where(table.notna(), None)


_OPENINGS = [
    "I don't know what to do any more.",
    "We have been together for four years and live in a small flat.",
    "My girlfriend and I met at work.",
    "My husband is a good father, and I love him.",
]
_TROUBLES = [
    "He goes quiet whenever I ask what's wrong.",
    "She never tells me what she feels.",
    "He says he is fine and goes to the garage.",
    "How do I descale a kettle?",
    "Last night he punched me in the face.",
]
_CAUSES = [
    "His ex cheated on him.",
    "She is shy and quiet with everyone.",
    "We have only been dating for six weeks.",
    "He says I keep nagging him about it.",
    "She trusts nobody, not even her sister.",
    "The car needs new tyres before the winter.",
]


def sample_letters(rows: int) -> pd.DataFrame:
    """Return made-up letters, shuffled, every 997th of them missing as rows in real tables are."""
    combinations = [" ".join(parts) for parts in itertools.product(_OPENINGS, _TROUBLES, _CAUSES)]
    texts: list[str | None] = [*itertools.islice(itertools.cycle(combinations), rows)]
    texts[::997] = [None] * len(texts[::997])
    random.Random(7).shuffle(texts)
    return pd.DataFrame({"id": range(rows), "text": pd.array(texts, dtype="string")})
