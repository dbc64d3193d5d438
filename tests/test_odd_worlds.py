"""Hostile texts, and the odd places a library finds itself in: every test here is a world where others break."""

import gc
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import textwrap
import time
import zipfile
from collections.abc import Iterator

import attrs
import importlib_resources
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import contract
import openup
from openup import _text
from texts import PLAIN

PACKAGE = pathlib.Path(openup.__file__).parent
OTHERS = {str(pathlib.Path(module.__file__ or "").parents[1]) for module in (attrs, importlib_resources)}
LETTER = "He goes quiet whenever I ask what's wrong. His ex cheated on him."
SAY = f"import openup; print(openup.recommend({LETTER!r}).reasons[0].reason.id)"


def run(code: str, *options: str, path: tuple[str, ...] | None = None, **settings) -> str:
    """Run code in a fresh Python that knows the package from `path`, and return what it printed."""
    env = {"PYTHONPATH": os.pathsep.join(path or (str(PACKAGE.parent), *OTHERS)), **settings.pop("env", {})}
    done = subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(code)],
        env=env,
        capture_output=True,
        timeout=120,
        check=False,
        **settings,
    )

    assert (0, b"") == (done.returncode, done.stderr)
    return done.stdout.decode()


# Hostile texts


@pytest.mark.parametrize(
    "noise",
    [
        "\ud800",
        "\udfff\ud800",
        "\0",
        "\u202e\u2066\u2069",
        "\u200b\u200d\ufeff\u00ad",
        "e" + "\u0301" * 50,
        "Z̸͚̮̈́a̵̱͗l̶̦̿g̵̙̀o̷͓̐",
        "(" * 50 + ")" * 50,
        "\n",
        "\r\n\x0b\x0c\x1c\x85\u2028\u2029",
        "!?" * 20,
        "🧑‍🤝‍🧑🏽‍🦰",
        "\U0010ffff\uffff",
        "ﷺ",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("text", PLAIN, ids=lambda text: PLAIN[text] + f"-{len(text)}")
def test_noise_around_and_between_sentences_leaves_every_promise_kept(text: str, noise: str):
    for noisy in (noise * 20, noise + text + noise, text.replace(". ", f". {noise} ")):
        contract.assert_kept(noisy, openup.recommend(noisy))


@pytest.mark.parametrize("invisible", ["\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060", "\u202e", "\u0336"], ids=ascii)
def test_danger_is_seen_through_invisible_characters(invisible: str):
    text = invisible.join("He hit me.")

    r = openup.recommend(text)

    assert openup.Outcome.SAFETY is r.outcome
    contract.assert_kept(text, r)


@pytest.mark.parametrize(
    "unit",
    [
        "\n",
        "(",
        "([{\"'",
        "e" + "\u0301" * 40,
        "\0",
        "\ud800",
        "a",
        "a-",
        "a ",
        "k i l l ",
        "'",
        "-",
        "... ",
        "9",
        "愛",
    ],
    ids=ascii,
)
def test_a_million_characters_get_an_answer(unit: str):
    text = unit * (1_000_000 // len(unit))

    contract.assert_kept(text, openup.recommend(text))


def test_ten_megabytes_get_an_answer_and_danger_at_their_end_is_seen():
    text = "It rained, " * (10_000_000 // 11) + "and last night he punched me."

    r = openup.recommend(text)

    assert openup.Outcome.SAFETY is r.outcome
    contract.assert_kept(text, r)


# Time is linear: eight times the text takes about eight times as long, whatever it says. Backtracking over one of our
# patterns would take 64 times as long.


def growth(work, small: object, large: object) -> float:
    """Return how many times longer the work takes on the larger input, at best."""

    def best(given: object) -> float:
        times = []
        for _ in range(3):
            start = time.process_time()
            work(given)
            times.append(time.process_time() - start)
        return min(times)

    # Below a fifth of a millisecond the clock says nothing.
    return best(large) / max(best(small), 0.0002)


def patterns() -> Iterator[re.Pattern[str]]:
    """Yield every pattern that texts are searched for."""
    yield from (pattern for pattern in vars(_text).values() if isinstance(pattern, re.Pattern))
    yield re.compile(_text._APART)  # The library compiles it when it is first needed.


ALL_PATTERNS = [*patterns()]


def test_there_are_patterns_to_attack():
    assert len(ALL_PATTERNS) >= 2


@pytest.mark.parametrize("pattern", ALL_PATTERNS, ids=lambda pattern: pattern.pattern[:40].encode().hex()[:16])
@settings(max_examples=25)
@given(data=st.data())
def test_no_pattern_backtracks_on_what_almost_matches_it(pattern: re.Pattern[str], data: st.DataObject):
    match = data.draw(st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="utf-8")))
    cut = data.draw(st.integers(1, max(1, len(match))))
    unit = data.draw(st.sampled_from([match[:cut], match[:cut] + " ", match[cut:], match[-1:]])) or "a"
    end = data.draw(st.sampled_from(["", "!", "\0", " x"]))

    def search(text: str) -> None:
        for _ in pattern.finditer(text):
            pass

    ratio = growth(search, unit * (2_000 // len(unit)) + end, unit * (16_000 // len(unit)) + end)

    assert ratio < 32


@pytest.mark.parametrize(
    "unit",
    [*PLAIN, "(", "a-", "a'", "- ", "k i l l ", "a.", "...", "\n", "?", "\u0301", "İ", "’", "1", "if ", "not ", "he "],
    ids=ascii,
)
def test_a_whole_answer_takes_time_in_proportion_to_the_text(unit: str):
    unit = unit or "x"

    ratio = growth(openup.recommend, unit * (10_000 // len(unit)), unit * (80_000 // len(unit)))

    assert ratio < 24


# What a call leaves behind


AUDIT = f"""
import sys, logging, openup

LETTERS = {[*PLAIN]!r}
openup.recommend(LETTERS[0])
openup.to_text(openup.recommend(LETTERS[2]))  # Rendering is imported on first use.
records = []
handler = logging.Handler(0)
handler.emit = records.append
logging.basicConfig(level=0, handlers=[handler])
events = []
watching = True
sys.addaudithook(lambda event, arguments: watching and events.append(event))
for letter in LETTERS:
    openup.recommend(letter)
    openup.recommend(openup.Situation(letter, {{"past-hurt"}}, {{"shy-or-reticent"}}, {{"be-patient"}}, "GB"))
    openup.to_text(openup.recommend(letter))
    openup.recommend(letter).to_dict()
watching = False
print(events, records)
"""


def test_after_the_first_call_nothing_is_opened_started_imported_or_logged():
    assert "[] []" == run(AUDIT).strip()


def test_nothing_keeps_hold_of_what_a_person_wrote():
    text = "".join(["He goes quiet. ", "Private: ", str(random.random())])  # A text that no constant shares.
    openup.recommend("warm up")
    before = sys.getrefcount(text)

    openup.recommend(text)
    gc.collect()

    assert before == sys.getrefcount(text)


def test_an_answer_does_not_depend_on_what_was_asked_before():
    letters = [*PLAIN] * 3
    first = {letter: openup.recommend(letter) for letter in letters}

    random.shuffle(letters)

    assert all(first[letter] == openup.recommend(letter) for letter in letters)


# Threads and processes


def test_the_first_use_may_come_from_32_threads_at_once():
    printed = run(
        f"""
        import sys, threading, openup
        sys.setswitchinterval(1e-6)
        gate = threading.Barrier(32)
        answers, errors = [], []
        def use():
            gate.wait()
            try:
                answers.append((openup.recommend({LETTER!r}), openup.reasons(), openup.recommend("he hit me")))
            except BaseException as error:
                errors.append(error)
        threads = [threading.Thread(target=use) for _ in range(32)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(len(answers), len({{repr(answer) for answer in answers}}), errors)
        assert all(answer == answers[0] for answer in answers)
        """
    )

    assert "32 1 []" == printed.strip()


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("warm", [True, False], ids=["used-before", "first-used-there"])
def test_it_works_in_processes_started_in_every_way(method: str, warm: bool, tmp_path: pathlib.Path):
    script = tmp_path / "letters.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import multiprocessing, openup
            if __name__ == "__main__":
                letters = {[*PLAIN]!r}
                if {warm}:
                    openup.recommend(letters[0])
                with multiprocessing.get_context({method!r}).Pool(2) as pool:
                    assert pool.map(openup.recommend, letters) == [openup.recommend(letter) for letter in letters]
            """
        )
    )

    run(f"import runpy; runpy.run_path({str(script)!r}, run_name='__main__')")


@pytest.mark.skipif(
    sys.version_info < (3, 13), reason="before 3.13 the interpreter itself corrupts memory at their end"
)
def test_it_works_in_subinterpreters():
    printed = run(
        f"""
        import _interpreters
        for _ in range(2):
            interpreter = _interpreters.create()
            problem = _interpreters.run_string(interpreter, {SAY + "; import sys; sys.stdout.flush()"!r})
            assert problem is None, problem
            _interpreters.destroy(interpreter)
        """
    )

    assert ["past-hurt", "past-hurt"] == printed.split()


# Interpreters and surroundings


@pytest.mark.parametrize("options", [["-O"], ["-OO"], ["-I"], ["-B"], ["-X", "dev", "-W", "error"], ["-X", "utf8=0"]])
def test_it_works_however_python_was_started(options: list[str]):
    first = f"import sys; sys.path[:0] = {[str(PACKAGE.parent), *OTHERS]!r}; "

    assert "past-hurt" == run(first + SAY, *options).strip()


def test_it_works_out_of_a_zip_file(tmp_path: pathlib.Path):
    archive = tmp_path / "openup.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in PACKAGE.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                file.write(path, path.relative_to(PACKAGE.parent))
    clean = tmp_path / "others"
    clean.mkdir()
    for name in ("attr", "attrs", "importlib_resources"):
        (place,) = {place for place in OTHERS if (pathlib.Path(place) / name).is_dir()}
        (clean / name).symlink_to(pathlib.Path(place) / name)

    printed = run(SAY + "; print(openup.__file__)", path=(str(archive), str(clean)))

    assert ["past-hurt", str(archive / "openup" / "__init__.py")] == printed.split()


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits")
def test_it_works_where_nothing_can_be_written(tmp_path: pathlib.Path):
    import resource

    home = tmp_path / "lib"
    shutil.copytree(PACKAGE, home / "openup", ignore=shutil.ignore_patterns("__pycache__"))
    before = sorted(home.rglob("*"))
    for path in (*before, home):
        path.chmod(0o555 if path.is_dir() else 0o444)

    try:
        printed = run(
            SAY,
            path=(str(home), *OTHERS),
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
        )
    finally:
        for path in (*before, home):
            path.chmod(0o755)

    assert "past-hurt" == printed.strip()
    assert not [path for path in home.rglob("*") if path.is_file() and path not in before]


def test_it_works_without_a_home_an_environment_or_a_working_directory(tmp_path: pathlib.Path):
    code = f"import os; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone'); {SAY}"

    assert "past-hurt" == run(code, cwd=tmp_path).strip()
    assert "past-hurt" == run(SAY, env={"HOME": "/nonexistent", "TMPDIR": "/nonexistent"}).strip()


@pytest.mark.parametrize("encoding", ["", "ascii", "latin-1", "utf-8"])
def test_the_command_line_works_in_the_c_locale(encoding: str):
    letter = "Он молчит. He goes quiet whenever I ask what’s wrong. His ex cheated on him."
    command = f"import sys, openup.__main__ as m; sys.exit(m.main([{letter!a}]))"
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": encoding}

    assert "Gary Brown" in run(command, env=env)


@pytest.mark.parametrize("locale", ["C", "tr_TR.UTF-8", "de_DE.UTF-8"])
def test_the_answer_is_the_same_in_every_locale(locale: str):
    code = f"""
        import json, locale, openup
        try:
            locale.setlocale(locale.LC_ALL, {locale!r})
        except locale.Error:
            pass
        print(json.dumps(openup.recommend("I KEEP IT ALL IN. " + {LETTER!r}).to_dict()))
        """

    here = openup.recommend("I KEEP IT ALL IN. " + LETTER).to_dict()

    assert here == json.loads(run(code, env={"LC_ALL": locale}))


def test_it_works_with_a_clock_that_stands_still():
    stop = "import time; time.time = time.monotonic = time.perf_counter = time.time_ns = lambda: 0; "

    assert "past-hurt" == run(stop + SAY).strip()


def test_it_works_where_the_stack_is_shallow():
    assert "past-hurt" == run(f"import sys; {SAY}; sys.setrecursionlimit(60); {SAY}").split()[1]


def test_it_needs_nothing_random():
    block = "import random, os; random.random = random.getrandbits = os.urandom = None; "

    assert "past-hurt" == run(block + SAY).strip()
