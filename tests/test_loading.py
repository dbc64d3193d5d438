import io
import json
import pathlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import openup
from openup import _loading

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
        "reasons[1]: expected an object, not 3",
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


STRATEGY = {
    "id": "rest",
    "title": "Rest first",
    "summary": "s",
    "why": "w",
    "steps": ["one", {"text": "two", "rests_on": ["paper"]}],
    "openers": [],
    "for_self": "f",
    "not_when": "n",
}
FULL = {
    "schema_version": 1,
    "id": "full",
    "version": "1",
    "sources": [{"id": "paper", "title": "A Paper", "publisher": "A House", "url": "https://example.org/"}],
    "experts": [{"id": "ann", "name": "Ann", "credentials": "a nurse", "source": "paper"}],
    "quotes": [{"id": "ann-1", "text": "Sleep on it", "expert": "ann", "source": "paper"}],
    "reasons": [{**OURS["reasons"][0], "strategies": ["rest"], "quotes": ["ann-1"], "examples": ["He is worn out"]}],
    "strategies": [STRATEGY],
}


def faults_of(data):
    with pytest.raises(openup.GuideError) as error:
        openup.load_guide(data)
    return list(error.value.faults)


def changed(place, value):
    """Return FULL with the value at a place such as `("quotes", 0, "id")` replaced."""
    data = json.loads(json.dumps(FULL))
    item = data
    for step in place[:-1]:
        item = item[step]
    item[place[-1]] = value  # As it is: it may be too deep to copy.
    return data


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        (("sources",), {}, "sources: expected a list, not an object"),
        (("sources", 0, "url"), "javascript:alert(1)", "sources[0].url: expected an address that starts with https:// or http://, not 'javascript:alert(1)'"),  # noqa: E501
        (("sources", 0, "id"), "a b", "sources[0].id: expected letters a to z, digits, '-', '_' and '.', such as 'past-hurt', not 'a b'"),  # noqa: E501
        (("quotes", 0, "expert"), ["ann"], "quotes[0].expert: expected an id, not a list"),
        (("quotes", 0, "source"), "papr", "quotes[0].source: unknown source 'papr' (did you mean 'paper'?)"),
        (("reasons", 0, "examples"), ["a", " "], "reasons[0].examples[1]: expected a text that is not empty, not ' '"),
        (("reasons", 0, "signs"), None, "reasons[0].signs: expected a list, not null"),
        (("reasons", 0, "id"), "self", "reasons[0].id: 'self' has another meaning; choose another id"),
        (("strategies", 0, "steps", 1, "rests_on"), [{}], "strategies[0].steps[1].rests_on[0]: expected an id, not an object"),  # noqa: E501
        (("strategies", 0, "steps", 1, "rests_on"), 3, "strategies[0].steps[1].rests_on: expected a list, not 3"),
        (("strategies", 0, "title"), "x" * 99 + "\n", None),
        (("schema_version",), 2, "schema_version: this release reads version 1, not 2"),
        (("schema_version",), True, "schema_version: this release reads version 1, not True"),
        (("extends",), "opnup", "extends: the only guide that can be extended is 'openup'"),
        (("version",), 1, "version: expected a text that is not empty, not 1"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place_and_what_would_be_right(place, value, fault):
    if fault is None:
        assert openup.load_guide(changed(place, value))
    else:
        assert fault in faults_of(changed(place, value))


def test_one_mistake_is_one_fault():
    assert ["quotes[0].text: expected a text that is not empty, not null"] == faults_of(
        changed(("quotes", 0, "text"), None)
    )


def test_an_id_used_twice_is_a_fault():
    assert ["quotes[1].id: 'ann-1' is used twice"] == faults_of({**FULL, "quotes": FULL["quotes"] * 2})


def test_a_field_written_twice_is_a_fault():
    text = '{"schema_version": 1, "id": "a", "version": "1", "id": "b"}'

    with pytest.raises(openup.GuideError, match=r"guide: field 'id' stands twice in one object .the one with id 'b'"):
        openup.load_guide(io.StringIO(text))


@pytest.mark.parametrize("text", [b"\xff\xfe\xfd", b"", b"[" * 100_000, b"nul", b"1" * 5000], ids=repr)
def test_bytes_that_are_no_guide_are_a_guide_error(text):
    with pytest.raises(openup.GuideError):
        openup.load_guide(io.BytesIO(text))


def test_a_text_file_in_another_encoding_is_a_guide_error(tmp_path):
    path = tmp_path / "ours.json"
    path.write_bytes(b'{"id": "\xe9"}')

    with path.open(encoding="utf-8") as file, pytest.raises(openup.GuideError, match="not JSON"):
        openup.load_guide(file)


def test_a_missing_file_is_an_os_error():
    with pytest.raises(FileNotFoundError):
        openup.load_guide("there-is-no-such-guide.json")


def deep(levels, kind):
    data = "bottom"
    for _ in range(levels):
        data = [data] if kind is list else {"a": data}
    return data


@pytest.mark.parametrize("kind", [list, dict])
@pytest.mark.parametrize(
    "place", [("id",), ("quotes",), ("quotes", 0), ("quotes", 0, "expert"), ("reasons", 0, "summary")]
)
def test_deep_nesting_is_a_guide_error(place, kind):
    assert faults_of(changed(place, deep(50_000, kind)))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["openup", "be-patient", "ann"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from([*FULL, *STRATEGY, "rests_on"]), inner),
    max_leaves=20,
)


