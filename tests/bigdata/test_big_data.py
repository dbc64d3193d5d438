"""The big-data examples, each on an engine of two local workers."""

import json
import pathlib
import subprocess
import sys

import pandas as pd
import pytest

EXAMPLES = pathlib.Path(__file__).parent.parent.parent / "examples"
sys.path.insert(0, str(EXAMPLES))

import big_data_dask  # noqa: E402
import big_data_letters  # noqa: E402
import big_data_spark  # noqa: E402
from dask.distributed import Client  # noqa: E402

# The engines warn of each other's versions; that is not ours to fail on.
pytestmark = pytest.mark.filterwarnings("default")

ROWS = 240


@pytest.fixture(scope="module")
def dask_engine():
    with big_data_dask.local_cluster(2) as cluster, Client(cluster) as client:
        assert 2 == len(client.scheduler_info()["workers"])
        yield big_data_dask.answer_parquet


@pytest.fixture(scope="module")
def spark_engine():
    spark = big_data_spark.local_session(2)
    yield lambda letters, answers: big_data_spark.answer_parquet(spark, letters, answers)
    spark.stop()


@pytest.fixture(params=["dask_engine", "spark_engine"])
def answered(request, tmp_path):
    """Answer a table cut into some files, and return the answers by id."""
    engine = request.getfixturevalue(request.param)

    def run(letters: pd.DataFrame, files: int) -> pd.DataFrame:
        (tmp_path / f"letters{files}").mkdir()
        for number in range(files):
            letters[number::files].to_parquet(tmp_path / f"letters{files}" / f"{number}.parquet", index=False)
        engine(str(tmp_path / f"letters{files}"), str(tmp_path / f"answers{files}"))
        return plain(pd.read_parquet(tmp_path / f"answers{files}"))

    return run


def plain(answers: pd.DataFrame) -> pd.DataFrame:
    return answers.astype(object).where(answers.notna(), None).set_index("id").sort_index()


def test_every_letter_is_answered_as_a_loop_would(answered):
    letters = big_data_letters.sample_letters(ROWS)

    expected = plain(big_data_letters.answer_table(letters))

    pd.testing.assert_frame_equal(expected, answered(letters, files=4), check_dtype=False, check_index_type=False)


def test_neither_order_nor_partitions_change_an_answer(answered):
    letters = big_data_letters.sample_letters(ROWS)

    pd.testing.assert_frame_equal(
        answered(letters, files=2), answered(letters.sample(frac=1, random_state=3), files=5), check_index_type=False
    )


def test_a_row_that_cannot_be_read_has_an_error_and_stops_no_other(answered):
    letters = pd.DataFrame({"id": [1, 2, 3], "text": ["my wife never shares anything", None, "he hit me"]})

    answers = answered(letters, files=1)

    assert ["guidance", None, "safety"] == list(answers["outcome"])
    assert [None, None] == [answers["error"][1], answers["error"][3]]
    assert "the text is missing" == answers["error"][2]


def test_a_value_of_another_type_is_an_error_of_its_row_too():
    assert "takes a str" in big_data_letters.answer(1, 3)["error"]


@pytest.mark.parametrize("example", ["big_data_dask.py", "big_data_spark.py"])
def test_the_measurement_is_written_for_one_worker_and_for_two(example, tmp_path):
    out = tmp_path / "scaling.json"

    subprocess.run([sys.executable, EXAMPLES / example, "--measure", str(ROWS), "--out", out], check=True)

    one, two = json.loads(out.read_text())
    assert (1, 2) == (one["workers"], two["workers"])
    assert one["rows_per_second"] > 0
    assert round(one["seconds"] / two["seconds"], 2) == two["speedup"]


@pytest.mark.parametrize("example", ["big_data_dask.py", "big_data_spark.py"])
def test_the_command_reads_letters_and_writes_answers(example, tmp_path):
    big_data_letters.sample_letters(50).to_parquet(tmp_path / "letters.parquet", index=False)

    subprocess.run([sys.executable, EXAMPLES / example, tmp_path / "letters.parquet", tmp_path / "answers"], check=True)

    assert [*range(50)] == sorted(pd.read_parquet(tmp_path / "answers")["id"])
