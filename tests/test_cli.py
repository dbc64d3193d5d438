import csv
import io
import json
import os
import runpy
import subprocess
import sys

import pytest

import openup
from openup.__main__ import main

LETTER = "My wife never tells me what she feels. Her ex cheated on her."


def test_guidance_is_printed_with_the_words_it_rests_on(capsys: pytest.CaptureFixture[str]):
    assert 0 == main([LETTER])

    printed = capsys.readouterr().out
    assert "You wrote: “Her ex cheated on her”" in printed
    assert "Dr. Gary Brown" in printed


def test_the_letter_may_come_from_standard_input(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LETTER.encode())))

    assert 0 == main(["-", "--json"])
    assert "guidance" == json.loads(capsys.readouterr().out)["outcome"]


def test_danger_has_an_exit_status_of_its_own(capsys):
    assert 3 == main(["he hit me", "--region", "gb"])
    assert "not your fault" in " ".join(capsys.readouterr().out.split())


def test_a_text_about_something_else_has_one_too(capsys):
    assert 1 == main(["how to descale a kettle"])
    assert "Nothing here matches" in capsys.readouterr().out


def test_a_wrong_option_is_explained(capsys):
    with pytest.raises(SystemExit) as error:
        main([LETTER, "--tried", "be-patent"])

    assert 2 == error.value.code
    assert "did you mean 'be-patient'" in capsys.readouterr().err


def test_a_guide_of_ones_own_may_answer(tmp_path, capsys):
    ours = tmp_path / "ours.json"
    ours.write_text(json.dumps(openup.builtin_guide().to_dict() | {"id": "ours"}))

    assert 0 == main([LETTER, "--json", "--guide", str(ours)])
    assert "guide ours" in json.loads(capsys.readouterr().out)["data_version"]


def test_a_guide_with_faults_is_a_wrong_command_line(tmp_path, capsys):
    ours = tmp_path / "ours.json"
    ours.write_text("{}")

    with pytest.raises(SystemExit) as error:
        main([LETTER, "--guide", str(ours)])

    assert 2 == error.value.code
    assert "guide: field 'id' is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("text", "“For a healthy"),
        ("md", "> “For a healthy"),
        ("html", "<!doctype html>"),
        ("json-ld", '{\n  "@context": "https://schema.org"'),
        ("jsonl", '{"id": "gary-brown-1"'),
        ("csv", "id,text,expert,credentials,source,publisher,url,reasons,strategies\ngary-brown-1,"),
    ],
)
def test_quotes_are_printed_in_every_format_with_their_speaker(form, start, capsys):
    assert 0 == main(["quotes", "--format", form, "--strategy", "value-openness"])

    printed = capsys.readouterr().out
    assert printed.startswith(start)
    assert "Dr. Gary Brown" in printed


def test_quotes_as_json_lines_can_be_read_back(capsys):
    assert 0 == main(["quotes", "--format", "jsonl"])

    assert list(openup.quotes()) == [
        openup.Quote.from_dict(json.loads(line)) for line in capsys.readouterr().out.splitlines()
    ]


def test_quotes_as_csv_can_be_read_back(capsys):
    assert 0 == main(["quotes", "--format", "csv", "--expert", "christie-tcharkhoutian"])

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [quote.text for quote in openup.quotes(expert="christie-tcharkhoutian")] == [row["text"] for row in rows]


def test_no_spreadsheet_takes_a_quote_for_a_formula(tmp_path, capsys):
    data = openup.builtin_guide().to_dict()
    data["quotes"][0]["text"] = "=HYPERLINK(1)"
    (tmp_path / "ours.json").write_text(json.dumps(data))

    main(["quotes", "--format", "csv", "--guide", str(tmp_path / "ours.json")])

    assert "'=HYPERLINK(1)" in capsys.readouterr().out


def test_no_quotes_are_an_empty_output(tmp_path, capsys):
    (tmp_path / "ours.json").write_text('{"schema_version": 1, "id": "ours", "version": "1"}')

    assert 0 == main(["quotes", "--guide", str(tmp_path / "ours.json")])
    assert "" == capsys.readouterr().out


