import io
import json
import runpy
import sys

import pytest

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


def test_it_runs_as_a_module_too(capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "openup.__main__")
    monkeypatch.setattr(sys, "argv", ["openup", "--version"])

    with pytest.raises(SystemExit) as end:
        runpy.run_module("openup", run_name="__main__", alter_sys=True)

    assert 0 == end.value.code
    assert capsys.readouterr().out.startswith("openup ")
