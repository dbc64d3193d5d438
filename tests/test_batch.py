"""Many situations: nothing lost, nothing twice, nothing out of order, nothing drawn where nobody looks."""

import io
import json
import pathlib
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import openup
from openup import _batch, _commands
from openup.__main__ import main

LINES = ['"My wife never shares anything."', '{"text": "he hit me", "id": "b", "region": "GB"}', '{"text": "kettle"}']


def lines_of(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text("utf-8").splitlines()]


@pytest.fixture
def files(tmp_path):
    def write(text, name="in.jsonl"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    write.output, write.errors = str(tmp_path / "out.jsonl"), str(tmp_path / "bad.jsonl")
    return write


def test_each_line_gets_its_recommendation_in_order(files):
    assert 0 == main(["batch", files("\n".join(LINES)), "--output", files.output])

    rows = lines_of(files.output)
    assert [(1, None, "guidance"), (2, "b", "safety"), (3, None, "no-match")] == [
        (row["line"], row.get("id"), row["recommendation"]["outcome"]) for row in rows
    ]
    assert openup.recommend("kettle") == openup.Recommendation.from_dict(rows[2]["recommendation"])


def test_standard_input_goes_to_standard_output(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(LINES).encode())))

    assert 0 == main(["batch"])
    printed = capsys.readouterr()
    assert 3 == len(printed.out.splitlines())
    assert "" == printed.err


def test_answers_given_so_far_are_taken_along(files):
    row = {"text": "My wife never shares anything.", "known_reasons": ["shy-or-reticent"], "tried": ["lead-by-example"]}

    main(["batch", files(json.dumps(row)), "--output", files.output])

    answer = openup.Recommendation.from_dict(lines_of(files.output)[0]["recommendation"])
    assert openup.recommend(openup.Situation.from_dict(row)) == answer


BAD = [
    (b"{", "Expecting property name"),
    (b"[" * 100_000, ""),
    (b"3", "expected an object or a text, not int"),
    (b"null", "expected an object or a text, not NoneType"),
    (b"\xff\xfe", "not UTF-8 at character 1"),
    (b"{}", "field 'text' is missing"),
    (b'{"text": 3}', "Situation.text: expected a value of type str, not int"),
    (b'{"text": "a", "tried": "be-patient"}', "Situation.tried: expected a list, not str"),
    (b'{"text": "a", "tried": ["be-patent"]}', "unknown strategy 'be-patent' (did you mean 'be-patient'?)"),
    (b'{"text": "a", "known_reason": []}', "unknown field 'known_reason' (did you mean 'known_reasons'?)"),
    (b'{"text": "a", "known_reasons": ["past-hurt"], "ruled_out": ["past-hurt"]}', "both known and ruled out"),
    (b'{"text": "a", "region": "XX"}', "unknown region 'XX'"),
    (b'{"text": "a", "id": ["b"]}', "field 'id': expected a text or a number"),
]


@pytest.mark.parametrize(("bad", "message"), BAD, ids=range(len(BAD)))
def test_a_bad_line_is_kept_with_its_number_and_holds_nothing_up(bad, message, files):
    path = files(b'"kettle"\n\n' + bad + b'\n"kettle"\n')

    assert 1 == main(["batch", path, "--output", files.output, "--errors", files.errors])

    (error,) = lines_of(files.errors)
    assert [1, 4] == [row["line"] for row in lines_of(files.output)]
    assert 3 == error["line"]
    assert message in error["error"]
    assert bad == error["input"].encode("utf-8", "surrogateescape")


def test_without_a_file_for_errors_their_numbers_are_told_but_not_the_words(files, capsys):
    assert 1 == main(["batch", files('{"text": "a secret", "tried": 3}'), "--output", files.output])

    told = capsys.readouterr().err
    assert "line 1: Situation.tried: expected a list, not int\n" == told


def test_fields_that_are_not_ours_are_passed_over(files):
    assert 0 == main(["batch", files('{"text": "kettle", "mood": 1, "customer": {}}'), "--output", files.output])


def test_the_text_may_stand_in_another_field(files):
    assert 0 == main(["batch", files('{"body": "kettle"}'), "--output", files.output, "--text-field", "body"])


