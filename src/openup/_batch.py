"""Situations by the line: JSON Lines or CSV in, recommendations out, one at a time and in order."""

from __future__ import annotations

import contextlib
import csv
import functools
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Any

import attrs

from ._content import Guide, UnknownIdError
from ._recommend import Situation, recommend

_FIELDS = tuple(attrs.fields_dict(Situation))
_LISTS = ("known_reasons", "ruled_out", "tried")


@attrs.frozen
class Row:
    """One situation as it came in.

    Attributes:
        line: Number of the line it starts on.
        raw: The line or, of CSV, the lines; bytes that are no UTF-8 are kept as surrogates.
        data: What the line says, or None where `fault` tells why that cannot be known.
        fault: What is wrong with the line by itself.
        size: How many bytes were read for it.
    """

    line: int
    raw: str
    data: Mapping[str, Any] | None
    fault: str | None
    size: int


def decoded(file: IO[bytes]) -> Iterator[str]:
    """Yield the lines of a file; bytes that are no UTF-8 become surrogates."""
    for number, line in enumerate(file):
        text = line.decode("utf-8", "surrogateescape")
        yield text.removeprefix("\ufeff") if number == 0 else text


def read_jsonl(file: IO[bytes]) -> Iterator[Row]:
    """Yield the situations of a JSON Lines file: an object, or the bare text, on each line."""
    for number, line in enumerate(decoded(file), 1):
        raw = line.rstrip("\r\n")
        if not raw.strip():
            continue
        try:
            _check_encoding(raw)
            data = json.loads(raw)
        except (ValueError, RecursionError) as error:
            yield Row(number, raw, None, str(error) or "nested too deep", _size(line))
            continue
        if isinstance(data, str):
            data = {"text": data}
        if isinstance(data, Mapping):
            yield Row(number, raw, data, None, _size(line))
        else:
            yield Row(number, raw, None, f"expected an object or a text, not {type(data).__name__}", _size(line))


def read_csv(file: IO[bytes]) -> Iterator[Row]:
    """Yield the situations of a CSV file with a header; lists of ids are divided by spaces, commas or semicolons."""
    csv.field_size_limit(2**31 - 1)
    taken: list[str] = []  # the lines of the row that is being read

    def lines() -> Iterator[str]:
        for line in decoded(file):
            taken.append(line)
            yield line

    body = lines()
    head = next(body, "")
    delimiter = max(",;\t", key=head.count)
    names = [name.strip() for name in next(csv.reader([head], delimiter=delimiter), [])]
    # Strict: a quote left open would swallow the rest of the file without a word.
    rows = csv.reader(body, delimiter=delimiter, strict=True)
    while True:
        line = rows.line_num + 2
        taken.clear()
        fault = None
        cells: list[str] = []
        try:
            cells = next(rows)
            _check_encoding("".join(cells))
        except StopIteration:
            return
        except (ValueError, csv.Error) as error:
            fault = str(error)
        raw = "".join(taken)
        if not raw.strip():
            continue
        if fault is None and len(cells) != len(names):
            fault = f"expected {len(names)} cells, as in the header, not {len(cells)}"
        data: dict[str, Any] = dict(zip(names, cells))
        for name in _LISTS:
            if name in data:
                data[name] = data[name].replace(",", " ").replace(";", " ").split()
        if not data.get("region"):
            data.pop("region", None)
        yield Row(line, raw.rstrip("\r\n"), None if fault else data, fault, _size(raw))


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _check_encoding(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"not UTF-8 at character {error.start + 1}") from None


def situation(data: Mapping[str, Any], text: str, region: str | None) -> Situation:
    """Return the situation that a row tells of.

    Args:
        data: The row.
        text: Name of the field with the text.
        region: What counts where the row names none.

    Raises:
        ValueError: The row tells of none; the message says why.
    """
    if text not in data:
        raise ValueError(f"field {text!r} is missing")
    fields = {name: value for name, value in data.items() if name in _FIELDS and name != "text"}
    for name in data:
        if name not in _FIELDS and name != text and (meant := _misspelt(name)):
            raise ValueError(f"unknown field {name!r} (did you mean {meant!r}?)")
    if not isinstance(data.get("id"), (str, int, float, type(None))):
        raise ValueError("field 'id': expected a text or a number")
    return Situation.from_dict({"region": region, **fields, "text": data[text]})


@functools.lru_cache(maxsize=1024)
def _misspelt(name: str) -> str | None:
    """Return the field that a name is nearly like; other fields are the program's own and passed over."""
    import difflib

    return next(iter(difflib.get_close_matches(name[:100], _FIELDS, n=1, cutoff=0.85)), None)


def run(
    rows: Iterable[Row],
    output: IO[str],
    errors: Callable[[Row, str], None],
    *,
    text: str = "text",
    region: str | None = None,
    guide: Guide | None = None,
    after: int = 0,
    progress: Callable[[int], object] = lambda size: None,
) -> tuple[int, int]:
    """Write a recommendation for each row, and return how many were written and how many rows were bad.

    Args:
        rows: What comes in.
        output: Takes one JSON object a line: `line`, `id` if the row has one, `recommendation`.
        errors: Called with each bad row and what is wrong with it.
        text: Name of the field with the text.
        region: Region of the rows that name none.
        guide: The guide to answer with.
        after: Number of the last line that is done already.
        progress: Called with the number of bytes read since the last call.
    """
    written = bad = 0
    for row in rows:
        progress(row.size)
        if row.line <= after:
            continue
        try:
            if row.data is None:
                raise ValueError(row.fault)
            answer = recommend(situation(row.data, text, region), guide=guide)
        except (ValueError, UnknownIdError) as error:
            errors(row, str(error))
            bad += 1
            continue
        result: dict[str, Any] = {"line": row.line}
        if "id" in row.data:
            result["id"] = row.data["id"]
        result["recommendation"] = answer.to_dict()
        output.write(json.dumps(result) + "\n")
        output.flush()  # So that what a stop leaves behind is what was done.
        written += 1
    return written, bad


def last_line(path: str) -> int:
    """Return the number of the last situation in a file that `run` wrote, and cut off a line that a stop left torn."""
    if not os.path.exists(path):
        return 0
    with open(path, "r+b") as file:
        end = size = file.seek(0, os.SEEK_END)
        tail = b""
        while end and tail.count(b"\n") < 2:
            start = max(0, end - 65536)
            file.seek(start)
            tail = file.read(end - start) + tail
            end = start
        torn = len(tail) - (tail.rfind(b"\n") + 1)
        if torn:
            file.truncate(size - torn)
        lines = tail[: len(tail) - torn].splitlines()
        if not lines:
            return 0
        with contextlib.suppress(ValueError, TypeError, KeyError):
            return int(json.loads(lines[-1])["line"])
    raise ValueError(f"{path}: the last line is not one that `openup batch` wrote")
