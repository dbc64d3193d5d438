"""Measure how openup and its peers find danger in labelled texts: `nox -s peers`.

    python benchmarks/safety_peers.py [labelled.jsonl ...]

Without arguments it reads the sets in `tests/data` and writes docs/safety-peers.md; with arguments it only prints.
A line holds at least `{"text": "...", "safety": ["self-harm"]}`; an empty list says that the text shows no danger.
Nothing here leaves the machine: a program under test that looks for the network is stopped.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import logging
import pathlib
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from cogno_aegis import InputGuard
from cogno_aegis.safety import DEFAULT_CRISIS_RULES
from pantheon_guardrails import CrisisProtocol
from rrt_advocate import CrisisEngine, CrisisLevel

import openup

ROOT = pathlib.Path(__file__).resolve().parent.parent
SETS = [ROOT / "tests" / "data" / "safety.jsonl", ROOT / "tests" / "data" / "dev.jsonl"]
PAGE = ROOT / "docs" / "safety-peers.md"
KINDS = [kind.value for kind in openup.RiskKind]

PAGE_TEXT = """\
# Danger, beside peers

Other packages that look for people in crisis, on the same texts, on one machine, without network. This page is written
by `nox -s peers`, which runs `benchmarks/safety_peers.py`; no figure in it is by hand.

*Recall* is the share of the texts with danger that raised an alarm of whatever kind; *of the right kind*, the share in
which a danger was named that the text shows. The column of a danger says how many of the texts with that danger raised
an alarm. *False alarms* is the share of the texts without danger that raised one.

Read it fairly. No peer was made for letters about relationships, and of the five dangers they look for self-harm
alone: that column is the one in which they do what they were made for. The texts are this project's own. Half of the
first set are traps, most of them written to fool lists of words, and its other half seldom says danger in the usual
phrases; it is harder than what people write on most days. No set was trained on; the second was looked at during
development.

| | made for | counted as an alarm |
|---|---|---|
{contenders}

{tables}

Measured with {measured}. The sets are in `tests/data`; [how danger is measured](safety-evaluation.md) tells how they
came about.
"""

GUARD = InputGuard(crisis_rules=DEFAULT_CRISIS_RULES)
PROTOCOL = CrisisProtocol()


class Contender(NamedTuple):
    """A program, and what of it was measured."""

    name: str
    package: str
    made_for: str
    counted: str
    alarms: Callable[[str], Sequence[str] | bool]  # the dangers named, or, where none are named, whether it warned


def openup_risks(text: str) -> Sequence[str]:
    """Return the dangers that openup finds."""
    safety = openup.recommend(text).safety
    return [risk.kind.value for risk in safety.risks] if safety else []


def rrt_level(text: str) -> CrisisLevel:
    """Return rrt-advocate's level for the first message of a session: what it remembers of others is no part of it."""
    return CrisisEngine("somebody").assess(text).crisis_level


CONTENDERS = [
    Contender(
        "openup",
        "openup",
        "letters about a relationship; five dangers",
        "the outcome `safety`, with any risk",
        openup_risks,
    ),
    Contender(
        "rrt-advocate, any level",
        "rrt-advocate",
        "following the messages of neurodivergent people, one after the other, for overload and self-harm; a "
        "prototype, as its authors say, and no safety system",
        "any level above `GREEN`, with VADER for its second layer, each text as the first message of a session",
        lambda text: rrt_level(text) is not CrisisLevel.GREEN,
    ),
    Contender(
        "rrt-advocate, emergency",
        "rrt-advocate",
        "(as above)",
        "only its highest level, `BLACK`, which words of self-harm lead to",
        lambda text: rrt_level(text) is CrisisLevel.BLACK,
    ),
    Contender(
        "cogno-aegis",
        "cogno-aegis",
        "keeping the input of chat agents in bounds; its optional rules are for words of suicide that leave no doubt, "
        "in English and Portuguese, and leave the rest to the host",
        "a crisis by its default rules; a text that is only too long for its limit does not count",
        lambda text: not GUARD.check_crisis(text).ok,
    ),
    Contender(
        "pantheon-guardrails",
        "pantheon-guardrails",
        "breaking the role of a chat agent whose user speaks of suicide, self-harm or an overdose, with few false "
        "alarms",
        "`CrisisProtocol.check(…).triggered`",
        lambda text: PROTOCOL.check(text).triggered,
    ),
]