def test_csv_is_read_with_its_lists_and_lines(files):
    text = (
        "\ufeffid,text,known_reasons,region,mood\r\n"
        '1,"My wife never\r\nshares ""anything""",past-hurt; shy-or-reticent,,x\r\n'
        "\r\n"
        "2,kettle,,GB,\r\n"
        "3,too,few\r\n"
        "4,kettle,,,\r\n"
    )

    assert 1 == main(["batch", files(text, "in.csv"), "--output", files.output, "--errors", files.errors])

    rows = lines_of(files.output)
    assert [(2, "1"), (5, "2"), (7, "4")] == [(row["line"], row["id"]) for row in rows]
    assert 'My wife never\r\nshares "anything"' == rows[0]["recommendation"]["text"]
    assert {"past-hurt", "shy-or-reticent"} == {
        match["reason"]["id"] for match in rows[0]["recommendation"]["reasons"] if match["confidence"] == 1
    }
    assert [{"line": 6, "error": "expected 5 cells, as in the header, not 3", "input": "3,too,few"}] == lines_of(
        files.errors
    )


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_may_be_divided_in_other_ways(delimiter, files):
    text = f"id{delimiter}text\n7{delimiter}kettle\n"

    assert 0 == main(["batch", files(text), "--format", "csv", "--output", files.output])
    assert "7" == lines_of(files.output)[0]["id"]


def test_a_quote_left_open_in_csv_swallows_nothing_unsaid(files):
    path = files(b'text\nkettle\n"open\nmore\n\xff\n', "in.csv")

    assert 1 == main(["batch", path, "--output", files.output, "--errors", files.errors])
    (error,) = lines_of(files.errors)
    assert (3, '"open\nmore\n\udcff') == (error["line"], error["input"])


def test_an_empty_csv_is_no_error(files):
    assert 0 == main(["batch", files("", "in.csv"), "--output", files.output])
    assert [] == lines_of(files.output)


