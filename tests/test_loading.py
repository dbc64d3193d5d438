import io
import json
import pathlib

import pytest

import openup

OURS = {
    "schema_version": 1,
    "id": "ours",
    "version": "1",
    "extends": "openup",
    "reasons": [
        {
            "id": "too-tired",
            "title": "Too tired to talk",
            "summary": "The day leaves nothing over.",
            "question": "Are they worn out when you want to talk?",
            "strategies": ["be-patient"],
            "quotes": ["gary-brown-6"],
        }
    ],
}


def test_a_guide_that_extends_the_builtin_one_adds_to_it():
    guide = openup.load_guide(OURS)

    assert 8 == len(guide.reasons)
    assert "Too tired to talk" == guide.reason("too-tired").title
    assert "too-tired" in guide.quote("gary-brown-6").reasons


def test_a_guide_is_read_from_a_path_and_from_a_file(tmp_path: pathlib.Path):
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(OURS))

    assert openup.load_guide(path) == openup.load_guide(str(path)) == openup.load_guide(OURS)
    assert openup.load_guide(path) == openup.load_guide(io.StringIO(json.dumps(OURS)))


def test_all_faults_are_told_at_once_with_their_places():
    reason = {**OURS["reasons"][0], "quotes": ["gary-brwn-6"], "strategies": ["be-patent"], "titel": "x"}
    del reason["title"]

    with pytest.raises(openup.GuideError) as error:
        openup.load_guide({**OURS, "version": "", "reasons": [reason, 3]})

    assert {
        "version: expected a text that is not empty, not ''",
        "reasons[0]: field 'title' is missing",
        "reasons[0]: unknown field 'titel' (did you mean 'title'?)",
        "reasons[0].quotes[0]: unknown quote 'gary-brwn-6' (did you mean 'gary-brown-6'?)",
        "reasons[0].strategies[0]: unknown strategy 'be-patent' (did you mean 'be-patient'?)",
        "reasons[1]: expected an object, not int",
    } <= set(error.value.faults)


def test_a_file_that_is_not_json_is_said_to_be_so():
    with pytest.raises(openup.GuideError, match="not JSON"):
        openup.load_guide(io.StringIO("{"))


def test_other_types_are_a_type_error():
    with pytest.raises(TypeError, match="not int"):
        openup.load_guide(3)


def test_the_other_guide_counts_where_two_are_merged():
    other = openup.load_guide({**OURS, "reasons": [{**OURS["reasons"][0], "id": "past-hurt"}]})

    merged = openup.builtin_guide().merge(other)

    assert "Too tired to talk" == merged.reason("past-hurt").title
    assert 7 == len(merged.reasons)


@pytest.mark.parametrize(
    ("section", "name"), [(5, "int"), (None, "null"), ("past-hurt", "str"), ({}, "dict")], ids=lambda value: repr(value)
)
def test_a_section_that_is_no_list_is_a_fault(section, name):
    with pytest.raises(openup.GuideError, match=f"reasons: expected a list, not {name}"):
        openup.load_guide({**OURS, "reasons": section})


@pytest.mark.parametrize(
    ("rests_on", "fault"),
    [
        (None, "reasons[0].summary.rests_on: expected a list, not null"),
        ("gary-brown-6", "reasons[0].summary.rests_on: expected a list, not str"),
        ([["gary-brown-6"]], "reasons[0].summary.rests_on[0]: unknown quote or source ['gary-brown-6']"),
    ],
)
def test_what_a_passage_rests_on_is_a_list_of_ids(rests_on, fault):
    reason = {**OURS["reasons"][0], "summary": {"text": "x", "rests_on": rests_on}}

    with pytest.raises(openup.GuideError) as error:
        openup.load_guide({**OURS, "reasons": [reason]})

    assert [fault] == [line.partition(" (")[0] for line in error.value.faults]


def test_unknown_fields_are_told_in_the_order_of_the_file():
    unknown = [f"field-{number}" for number in range(20)]

    with pytest.raises(openup.GuideError) as error:
        openup.load_guide({**OURS, **dict.fromkeys(unknown)})

    assert unknown == [fault.split("'")[1] for fault in error.value.faults]
