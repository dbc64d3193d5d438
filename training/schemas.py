"""Write the JSON Schema of recommendations from the types in the source: `python training/schemas.py`.

The schema of guides is written by hand: a guide file may leave things out that a `Guide` always has.
"""

from __future__ import annotations

import json
import pathlib
from typing import Any

from pydantic import TypeAdapter

import openup

TARGET = pathlib.Path(__file__).parent.parent / "src" / "openup" / "data" / "recommendation.schema.json"

# What the types alone do not say.
BOUNDS: dict[str, dict[str, Any]] = {
    "confidence": {"minimum": 0, "maximum": 1},
    "start": {"minimum": 0},
    "end": {"minimum": 0},
    "schema_version": {"const": 1},
}
EMPTY = {"maxItems": 0}
ADVICE = ("reasons", "strategies", "quotes", "questions")


def schema() -> dict[str, Any]:
    """Return the schema of what `Recommendation.to_dict` returns."""
    made = TypeAdapter(openup.Recommendation).json_schema(mode="serialization")
    for definition in (made, *made["$defs"].values()):
        for name, field in definition.get("properties", {}).items():
            field.pop("title", None)
            field.update(BOUNDS.get(name, {}))
    none, some = {"type": "null"}, {"not": {"type": "null"}}
    rules = {
        "guidance": {"perspective": some, "safety": none},
        "safety": {"perspective": none, "safety": some, **dict.fromkeys(ADVICE, EMPTY)},
        "no-match": {"perspective": none, "safety": none, **dict.fromkeys(ADVICE, EMPTY)},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:openup:recommendation:1",
        **made,
        "title": "openup recommendation",
        "allOf": [
            {"if": {"properties": {"outcome": {"const": outcome}}}, "then": {"properties": properties}}
            for outcome, properties in rules.items()
        ],
    }


def main() -> None:
    """Write the file."""
    TARGET.write_text(json.dumps(schema(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
