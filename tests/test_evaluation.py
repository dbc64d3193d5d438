import json
import math

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import openup

for package in ("matplotlib", "sklearn", "tabulate"):
    pytest.importorskip(package, reason=f"{package} is not installed: nox -s evaluate runs these tests")

import evaluate  # noqa: E402
import figures  # noqa: E402
import plots  # noqa: E402
from figures import Answer  # noqa: E402

PLAN = ["build-trust", "be-patient", "explore-reasons"]


def row(id, scope="out", perspective=None, safety=(), reasons=(), strategies=(), **more):
    return {
        "id": id,
        "text": f"the text of {id}",
        "scope": scope,
        "perspective": perspective,
        "safety": [*safety],
        "reasons": [*reasons],
        "strategies": [*strategies],
        **more,
    }


def inside(id, reasons=(), **more):
    return row(id, "in", "partner", reasons=reasons, strategies=PLAN, **more)


def guidance(reasons=None, strategies=(), perspective="partner"):
    return Answer("guidance", perspective, reasons or {}, strategies)


#: Every figure of these ten texts can be counted on one's fingers.
TEN = [
    (
        inside("one", ["past-hurt", "feels-unsafe"]),
        guidance({"past-hurt": 0.9}, ["build-trust", "lead-by-example", "be-patient"]),
    ),
    (inside("two"), guidance({"shy-or-reticent": 0.6}, ["value-openness", "lead-by-example"], perspective="self")),
    (inside("three", ["shy-or-reticent"]), Answer("no-match", faults=["a broken promise"])),
    (inside("four"), guidance(strategies=PLAN)),
    (row("five"), guidance({"past-hurt": 0.8})),
    (row("six"), Answer("no-match")),
    (row("seven", safety=["self-harm"]), Answer("safety", risks=["self-harm"])),
    (row("eight", "in", "partner", ["partner-violence"]), Answer("safety", risks=["coercive-control"])),
    (row("nine"), Answer("safety", risks=["self-harm"])),
    (row("ten", "in", "partner", ["partner-violence"]), guidance({"past-hurt": 0.7}, PLAN)),
]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("n", 10),
        ("n_in", 4),
        ("n_risky", 3),
        # Guidance is due to one, two, three and four; one, two, four and five got it.
        ("scope_precision", 3 / 4),
        ("scope_recall", 3 / 4),
        ("scope_f1", 3 / 4),
        # Five, of five, six and nine.
        ("false_guidance", 1 / 3),
        # One hit (one), one too many (two), two misses (one and three).
        ("reasons_precision", 1 / 2),
        ("reasons_recall", 1 / 3),
        ("reasons_micro_f1", 2 / 5),
        # past-hurt 1, feels-unsafe 0, shy-or-reticent 0.
        ("reasons_macro_f1", 1 / 3),
        ("reasons_top1", 1 / 2),
        ("reasons_silent_when_none", 1 / 2),
        # 0.9 was right and 0.6 was wrong.
        ("calibration_error", (0.1 + 0.6) / 2),
        # One has the best in place 1 and the second in place 3; two and three have nothing; four has all.
        ("strategies_ndcg3", ((3 + 2 / 2) / (3 + 2 / math.log2(3) + 1 / 2) + 0 + 0 + 1) / 4),
        ("strategies_first_in_top3", 2 / 4),
        ("perspective_accuracy", 2 / 4),
        ("safety_recall", 2 / 3),
        ("safety_kind_recall", 1 / 3),
        ("safety_false_alarms", 1 / 7),
        ("faults", 1),
    ],
)
def test_figures_are_what_one_counts_by_hand(name, expected):
    assert pytest.approx(expected) == figures.score(TEN)[name]


def test_a_figure_of_nothing_is_not_a_number():
    score = figures.score([(row("seven", safety=["self-harm"]), Answer("safety", risks=["self-harm"]))])

    assert {"n": 1, "n_in": 0, "n_risky": 1, "safety_recall": 1, "safety_kind_recall": 1, "faults": 0} == {
        name: value for name, value in score.items() if not math.isnan(value)
    }


def test_each_reason_has_its_own_figures():
    reasons = figures.by_reason(TEN)

    assert {"expected": 1, "named": 1, "precision": 1, "recall": 1, "f1": 1} == reasons["past-hurt"]
    assert {"expected": 1, "named": 1, "precision": 0, "recall": 0, "f1": 0} == reasons["shy-or-reticent"]
    assert (1, 0, 0) == tuple(reasons["feels-unsafe"][name] for name in ("expected", "named", "recall"))
    assert math.isnan(reasons["feels-unsafe"]["precision"])


