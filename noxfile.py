"""Everything that a contributor or CI runs: `nox -l` lists it."""

from __future__ import annotations

import pathlib

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "types", "tests", "coverage", "wheel"]

PYTHONS = ["3.10", "3.11", "3.12", "3.13"]
# Tests that need a browser or an engine do without the other tests' plugins and settings.
ALONE = ["-o", "addopts=-ra"]


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
    session.run("coverage", "report", "--fail-under=100")


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
def docs(session: nox.Session) -> None:
    """Build the site with its playground into docs/_build/html, and check every link inside it."""
    session.install("-e", ".[docs]")
    site = pathlib.Path("docs/_build/html")
    session.run("sphinx-build", "-W", "--keep-going", "-b", "html", "docs", str(site), *session.posargs)
    session.run("python", "docs/playground/build.py", str(site / "playground"))
    session.run("linkchecker", "--no-status", str(site / "index.html"))


@nox.session
def playground(session: nox.Session) -> None:
    """Use the playground and rendered pages in headless Chromium; SCREENSHOTS=folder keeps pictures."""
    session.install("-e", ".[playground]")
    session.run("python", "-m", "pytest", *ALONE, "--confcutdir=tests/browser", "tests/browser", *session.posargs)


@nox.session
def pictures(session: nox.Session) -> None:
    """Make the documentation's pictures anew, those of the playground too; look at each before it is committed."""
    session.install("-e", ".[playground]", "pillow>=10")
    folder = session.create_tmp()
    session.run(
        *("python", "-m", "pytest", *ALONE, "--confcutdir=tests/browser", "tests/browser"),
        env={"SCREENSHOTS": folder},
    )
    session.run("python", "docs/pictures.py", folder)


@nox.session
def bigdata(session: nox.Session) -> None:
    """Run the big-data examples on Dask and Spark, two workers each. Spark needs Java 17."""
    session.install("-e", ".[bigdata]")
    session.run("python", "-m", "pytest", *ALONE, "--confcutdir=tests/bigdata", "tests/bigdata", *session.posargs)


@nox.session
def train(session: nox.Session) -> None:
    """Turn the corpus into the weights that ship."""
    session.install("-e", ".[train]")
    session.run("python", "training/train.py", *session.posargs)
    session.run("python", "training/words.py")


@nox.session
def schemas(session: nox.Session) -> None:
    """Write the JSON Schema of recommendations from the types in the source."""
    session.install("-e", ".", "pydantic>=2.9")
    session.run("python", "training/schemas.py")


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest versions that the package says it works with."""
    session.install("uv")
    python = str(pathlib.Path(session.virtualenv.location).resolve())
    session.run("uv", "pip", "install", "--python", python, "--resolution", "lowest-direct", ".[test]")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session(python="3.11")
def fuzz(session: nox.Session) -> None:
    """Look for texts that break a promise, guided by coverage; a minute, or as libFuzzer's options say."""
    session.install("-e", ".[fuzz]")
    session.run("python", "tests/fuzz/fuzz_recommend.py", *(session.posargs or ["-max_total_time=60"]))


@nox.session(python="3.12")
def mutation(session: nox.Session) -> None:
    """Break the pipeline in every small way and list what the tests do not notice; name a module to do only that."""
    session.install("-e", ".[mutation]")
    session.run("mutmut", "run", *session.posargs)
    session.run("mutmut", "results")


@nox.session(python="3.11")
def bench(session: nox.Session) -> None:
    """Measure speed and size beside the library's peers and write the table to the documentation."""
    session.install(".[bench]")
    if "--minilm" in session.posargs:
        session.install(".[bench-minilm]")
    session.run("python", "benchmarks/run.py", *(option for option in session.posargs if option != "--minilm"))


@nox.session
def evaluate(session: nox.Session) -> None:
    """Measure quality on labelled texts and write docs/quality.md; `--also FILE` adds a set, shown as figures only."""
    session.install("-e", ".[evaluate,test]")
    session.run("python", "-m", "pytest", "tests/test_evaluation.py")
    session.run("python", "training/evaluate.py", *session.posargs)


@nox.session(python="3.11")
def peers(session: nox.Session) -> None:
    """Measure how openup and its peers find danger, and write the tables to the documentation."""
    session.install(".[bench-safety]")
    session.run("python", "benchmarks/safety_peers.py", *session.posargs)


@nox.session(python="3.11")
def own(session: nox.Session) -> None:
    """Measure how well reasons of a product's own are recognised, and write the tables to the documentation."""
    session.install("-e", ".")
    session.run("python", "benchmarks/own_reasons.py", *session.posargs)
