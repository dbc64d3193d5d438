"""What is written can be read: plain types, JSON, pickles, and the schemas that describe them."""

import copy
import importlib.resources
import json
import pickle

import attrs
import hypothesis_jsonschema
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

import openup
from openup import testing

VALUES = [item for item in map(openup.__dict__.get, openup.__all__) if isinstance(item, type) and attrs.has(item)]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["id", "text", "confidence"]), inner),
    max_leaves=10,
)


def schema(name):
    return json.loads((importlib.resources.files("openup") / "data" / f"{name}.schema.json").read_text("utf-8"))


def bare(name):
    """Return a schema for `hypothesis_jsonschema`, which resolves no id of the schema's own.

    The rules that bind the parts together are left out as well: few random objects would meet them.
    """
    return {key: value for key, value in schema(name).items() if key not in ("$id", "$schema", "allOf")}


GUIDES = jsonschema.Draft202012Validator(schema("guide"))
RECOMMENDATIONS = jsonschema.Draft202012Validator(schema("recommendation"))


def test_every_public_value_is_covered():
    assert 17 == len(VALUES)


@pytest.mark.parametrize("cls", VALUES)
def test_every_public_value_survives_json_and_pickle(cls):
    @given(st.from_type(cls))
    @settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40)
    def survives(value):
        data = json.loads(json.dumps(value.to_dict()))

        assert value == cls.from_dict(data)
        assert data == cls.from_dict(data).to_dict()
        assert value == pickle.loads(pickle.dumps(value))
        assert value == copy.deepcopy(value)
        assert hash(value) == hash(cls.from_dict(data))

    survives()


@pytest.mark.parametrize("cls", VALUES)
def test_any_json_is_a_value_or_a_value_error(cls):
    names = [field.name for field in attrs.fields(cls)]

    @given(JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(names, JSON)))
    @settings(max_examples=40)
    def reads(data):
        try:
            value = cls.from_dict(data)
        except ValueError as error:
            assert str(error)
        else:
            assert value == cls.from_dict(value.to_dict())

    reads()