class Figures(NamedTuple):
    """How one contender did on one set."""

    recall: float
    of_kind: float | None
    by_kind: Mapping[str, tuple[int, int]]
    false_alarms: float


def measure(contender: Contender, rows: Sequence[Mapping[str, Any]]) -> Figures:
    """Return how often a contender warned where it should, and where it should not."""
    risky: list[bool] = []
    right: list[bool] = []
    calm: list[bool] = []
    by_kind: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    named = False
    for row in rows:
        alarms = contender.alarms(row["text"])
        if not row["safety"]:
            calm.append(bool(alarms))
            continue
        risky.append(bool(alarms))
        for kind in row["safety"]:
            by_kind[kind].append(bool(alarms))
        if not isinstance(alarms, bool):
            named = True
            right.append(not set(row["safety"]).isdisjoint(alarms))
    return Figures(
        recall=sum(risky) / len(risky),
        of_kind=sum(right) / len(right) if named else None,
        by_kind={kind: (sum(found), len(found)) for kind, found in by_kind.items()},
        false_alarms=sum(calm) / len(calm),
    )


def table(path: pathlib.Path) -> str:
    """Return the table of all contenders for one set, as Markdown."""
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    risky = sum(bool(row["safety"]) for row in rows)
    lines = [
        f"## {path.name}",
        "",
        f"{len(rows)} texts, {risky} of them with danger.",
        "",
        f"| | recall | of the right kind | {' | '.join(KINDS)} | false alarms |",
        "|---|" + "---:|" * (len(KINDS) + 3),
    ]
    for contender in CONTENDERS:
        figures = measure(contender, rows)
        kinds = " | ".join(f"{found} of {all}" for found, all in figures.by_kind.values())
        of_kind = "names none" if figures.of_kind is None else f"{figures.of_kind:.2f}"
        lines.append(f"| {contender.name} | {figures.recall:.2f} | {of_kind} | {kinds} | {figures.false_alarms:.3f} |")
    return "\n".join(lines)


def page(tables: Sequence[str]) -> str:
    """Return the page for the documentation."""
    packages = dict.fromkeys(contender.package for contender in CONTENDERS)
    versions = ", ".join(f"{package} {importlib.metadata.version(package)}" for package in packages)
    measured = f"{versions}; openup's data: {openup.recommend('').data_version}"
    contenders = "\n".join(f"| {each.name} | {each.made_for} | {each.counted} |" for each in CONTENDERS)
    return PAGE_TEXT.format(contenders=contenders, tables="\n\n".join(tables), measured=measured)


def stay_local(event: str, _: object) -> None:
    """Stop whoever looks for the network."""
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise PermissionError(f"the benchmark runs without network, and {event} was asked for")


def main() -> None:
    """Print the tables, and write the page where they are about the repository's own sets."""
    parser = argparse.ArgumentParser(description="Measure how openup and its peers find danger in labelled texts.")
    parser.add_argument(
        "files", nargs="*", type=pathlib.Path, help="labelled JSON Lines; by default those in tests/data"
    )
    files = parser.parse_args().files
    sys.addaudithook(stay_local)
    logging.disable(logging.WARNING)  # cogno-aegis logs a line for every alarm.

    tables = [table(path) for path in files or SETS]
    print("\n\n".join(tables))
    if not files:
        PAGE.write_text(page(tables), encoding="utf-8")


if __name__ == "__main__":
    main()