@given(cut=st.integers(0, 40_000), bad_cut=st.integers(0, 400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_stopped_batch_goes_on_where_it_stopped(cut, bad_cut, files):
    path = files("\n".join([*LINES, "{bad", "", *LINES, "{worse", LINES[0]]))
    arguments = ["batch", path, "--output", files.output, "--errors", files.errors]
    assert 1 == main(arguments)
    whole = pathlib.Path(files.output).read_bytes(), pathlib.Path(files.errors).read_bytes()
    # Both files grow in step, line by line: the errors that are there belong to lines before the cut.
    kept = whole[0][:cut]
    done = max([json.loads(line)["line"] for line in kept.splitlines(keepends=True) if line.endswith(b"\n")], default=0)
    known = [line for line in whole[1].splitlines(keepends=True) if json.loads(line)["line"] <= done]
    pathlib.Path(files.output).write_bytes(kept)
    following = whole[1][len(b"".join(known)) :]
    pathlib.Path(files.errors).write_bytes(b"".join(known) + following[: min(bad_cut, max(0, following.find(b"\n")))])

    main([*arguments, "--resume"])

    assert whole == (pathlib.Path(files.output).read_bytes(), pathlib.Path(files.errors).read_bytes())


def test_a_batch_that_is_done_stays_as_it_is(files):
    arguments = ["batch", files("\n".join(LINES)), "--output", files.output]
    main(arguments)
    before = pathlib.Path(files.output).read_bytes()

    assert 0 == main([*arguments, "--resume"])
    assert before == pathlib.Path(files.output).read_bytes()


def test_a_file_of_somebody_elses_is_not_gone_on_with(files, capsys):
    pathlib.Path(files.output).write_text("dear diary\n")

    with pytest.raises(SystemExit) as error:
        main(["batch", files(LINES[0]), "--output", files.output, "--resume"])

    assert 2 == error.value.code
    assert "not one that `openup batch` wrote" in capsys.readouterr().err
    assert "dear diary\n" == pathlib.Path(files.output).read_text()


def test_the_last_line_is_found_however_long_it_is(tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text('{"line": 1}\n' + json.dumps({"line": 2, "x": "y" * 200_000}) + '\n{"line": 3, "torn')

    assert 2 == _batch.last_line(str(path))
    assert path.read_text().endswith('y"}\n')


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--resume"], "--resume needs --output"),
        (["--region", "XX"], "unknown region 'XX'"),
        (["--guide", "there-is-none.json"], "there-is-none.json"),
        (["--output", "{path}"], "must be different files"),
    ],
)
def test_a_wrong_command_line_is_explained(options, message, files, capsys):
    path = files("\n".join(LINES))

    with pytest.raises(SystemExit) as error:
        main(["batch", path, *(option.format(path=path) for option in options)])

    assert 2 == error.value.code
    assert message in capsys.readouterr().err
    assert "\n".join(LINES) == pathlib.Path(path).read_text()


def test_ctrl_c_ends_with_what_is_done(files, monkeypatch):
    answered = []

    def stopped(*args, **options):
        if answered:
            raise KeyboardInterrupt
        answered.append(args)
        return openup.recommend(*args, **options)

    monkeypatch.setattr(_batch, "recommend", stopped)

    assert 130 == main(["batch", files("\n".join(LINES)), "--output", files.output])
    assert [1] == [row["line"] for row in lines_of(files.output)]


def test_a_reader_that_has_enough_is_no_error():
    many = "\n".join(['"kettle"'] * 2000)
    process = subprocess.Popen(
        [sys.executable, "-m", "openup", "batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    _, told = process.communicate(many.encode(), timeout=60)

    assert 141 == process.returncode
    assert b"" == told


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_is_drawn_for_a_person(files, monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)

    main(["batch", files("\n".join(LINES)), "--output", files.output])

    assert "100%" in screen.getvalue()


def test_no_bar_is_drawn_over_what_is_printed(files, monkeypatch, capsys):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)

    main(["batch", files("\n".join(LINES))])

    assert "" == screen.getvalue()


def test_no_bar_is_needed(files, monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setitem(sys.modules, "tqdm", None)

    assert 0 == main(["batch", files("\n".join(LINES)), "--output", files.output])
    assert "" == screen.getvalue()


def test_a_bar_knows_no_end_where_there_is_none():
    with _commands._progress(io.BytesIO(), to_terminal=False) as progress:
        assert progress(1) is None


def test_memory_does_not_grow_with_the_input():
    code = """
import io, itertools, tracemalloc
from openup import _batch
line = b'{"text": "My wife never shares anything. ' + b"She is quiet. " * 20 + b'"}\\n'
class Endless:
    def __iter__(self): return itertools.repeat(line, COUNT)
class Nowhere(io.StringIO):
    def write(self, text): return len(text)
_batch.run(_batch.read_jsonl(iter([line])), Nowhere(), print)
tracemalloc.start()
_batch.run(_batch.read_jsonl(Endless()), Nowhere(), print)
print(tracemalloc.get_traced_memory()[1])
"""
    peaks = [
        int(
            subprocess.run(
                [sys.executable, "-c", code.replace("COUNT", str(count))], capture_output=True, check=True
            ).stdout
        )
        for count in (20, 400)
    ]

    assert peaks[1] < peaks[0] + 200_000


@given(st.lists(st.binary().map(lambda line: line.replace(b"\n", b""))))
def test_every_line_that_is_not_blank_comes_out_once(lines):
    file = io.BytesIO(b"\n".join(lines))
    output, bad = io.StringIO(), []

    written, faults = _batch.run(_batch.read_jsonl(file), output, lambda row, fault: bad.append(row.line))

    seen = [json.loads(line)["line"] for line in output.getvalue().splitlines()]
    assert (written, faults) == (len(seen), len(bad))
    decoded = [
        line.decode("utf-8", "surrogateescape").removeprefix("\ufeff" if not i else "") for i, line in enumerate(lines)
    ]
    assert [number for number, line in enumerate(decoded, 1) if line.strip()] == sorted(seen + bad)


def test_the_help_names_the_exit_statuses(capsys):
    with pytest.raises(SystemExit):
        main(["batch", "--help"])

    assert "exit status:" in capsys.readouterr().out


def test_a_file_that_is_not_there_has_no_last_line(tmp_path):
    from openup._batch import last_line

    assert 0 == last_line(str(tmp_path / "none.jsonl"))