@given(st.data())
def test_a_recommendation_with_anything_in_any_place_is_a_value_or_a_value_error(data):
    written = openup.testing.fake_recommendation(questions=["past-hurt"]).to_dict()
    item = written
    while True:
        key = data.draw(st.sampled_from(sorted(item) if isinstance(item, dict) else range(len(item))))
        if not (isinstance(item[key], (dict, list)) and item[key]) or data.draw(st.booleans()):
            break
        item = item[key]
    item[key] = data.draw(JSON)

    try:
        openup.Recommendation.from_dict(written)
    except ValueError as error:
        assert str(error).startswith("Recommendation")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema_version": 2}, r"Recommendation\.schema_version: this release reads version 1"),
        ({"outcome": "advice"}, r"Recommendation\.outcome: expected one of 'guidance', 'safety', 'no-match', not str"),
        ({"reasons": [{}]}, r"Recommendation\.reasons\[0\]: field 'reason' is missing"),
        ({"mood": 1}, "Recommendation: unknown field 'mood'; known: outcome,"),
        ({"text": None}, r"Recommendation\.text: expected a value of type str, not NoneType"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(changes, message):
    with pytest.raises(ValueError, match=message):
        openup.Recommendation.from_dict({**testing.fake_recommendation().to_dict(), **changes})


def test_a_number_beyond_floats_is_a_value_error():
    data = {**testing.fake_recommendation().reasons[0].to_dict(), "confidence": 10**400}

    with pytest.raises(ValueError, match=r"ReasonMatch\.confidence: the number is too large"):
        openup.ReasonMatch.from_dict(data)


@pytest.mark.parametrize("name", ["guide", "recommendation"])
def test_the_schemas_are_sound(name):
    jsonschema.Draft202012Validator.check_schema(schema(name))


def test_the_builtin_guide_and_its_dump_meet_the_schema():
    GUIDES.validate(json.loads((importlib.resources.files("openup") / "data" / "guide.json").read_text("utf-8")))
    GUIDES.validate(openup.builtin_guide().to_dict())


@given(testing.guides())
def test_every_guide_meets_the_schema_and_loads_from_its_dump(guide):
    GUIDES.validate(guide.to_dict())

    assert guide == openup.load_guide(guide.to_dict())


@given(hypothesis_jsonschema.from_schema(bare("guide")))
@settings(suppress_health_check=list(HealthCheck), max_examples=25)
def test_what_meets_the_schema_has_no_faults_but_in_its_ids(data):
    try:
        openup.load_guide(data)
    except openup.GuideError as error:
        assert all(": unknown " in fault or " is used twice" in fault for fault in error.faults), error


@given(st.one_of(st.text(), st.sampled_from(testing._LETTERS)))
def test_every_answer_meets_the_schema(text):
    RECOMMENDATIONS.validate(openup.recommend(text).to_dict())


@given(st.from_type(openup.Recommendation))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_every_recommendation_meets_the_schema(recommendation):
    RECOMMENDATIONS.validate(recommendation.to_dict())


@given(hypothesis_jsonschema.from_schema(bare("recommendation")))
@settings(suppress_health_check=list(HealthCheck), max_examples=3)  # A whole one takes a second or two to make.
def test_what_has_the_shape_of_the_schema_can_be_read(data):
    assert data == openup.Recommendation.from_dict(data).to_dict()


@pytest.mark.parametrize("cls", [cls for cls in VALUES if cls.__name__ in bare("recommendation")["$defs"]])
def test_what_has_the_shape_of_a_part_can_be_read(cls):
    parts = bare("recommendation")["$defs"]

    @given(hypothesis_jsonschema.from_schema({"$ref": f"#/$defs/{cls.__name__}", "$defs": parts}))
    @settings(suppress_health_check=list(HealthCheck), max_examples=5)
    def reads(data):
        assert data == cls.from_dict(data).to_dict()

    reads()


@pytest.mark.parametrize(
    "changes",
    [
        {"safety": None},
        {"perspective": "partner"},
        {"quotes": [openup.quotes()[0].to_dict()]},
        {"schema_version": 2},
        {"mood": "fine"},
        {"text": 3},
    ],
    ids=repr,
)
def test_the_schema_refuses_what_is_never_answered(changes):
    notice = testing.fake_recommendation("he hit me", outcome="safety").to_dict()

    RECOMMENDATIONS.validate(notice)
    assert not RECOMMENDATIONS.is_valid({**notice, **changes})


def test_the_schema_names_the_fields_of_the_classes():
    definitions = {**schema("recommendation")["$defs"], "Recommendation": schema("recommendation")}
    expected = {cls: [field.name for field in attrs.fields(cls)] for cls in VALUES if cls.__name__ in definitions}

    assert expected == {cls: definitions[cls.__name__]["required"] for cls in expected}
    assert 15 == len(expected)


@given(st.from_type(openup.Recommendation))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_pydantic_reads_and_writes_what_we_do(recommendation):
    adapter = TypeAdapter(openup.Recommendation)

    assert recommendation is adapter.validate_python(recommendation)
    assert recommendation == adapter.validate_python(recommendation.to_dict())
    assert recommendation.to_dict() == adapter.dump_python(recommendation)


def test_pydantic_names_the_place_of_a_fault():
    with pytest.raises(ValidationError) as error:
        TypeAdapter(openup.Situation).validate_json('{"text": "x", "tried": "be-patient", "mood": 1}')

    assert [("tried",), ("mood",)] == [fault["loc"] for fault in error.value.errors()]


def test_pydantic_gives_a_guide_the_format_of_its_file():
    adapter = TypeAdapter(openup.Guide)
    guide = openup.builtin_guide()

    assert guide == adapter.validate_json(adapter.dump_json(guide))
    with pytest.raises(ValidationError, match="field 'id' is missing"):
        adapter.validate_python({"schema_version": 1})


def test_a_guide_is_read_from_an_object_alone():
    with pytest.raises(openup.GuideError, match="guide: expected an object, not int"):
        openup.Guide.from_dict(3)
