"""Everything that a contributor or CI runs: `nox -l` lists it."""

from __future__ import annotations

import pathlib

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "types", "tests", "coverage", "wheel"]

PYTHONS = ["3.10", "3.11", "3.12", "3.13"]


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and layout."""
    session.install("ruff>=0.8")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types with both checkers."""
    session.install("-e", ".[types]")
    session.run("mypy")
    session.run("pyright")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests on every supported Python."""
    session.install(".[test]")
    session.run("coverage", "run", "-m", "pytest", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Report the branch coverage of the tests run before."""
    session.install("coverage[toml]>=7.5")
    session.run("coverage", "combine")
    session.run("coverage", "report")


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel and use it from outside the checkout."""
    session.install("build")
    target = pathlib.Path(session.create_tmp()).resolve()
    session.run("python", "-m", "build", "--outdir", str(target), silent=True)
    built = max(target.glob("*.whl"), key=lambda path: path.stat().st_mtime)
    session.run("python", "-m", "venv", "--clear", str(target / "venv"))
    python = str(target / "venv" / "bin" / "python")
    session.run(python, "-m", "pip", "install", "--quiet", str(built), external=True)
    with session.chdir(target):
        session.run(python, "-m", "openup", "My wife keeps it all in. She was cheated on by her ex.", external=True)


@nox.session
def train(session: nox.Session) -> None:
    """Turn the corpus into the weights that ship."""
    session.install("-e", ".[train]")
    session.run("python", "training/train.py", *session.posargs)


@nox.session(python="3.11")
def peers(session: nox.Session) -> None:
    """Measure how openup and its peers find danger, and write the tables to the documentation."""
    session.install(".[bench-safety]")
    session.run("python", "benchmarks/safety_peers.py", *session.posargs)
