"""The subcommands: `openup batch`, `openup quotes`, `openup guide check`."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import IO

from . import _batch
from ._content import Guide, Quote, UnknownIdError
from ._loading import GuideError, builtin_guide, load_guide
from ._safety import check_region

_BATCH = """\
Read situations, one a line, and write a recommendation for each, in the same order.

  openup batch < situations.jsonl > recommendations.jsonl
  openup batch situations.csv --output recommendations.jsonl --errors bad.jsonl
  openup batch situations.csv --output recommendations.jsonl --errors bad.jsonl --resume

A line of JSON Lines is a text or an object with the field "text" and, if you like, "id", "known_reasons", "ruled_out",
"tried" and "region"; a CSV file has these as columns. Other fields are passed over. Each line that is written has the
fields "line", "id" (if there was one) and "recommendation".
"""
_BATCH_STATUS = """\
exit status:
  0    every line has its recommendation
  1    some lines were bad: the file of --errors holds them, standard error only their numbers
  2    the command line is wrong, or a file cannot be read or written
  130  stopped by Ctrl-C; --resume goes on from there
  141  whoever read the output stopped before its end, as `| head` may
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of all subcommands."""
    raw = argparse.RawDescriptionHelpFormatter
    top = argparse.ArgumentParser(prog="openup")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    batch = commands.add_parser(
        "batch", help="many situations", description=_BATCH, epilog=_BATCH_STATUS, formatter_class=raw
    )
    batch.add_argument("input", nargs="?", default="-", help="the file; standard input by default")
    batch.add_argument("-o", "--output", metavar="FILE", help="where to write; standard output by default")
    batch.add_argument("--errors", metavar="FILE", help="where to write bad lines, with their numbers")
    batch.add_argument("--format", choices=["jsonl", "csv"], help="of the input; by its name or JSON Lines by default")
    batch.add_argument("--text-field", metavar="NAME", default="text", help="the field or column with the text")
    batch.add_argument("--region", metavar="CODE", help="country of the lines that name none, such as GB")
    batch.add_argument("--guide", metavar="FILE", help="your own guide")
    batch.add_argument("--resume", action="store_true", help="go on where the output file ends")
    batch.set_defaults(run=_run_batch, parser=batch)

    quotes = commands.add_parser("quotes", help="the experts' words", description="Print quotes with their speakers.")
    quotes.add_argument("--format", choices=[*_QUOTES], default="text", help="text by default")
    quotes.add_argument("--expert", metavar="ID", help="only what this expert said")
    quotes.add_argument("--reason", metavar="ID", help="only what this reason rests on")
    quotes.add_argument("--strategy", metavar="ID", help="only what this strategy rests on")
    quotes.add_argument("--guide", metavar="FILE", help="your own guide")
    quotes.set_defaults(run=_run_quotes, parser=quotes)

    guide = commands.add_parser("guide", help="a guide of your own")
    check = guide.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "check", help="look for faults", description="Read a guide and print all its faults, each with its place."
    )
    check.add_argument("file", help="the guide's JSON file; '-' is standard input")
    check.set_defaults(run=_run_check, parser=check)
    return top


def main(arguments: Sequence[str]) -> int:
    """Run a subcommand and return the exit status."""
    options = parser().parse_args(arguments)
    chosen: argparse.ArgumentParser = options.parser
    try:
        status: int = options.run(options)
    except (GuideError, UnknownIdError, ValueError) as error:
        chosen.error(str(error))
    return status


def _guide(options: argparse.Namespace) -> Guide:
    return load_guide(options.guide) if options.guide else builtin_guide()


def _run_batch(options: argparse.Namespace) -> int:
    if options.resume and not options.output:
        raise ValueError("--resume needs --output")
    paths = [os.path.realpath(path) for path in (options.input, options.output, options.errors) if path and path != "-"]
    if len({*paths}) < len(paths):
        raise ValueError("input, output and errors must be different files")
    region = check_region(options.region) if options.region else None
    guide = _guide(options)
    after = 0
    if options.resume:
        after = max(_batch.last_line(path) for path in (options.output, options.errors) if path)
    by_name = "csv" if options.input.lower().endswith(".csv") else "jsonl"
    read = {"csv": _batch.read_csv, "jsonl": _batch.read_jsonl}[options.format or by_name]
    with contextlib.ExitStack() as stack:
        source: IO[bytes] = sys.stdin.buffer
        if options.input != "-":
            source = stack.enter_context(open(options.input, "rb"))
        output = _writer(options.output, after, stack) or sys.stdout
        bad_lines = _writer(options.errors, after, stack)
        progress = stack.enter_context(_progress(source, to_terminal=output is sys.stdout and sys.stdout.isatty()))

        def report(row: _batch.Row, fault: str) -> None:
            if bad_lines:
                print(json.dumps({"line": row.line, "error": fault, "input": row.raw}), file=bad_lines, flush=True)
            else:
                # Never the words themselves: what is printed here often ends in a log.
                print(f"line {row.line}: {fault}", file=sys.stderr)

        try:
            _, bad = _batch.run(
                read(source),
                output,
                report,
                text=options.text_field,
                region=region,
                guide=guide,
                after=after,
                progress=progress,
            )
        except KeyboardInterrupt:
            return 130
    return 1 if bad else 0


def _writer(path: str | None, after: int, stack: contextlib.ExitStack) -> IO[str] | None:
    """Return a file to write to: a new one, or one to go on with."""
    return stack.enter_context(open(path, "a" if after else "w", encoding="utf-8")) if path else None


@contextlib.contextmanager
def _progress(source: IO[bytes], to_terminal: bool) -> Iterator[Callable[[int], object]]:
    """Give a function to call with the bytes read; it draws a bar if a person watches and `tqdm` is installed."""
    if to_terminal or not sys.stderr.isatty():
        yield lambda size: None
        return
    try:
        import tqdm
    except ImportError:
        yield lambda size: None
        return
    total = None
    with contextlib.suppress(OSError):
        total = os.fstat(source.fileno()).st_size or None
    with tqdm.tqdm(total=total, unit="B", unit_scale=True, unit_divisor=1024, file=sys.stderr) as bar:
        yield bar.update


def _run_quotes(options: argparse.Namespace) -> int:
    found = _guide(options).find_quotes(expert=options.expert, reason=options.reason, strategy=options.strategy)
    text = _QUOTES[options.format](found)
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding).rstrip("\n") + "\n" if text else "")
    return 0


def _text(quotes: Sequence[Quote]) -> str:
    from ._render import to_text

    return to_text(quotes)


def _markdown(quotes: Sequence[Quote]) -> str:
    from ._render import to_markdown

    return to_markdown(quotes)


def _html(quotes: Sequence[Quote]) -> str:
    from ._html import to_html

    return to_html(quotes, document=True)


def _json_ld(quotes: Sequence[Quote]) -> str:
    from ._render import to_json_ld

    return to_json_ld(quotes)


def _jsonl(quotes: Sequence[Quote]) -> str:
    return "\n".join(json.dumps(quote.to_dict()) for quote in quotes)


def _csv(quotes: Sequence[Quote]) -> str:
    import csv
    import io

    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["id", "text", "expert", "credentials", "source", "publisher", "url", "reasons", "strategies"])
    for quote in quotes:
        source, expert = quote.source, quote.expert
        who = (expert.name, expert.credentials)
        topics = (" ".join(quote.reasons), " ".join(quote.strategies))
        cells = (quote.id, quote.text, *who, source.title, source.publisher, source.url or "", *topics)
        writer.writerow(map(_cell, cells))
    return file.getvalue()


def _cell(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


_QUOTES: dict[str, Callable[[Sequence[Quote]], str]] = {
    "text": _text,
    "jsonl": _jsonl,
    "md": _markdown,
    "html": _html,
    "json-ld": _json_ld,
    "csv": _csv,
}


def _run_check(options: argparse.Namespace) -> int:
    try:
        guide = load_guide(sys.stdin.buffer if options.file == "-" else options.file)
    except GuideError as error:
        for fault in error.faults:
            print(f"{options.file}: {fault}")
        return 1
    known = {reason.id for reason in builtin_guide().reasons}
    for reason in guide.reasons:
        if reason.id not in known and not reason.examples:
            print(f"{options.file}: note: reason {reason.id!r} has no examples, so that no text is matched with it")
    counts = ", ".join(
        f"{len(getattr(guide, section))} {section}"
        for section in ("reasons", "strategies", "quotes", "experts", "sources")
    )
    print(f"{options.file}: no faults; guide {guide.id!r} {guide.version}: {counts}")
    return 0