def test_an_unknown_expert_is_a_wrong_command_line(capsys):
    with pytest.raises(SystemExit) as error:
        main(["quotes", "--expert", "gary-braun"])

    assert 2 == error.value.code
    assert "did you mean 'gary-brown'" in capsys.readouterr().err


def test_a_guide_without_faults_is_counted(tmp_path, capsys):
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(openup.builtin_guide().to_dict()))

    assert 0 == main(["guide", "check", str(path)])
    assert capsys.readouterr().out.endswith("7 reasons, 8 strategies, 10 quotes, 2 experts, 1 sources\n")


def test_all_faults_of_a_guide_are_printed_with_the_file(tmp_path, capsys):
    path = tmp_path / "ours.json"
    path.write_text('{"schema_version": 1, "id": "ours", "reasons": [{}]}')

    assert 1 == main(["guide", "check", str(path)])
    assert [
        f"{path}: guide: field 'version' is missing",
        *(
            f"{path}: reasons[0]: field {name!r} is missing"
            for name in ("id", "question", "strategies", "summary", "title")
        ),
    ] == capsys.readouterr().out.splitlines()


def test_a_reason_that_no_text_can_match_is_noted(capsys, monkeypatch):
    reason = {"id": "tired", "title": "t", "summary": "s", "question": "q", "strategies": []}
    text = json.dumps({"schema_version": 1, "id": "ours", "version": "1", "reasons": [reason]})
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    assert 0 == main(["guide", "check", "-"])
    assert "note: reason 'tired' has no examples" in capsys.readouterr().out


def test_a_guide_that_cannot_be_read_is_a_wrong_command_line(capsys):
    with pytest.raises(SystemExit) as error:
        main(["guide", "check", "there-is-no-such.json"])

    assert 2 == error.value.code
    assert "there-is-no-such.json" in capsys.readouterr().err


def test_it_runs_as_a_module_too(capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "openup.__main__")
    monkeypatch.setattr(sys, "argv", ["openup", "--version"])

    with pytest.raises(SystemExit) as end:
        runpy.run_module("openup", run_name="__main__", alter_sys=True)

    assert 0 == end.value.code
    assert capsys.readouterr().out.startswith("openup ")


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("arguments", [[LETTER], [LETTER, "--json"], ["quotes"], ["--help"]])
def test_a_reader_that_has_enough_is_not_answered_with_a_traceback(arguments, buffered):
    read, write = os.pipe()
    os.close(read)

    ended = subprocess.run(
        [sys.executable, "-m", "openup", *arguments],
        stdout=write,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": buffered},
        check=False,
    )
    os.close(write)

    assert b"" == ended.stderr
    if arguments != ["--help"]:  # argparse keeps to itself what it cannot print.
        assert 141 == ended.returncode


class Unwritable(io.StringIO):
    """Standard output that takes what is printed and cannot pass it on."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def flush(self):
        raise self.error

    def fileno(self):
        return 1


@pytest.mark.parametrize("arguments", [[LETTER], ["quotes"]])
def test_output_that_nobody_reads_any_more_ends_quietly(arguments, capsys, monkeypatch):
    turned = []
    monkeypatch.setattr("os.dup2", lambda source, target: turned.append(target))
    monkeypatch.setattr(sys, "stdout", Unwritable(BrokenPipeError()))

    assert 141 == main(arguments)
    assert [1] == turned
    assert "" == capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[LETTER], ["quotes"]])
def test_output_that_cannot_be_written_is_told_in_a_line(arguments, capsys, monkeypatch):
    turned = []
    monkeypatch.setattr("os.dup2", lambda source, target: turned.append(target))
    monkeypatch.setattr(sys, "stdout", Unwritable(OSError(28, "No space left on device")))

    with pytest.raises(SystemExit) as error:
        main(arguments)

    assert 2 == error.value.code
    assert [1] == turned
    assert "openup: error: [Errno 28] No space left on device\n" == capsys.readouterr().err
