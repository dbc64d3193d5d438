"""What holds for any text, any guide and any value, whatever the model has learned."""

import copy
import json
import pathlib
import pickle
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import contract
import openup
from texts import JSON, PLAIN, SPACE, TEXTS

GUIDE = json.loads((pathlib.Path(openup.__file__).parent / "data" / "guide.json").read_bytes())


def essence(r: openup.Recommendation) -> dict[str, Any]:
    """Return all that a recommendation says but where in the text its evidence stands."""
    return {
        "outcome": r.outcome,
        "perspective": r.perspective,
        "reasons": [(match.reason.id, match.confidence, len(match.evidence)) for match in r.reasons],
        "strategies": [(m.strategy.id, [(b.kind, b.id) for b in m.because]) for m in r.strategies],
        "quotes": [quote.id for quote in r.quotes],
        "questions": [question.reason for question in r.questions],
        "risks": [(risk.kind, risk.confidence, len(risk.evidence)) for risk in r.safety.risks] if r.safety else [],
    }


@given(TEXTS)
def test_every_promise_is_kept(text: str):
    contract.assert_kept(text, openup.recommend(text))


IDS = [reason.id for reason in openup.reasons()]


@given(
    text=TEXTS,
    known=st.sets(st.sampled_from(IDS), max_size=3),
    ruled_out=st.sets(st.sampled_from(IDS), max_size=7),
    tried=st.sets(st.sampled_from([strategy.id for strategy in openup.strategies()])),
    region=st.sampled_from([None, "GB", "us", "EU"]),
)
def test_every_promise_is_kept_of_what_is_known_besides(text, known, ruled_out, tried, region):
    situation = openup.Situation(text, known, ruled_out - known, tried, region)

    r = openup.recommend(situation)

    contract.assert_kept(text, r)
    assert not (ruled_out - known) & {match.reason.id for match in r.reasons}
    assert not (ruled_out | known) & {question.reason for question in r.questions}
    if r.outcome is openup.Outcome.GUIDANCE:
        assert known <= {match.reason.id for match in r.reasons}


@given(TEXTS)
def test_the_same_text_has_the_same_answer_twice(text: str):
    assert openup.recommend(text) == openup.recommend(text)


WORKER = """
import json, sys, openup
for line in sys.stdin:
    print(json.dumps(openup.recommend(json.loads(line)).to_dict()), flush=True)
"""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Callable[[str], list[Any]]]:
    """Answers of two other processes, whose hash seeds differ."""
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(pathlib.Path(openup.__file__).parents[1])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("0", "4242")
    ]

    def ask(text: str) -> list[Any]:
        answers = []
        for worker in workers:
            assert worker.stdin and worker.stdout
            worker.stdin.write(json.dumps(text) + "\n")
            worker.stdin.flush()
            answers.append(json.loads(worker.stdout.readline()))
        return answers

    yield ask
    for worker in workers:
        worker.communicate()


@given(text=TEXTS)
def test_the_same_text_has_the_same_answer_in_another_process(elsewhere, text: str):
    here = openup.recommend(text).to_dict()

    assert [here, here] == elsewhere(text)


@given(TEXTS, SPACE, SPACE)
def test_space_around_a_text_changes_nothing(text: str, before: str, after: str):
    assert essence(openup.recommend(text)) == essence(openup.recommend(before + text + after))


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@example(text="He don´t talk to me.")
@example(text="He is a stay‑at‑home dad and won\u1ffdt talk.")
@example(text="5´K")
@example(text="D‑I")
@given(text=TEXTS)
def test_the_unicode_normal_form_changes_nothing(form: str, text: str):
    normal = unicodedata.normalize(form, text)

    assert essence(openup.recommend(text)) == essence(openup.recommend(normal))


CURLY = {"'": "‘’", '"': "“”„"}


@given(TEXTS, st.data())
def test_curly_and_straight_quotes_are_the_same(text: str, data: st.DataObject):
    curly = re.sub("['\"]", lambda match: data.draw(st.sampled_from(CURLY[match[0]])), text)

    assert essence(openup.recommend(text)) == essence(openup.recommend(curly))


def values(text: str) -> list[Any]:
    r = openup.recommend(text)
    parts: list[Any] = [r, *r.reasons, *r.strategies, *r.questions, *(e for m in r.reasons for e in m.evidence)]
    if r.safety:
        parts += [r.safety, *r.safety.risks, *r.safety.resources]
    return parts


@given(TEXTS)
def test_an_answer_and_its_parts_survive_json(text: str):
    for value in values(text):
        plain = json.loads(json.dumps(value.to_dict()))

        assert value == type(value).from_dict(plain)
        assert plain == value.to_dict()


