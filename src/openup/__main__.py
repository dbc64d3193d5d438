"""The command line: `openup "…"`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

from . import Outcome, Situation, UnknownIdError, __version__, load_guide, recommend
from ._render import to_text

_DESCRIPTION = """\
Describe a situation with a partner who does not open up, in your own words, and read what experts advise.

  openup "My husband goes quiet whenever I ask what is wrong."
  openup - < letter.txt
  openup --json --region GB "…"

And, each with a --help of its own:

  openup batch < situations.jsonl > recommendations.jsonl
  openup quotes --format md --expert gary-brown
  openup guide check ours.json
"""

_EPILOG = """\
exit status:
  0    guidance
  1    the text is about something else
  2    the command line is wrong, or a file cannot be read or written
  3    the text shows danger: a safety notice is printed in place of guidance
  141  whoever read the output stopped before its end, as `| head` may

Nothing is sent, stored or logged. This is published advice, picked by a program; it is no diagnosis and no therapy.
"""

_STATUS = {Outcome.GUIDANCE: 0, Outcome.NO_MATCH: 1, Outcome.SAFETY: 3}
_CUT_OFF = 141  # what a shell reports of other programs then: 128 and the number of SIGPIPE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="openup", description=_DESCRIPTION, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("text", help="the situation; '-' reads it from standard input")
    parser.add_argument("--json", action="store_true", help="print the whole recommendation as JSON")
    parser.add_argument("--region", metavar="CODE", help="country whose help services to name, such as GB")
    parser.add_argument("--known", metavar="REASON", action="append", default=[], help="a reason that is confirmed")
    parser.add_argument("--ruled-out", metavar="REASON", action="append", default=[], help="a reason that is denied")
    parser.add_argument("--tried", metavar="STRATEGY", action="append", default=[], help="a strategy already tried")
    parser.add_argument("--guide", metavar="FILE", help="your own guide to answer with")
    parser.add_argument("--version", action="version", version=f"openup {__version__}")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    Args:
        arguments: The arguments after the program's name; those of the process by default.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        try:
            # Imported here: these are rarely wanted, and the text of a situation is never one of their names.
            if arguments and arguments[0] in ("batch", "quotes", "guide"):
                from . import _commands

                return _commands.main(arguments)
            return _answer(arguments)
        finally:
            sys.stdout.flush()
    except OSError as error:
        try:
            sys.stdout.flush()
        except OSError:
            # What is left cannot be written, and Python's own last flush must not try.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # Whoever read our output has enough; there is nobody left to tell.
            return _CUT_OFF
        print(f"openup: error: {error}", file=sys.stderr)
        sys.exit(2)


def _answer(arguments: Sequence[str]) -> int:
    """Answer one situation and return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    text = sys.stdin.buffer.read().decode("utf-8", "replace") if options.text == "-" else options.text
    try:
        recommendation = recommend(
            Situation(
                text,
                known_reasons=options.known,
                ruled_out=options.ruled_out,
                tried=options.tried,
                region=options.region,
            ),
            guide=load_guide(options.guide) if options.guide else None,
        )
    except (UnknownIdError, ValueError) as error:
        parser.error(str(error))
    if options.json:
        print(json.dumps(recommendation.to_dict(), indent=2))
    else:
        encoding = sys.stdout.encoding or "utf-8"
        print(to_text(recommendation).encode(encoding, "replace").decode(encoding))
    return _STATUS[recommendation.outcome]


if __name__ == "__main__":
    sys.exit(main())