def test_each_danger_has_its_own_figures():
    risks = figures.by_risk(TEN)

    assert {"expected": 2, "recall": 1 / 2, "kind_recall": 0, "false_alarms": 0} == risks["partner-violence"]
    assert {"expected": 1, "recall": 1, "kind_recall": 1, "false_alarms": 1} == risks["self-harm"]


def test_a_missed_reason_is_confused_with_what_was_named_in_its_place():
    expected = [("past-hurt", "past-hurt"), ("feels-unsafe", "topic-specific")]

    assert expected == figures.confusions(
        [(inside("one", ["past-hurt", "feels-unsafe"]), guidance({"past-hurt": 0.9, "topic-specific": 0.3}))]
    )


def test_silence_and_words_without_support_are_confusions_with_none():
    expected = [
        ("past-hurt", "past-hurt"),
        ("feels-unsafe", figures.NONE),
        (figures.NONE, "shy-or-reticent"),
        ("shy-or-reticent", figures.NO_GUIDANCE),
        (figures.NONE, figures.NONE),
    ]

    assert expected == figures.confusions(TEN)


def test_confidences_are_weighed_by_tenths_that_begin_with_their_lower_end():
    said = {"past-hurt": 1.0, "feels-unsafe": 0.3, "topic-specific": 0.39, "shy-or-reticent": 0.29}
    counts, sums, hits = figures.bins([(inside("one", ["past-hurt", "topic-specific"]), guidance(said))])

    assert [0, 0, 1, 2, 0, 0, 0, 0, 0, 1] == counts.tolist()
    assert pytest.approx([0, 0, 0.29, 0.69, 0, 0, 0, 0, 0, 1]) == sums.tolist()
    assert [0, 0, 0, 1, 0, 0, 0, 0, 0, 1] == hits.tolist()


def test_too_sure_and_too_unsure_cancel_out_within_a_tenth_only():
    within = [(inside("one", ["past-hurt"]), guidance({"past-hurt": 0.5, "feels-unsafe": 0.5}))]
    across = [(inside("one", ["past-hurt"]), guidance({"past-hurt": 0.6, "feels-unsafe": 0.4}))]

    assert pytest.approx(0) == figures.calibration_error(within)
    assert pytest.approx(0.4) == figures.calibration_error(across)


def some(values, most):
    return st.lists(st.sampled_from(values), unique=True, max_size=most)


@st.composite
def labels(draw):
    safety = draw(some(figures.RISKS, 2))
    if draw(st.booleans()):
        return row("any", safety=safety)
    plan = [] if safety else draw(st.permutations(figures.STRATEGIES))[:3]
    return row("any", "in", draw(st.sampled_from(["partner", "self"])), safety, draw(some(figures.REASONS, 3)), plan)


def ideal(labelled):
    if labelled["safety"]:
        return Answer("safety", risks=labelled["safety"])
    if labelled["scope"] == "out":
        return Answer("no-match")
    reasons = dict.fromkeys(labelled["reasons"], 1.0)
    return Answer("guidance", labelled["perspective"], reasons, labelled["strategies"])


@given(st.lists(labels(), min_size=1, max_size=8))
def test_whoever_answers_like_the_labels_gets_full_marks(rows):
    score = figures.score([(labelled, ideal(labelled)) for labelled in rows])

    errors = {"false_guidance", "calibration_error", "safety_false_alarms", "faults"}
    for name in score.keys() - {"n", "n_in", "n_risky"}:
        assert math.isnan(score[name]) or pytest.approx(float(name not in errors)) == score[name], name


@pytest.mark.parametrize(
    "text",
    ["He goes quiet whenever I ask what's wrong. His ex cheated on him.", "he hit me", "how do I descale a kettle"],
)
def test_what_the_library_says_keeps_its_promises(text):
    assert [] == figures.answer(text, openup.recommend(text)).faults


def test_an_answer_is_taken_down_in_the_terms_of_the_labels():
    text = "He goes quiet whenever I ask what's wrong. His ex cheated on him."
    said = openup.recommend(text)

    found = figures.answer(text, said)

    assert ("guidance", "partner", ()) == (found.outcome, found.perspective, tuple(found.risks))
    assert {match.reason.id: match.confidence for match in said.reasons} == found.reasons
    assert [match.strategy.id for match in said.strategies] == found.strategies