@given(JSON)
def test_any_json_loads_or_is_a_guide_error(data):
    try:
        openup.load_guide(io.StringIO(json.dumps(data)))
    except openup.GuideError as error:
        assert error.faults
        assert all(": " in fault for fault in error.faults)


def places(data, place=()):
    yield place
    for key, item in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(item, (*place, key))


@given(st.sampled_from([place for place in places(FULL) if place]), JSON)
def test_a_guide_with_anything_in_any_place_loads_or_is_a_guide_error(place, value):
    try:
        guide = openup.load_guide(changed(place, value))
    except openup.GuideError as error:
        assert error.faults
    else:
        assert guide == openup.load_guide(guide.to_dict())
        openup.recommend("My wife never tells me what she feels.", guide=guide)


def test_faults_of_several_places_do_not_hide_each_other():
    assert 3 == len(
        faults_of(
            {
                **changed(("quotes", 0, "expert"), "bob"),
                "version": None,
                "strategies": [{**STRATEGY, "openers": "x"}],
            }
        )
    )


def big(size):
    return {
        **FULL,
        "quotes": [{"id": f"q-{i}", "text": f"Words {i}", "expert": "ann", "source": "paper"} for i in range(size)],
        "reasons": [{**FULL["reasons"][0], "quotes": [f"q-{i}" for i in range(size)]}],
        "strategies": [{**STRATEGY, "quotes": [f"q-{i}" for i in range(size)]}],
    }


def test_a_guide_of_5000_quotes_loads_in_under_a_second():
    text = json.dumps(big(5000))

    start = time.process_time()
    guide = openup.load_guide(io.StringIO(text))
    passed = time.process_time() - start

    assert 5000 == len(guide.quotes)
    assert passed < 1


def test_5000_faults_are_all_told_in_under_three_seconds():
    data = big(5000)
    for quote in data["quotes"]:
        quote["id"] += "x"

    start = time.process_time()
    faults = faults_of(data)
    passed = time.process_time() - start

    assert 10_000 == len(faults)
    assert passed < 3


def test_a_day_of_checking_has_to_be_written_in_full():
    service = {"name": "n", "contact": "1", "how": "h", "hours": "", "kinds": ["self-harm"], "region": "GB"}
    service |= {"source": "https://example.org", "checked": "20261123"}

    with pytest.raises(openup.GuideError, match="checked: expected a day such as '2026-11-23'"):
        openup.load_guide({**OURS, "safety": {"resources": [service]}})


def test_the_data_are_found_where_the_loader_reads_none(monkeypatch):
    read = _loading.read_data("words.json")
    monkeypatch.setattr(_loading.__spec__, "loader", None)

    assert read == _loading.read_data("words.json")