@given(TEXTS)
def test_an_answer_and_its_parts_survive_pickling_and_copying(text: str):
    for value in values(text):
        assert value == copy.copy(value) == copy.deepcopy(value)
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            assert value == pickle.loads(pickle.dumps(value, protocol))


@pytest.mark.parametrize(
    "value",
    [
        openup.builtin_guide(),
        *openup.sources(),
        *openup.experts(),
        *openup.quotes(),
        *openup.reasons(),
        *openup.strategies(),
        openup.Situation("he is shy", {"past-hurt"}, {"shy-or-reticent"}, {"be-patient"}, "GB"),
    ],
    ids=lambda value: f"{type(value).__name__}-{getattr(value, 'id', '')}",
)
def test_a_value_survives_json_pickling_copying_and_hashing(value: Any):
    assert value == type(value).from_dict(json.loads(json.dumps(value.to_dict())))
    assert value == pickle.loads(pickle.dumps(value)) == copy.copy(value) == copy.deepcopy(value)
    assert hash(value) == hash(copy.deepcopy(value))


@pytest.mark.parametrize("error", [openup.UnknownIdError("reason", "x", ["y"]), openup.GuideError(["a: b"])])
def test_an_error_survives_pickling(error: Exception):
    again = pickle.loads(pickle.dumps(error))

    assert str(error) == str(again)
    assert vars(error) == vars(again)


TYPES = [
    openup.Evidence,
    openup.Guide,
    openup.Passage,
    openup.Quote,
    openup.Reason,
    openup.Recommendation,
    openup.SafetyNotice,
    openup.Situation,
    openup.Strategy,
]


@given(st.sampled_from(TYPES), JSON)
def test_json_of_any_shape_makes_a_value_or_a_value_error(cls: Any, data: Any):
    try:
        value = cls.from_dict(data)
    except ValueError as error:
        reported = str(error)
    else:
        reported = cls.__name__
        assert value == cls.from_dict(value.to_dict())

    assert cls.__name__.lower() in reported.lower()


def damaged(data: st.DataObject, whole: Any) -> Any:
    """Return a copy of JSON with one place deep inside it taken out, doubled or filled with something else."""
    whole = copy.deepcopy(whole)
    node = whole
    while True:
        keys = list(node) if isinstance(node, dict) else range(len(node))
        key = data.draw(st.sampled_from(keys))
        if isinstance(node[key], (dict, list)) and node[key] and data.draw(st.integers(0, 3)):
            node = node[key]
            continue
        change = data.draw(st.sampled_from(["replace", "remove", "add"]))
        if change == "replace":
            node[key] = data.draw(JSON)
        elif change == "remove":
            del node[key]
        elif isinstance(node, dict):
            node[data.draw(st.text(max_size=5))] = data.draw(JSON)
        else:
            node.append(copy.deepcopy(node[key]))
        return whole


@given(st.data())
def test_a_damaged_answer_makes_a_value_or_a_value_error(data: st.DataObject):
    whole = openup.recommend(data.draw(st.sampled_from([*PLAIN]))).to_dict()

    broken = damaged(data, whole)

    try:
        openup.Recommendation.from_dict(broken)
    except ValueError as error:
        assert str(error).startswith("Recommendation")


@example({"schema_version": 1, "id": "ours", "version": "1", "reasons": {}, "quotes": None})
@given(JSON | st.dictionaries(st.sampled_from([*GUIDE, "extends"]) | st.text() | st.integers(), JSON))
def test_any_mapping_makes_a_guide_or_a_guide_error(data: Any):
    if not isinstance(data, dict):
        data = {"schema_version": 1, "id": "ours", "version": "1", "extends": "openup", "reasons": data}
    try:
        guide = openup.load_guide(data)
    except openup.GuideError as error:
        assert error.faults
    else:
        contract.assert_kept("he is shy", openup.recommend("he is shy", guide=guide), guide)


@given(st.data())
def test_a_damaged_guide_loads_or_raises_a_guide_error(data: st.DataObject):
    broken = damaged(data, GUIDE)

    try:
        guide = openup.load_guide(broken)
    except openup.GuideError as error:
        assert error.faults
    else:
        assert guide == openup.Guide.from_dict(guide.to_dict())
        for text in PLAIN:
            contract.assert_kept(text, openup.recommend(text, guide=guide), guide)


@given(st.binary() | JSON.map(lambda data: json.dumps(data).encode()))
def test_any_file_makes_a_guide_or_a_guide_error(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    path = tmp_path_factory.mktemp("guides") / "guide.json"
    path.write_bytes(content)

    with pytest.raises(openup.GuideError):
        openup.load_guide(path)