def test_broken_promises_are_noticed():
    text = "He goes quiet whenever I ask what's wrong. His ex cheated on him."
    said = openup.recommend(text)
    (first, *others) = said.reasons
    shifted = attrs.evolve(first.evidence[0], start=first.evidence[0].start + 1)
    broken = {
        "the confidence 1.5 is none": attrs.evolve(said, reasons=(attrs.evolve(first, confidence=1.5), *others)),
        "no evidence": attrs.evolve(said, reasons=(attrs.evolve(first, evidence=()), *others)),
        "is not in the text": attrs.evolve(said, reasons=(attrs.evolve(first, evidence=(shifted,)), *others)),
        "the outcome is safety with 0 risks": attrs.evolve(said, outcome=openup.Outcome.SAFETY),
        "guidance beside a safety notice": attrs.evolve(
            said, outcome=openup.Outcome.SAFETY, safety=openup.recommend("he hit me").safety
        ),
    }

    for fault, wrong in broken.items():
        assert fault in " ".join(figures.answer(text, wrong).faults)


def save(path, rows):
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return path


@pytest.fixture
def ours(tmp_path):
    rows = [
        {**inside("hurt", ["past-hurt"], family="plain"), "text": "He never talks to me. His ex cheated on him."},
        {**inside("blank", ["topic-specific"], family="silent"), "text": "my wife never shares anything"},
        {**row("missed", safety=["self-harm"], family="danger"), "text": "how do I descale a kettle"},
        {**row("alarm", family="danger"), "text": "he hit me"},
    ]
    return save(tmp_path / "dev.jsonl", rows)


@pytest.fixture
def theirs(tmp_path):
    rows = [
        {**inside("secret-1", ["topic-specific"], src="letters"), "text": "my wife never shares anything"},
        {**row("secret-2", safety=["self-harm"], src="letters"), "text": "how do I descale a kettle"},
    ]
    return save(tmp_path / "theirs.jsonl", rows)


def test_the_page_lists_what_went_wrong_by_id(ours, tmp_path):
    text = evaluate.report([ours], [], tmp_path)
    lines = [" ".join(line.replace("|", " ").split()) for line in text.splitlines()]

    assert "family silent `blank` topic-specific –" in lines
    assert "self-harm – `missed`" in lines
    assert any(line.startswith("– partner-violence") and line.endswith(" `alarm`") for line in lines)
    assert not any("`hurt`" in line for line in lines)


def test_of_the_sets_of_others_the_page_has_figures_only(ours, theirs, tmp_path):
    text = evaluate.report([ours], [theirs], tmp_path)

    assert "## theirs.jsonl\n\n2 texts: 1 with a danger; of the others, 1 in scope." in text
    assert "secret" not in text
    assert "kettle" not in text
    assert "never shares" not in text


def test_a_set_that_is_not_there_is_skipped(ours, tmp_path):
    text = evaluate.report([ours, tmp_path / "safety.jsonl"], [], tmp_path)

    assert "## safety.jsonl" not in text


def test_the_page_and_its_pictures_are_the_same_every_time(ours, tmp_path):
    runs = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        evaluate.report([ours], [], tmp_path / name)
        runs.append({path.name: path.read_bytes() for path in sorted((tmp_path / name).rglob("*")) if path.is_file()})

    pictures = [f"{name}-{scheme}.svg" for name in ("confusion", "reliability") for scheme in plots.SCHEMES]
    assert sorted(["quality.md", *pictures]) == sorted(runs[0])
    assert runs[0] == runs[1]


def test_baselines_stand_beside_figures_that_exist():
    named = {name for of in evaluate.BASELINES.values() for values in of.values() for name in values}

    assert named <= figures.score(TEN).keys()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reasons": ["past-hurts"]}, r"dev.jsonl, line 1: 'reasons' has 'past-hurts'; known are feels-unsafe, "),
        ({"scope": "maybe"}, r"dev.jsonl, line 1: 'scope' has 'maybe'; known are in, out$"),
    ],
)
def test_a_label_that_does_not_exist_is_named_with_its_line(change, message, tmp_path):
    path = save(tmp_path / "dev.jsonl", [{**inside("one"), **change}])

    with pytest.raises(SystemExit, match=message):
        evaluate.load(path, shown=True)


def test_a_missing_label_is_named_with_its_line(tmp_path):
    path = save(tmp_path / "dev.jsonl", [row("one"), {"id": "two", "text": "he hit me"}])

    with pytest.raises(SystemExit, match=r"dev\.jsonl, line 2: 'scope' is missing"):
        evaluate.load(path, shown=True)
