"""Answer a Parquet table of letters with Spark, in local mode here and unchanged on a cluster.

    python examples/big_data_spark.py letters.parquet answers.parquet --workers 2
    python examples/big_data_spark.py --measure 60000

The first reads the columns `id` and `text` and writes one answer a letter. The second measures, on made-up letters,
how many a second one worker and two workers answer.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import sys
import tempfile
import time

import big_data_letters
from big_data_letters import answer_batches, sample_letters
from pyspark.sql import SparkSession

SCHEMA = "id long, outcome string, perspective string, reason string, confidence double, strategy string, error string"


def answer_parquet(spark: SparkSession, letters: str, answers: str) -> None:
    """Read letters, answer each partition on a worker, write the answers."""
    table = spark.read.parquet(letters).select("id", "text")
    table.mapInPandas(answer_batches, SCHEMA).write.mode("overwrite").parquet(answers)


def measure(rows: int, most_workers: int = 2) -> list[dict[str, float]]:
    """Return how long some letters take with one worker, two, and so on; the first is the baseline."""
    results: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        letters, answers = f"{folder}/letters", f"{folder}/answers"
        pathlib.Path(letters).mkdir()
        table = sample_letters(rows)
        for part in range(8):
            table[part::8].to_parquet(f"{letters}/{part}.parquet", index=False)
        for workers in range(1, most_workers + 1):
            spark = local_session(workers)
            # Imports, data and the JVM's warming up: once a worker, not once a row.
            spark.read.parquet(letters).limit(100).mapInPandas(answer_batches, SCHEMA).collect()
            started = time.perf_counter()
            answer_parquet(spark, letters, answers)
            seconds = time.perf_counter() - started
            spark.stop()
            results.append({"workers": workers, "rows": rows, "seconds": round(seconds, 2)})
    for result in results:
        result["rows_per_second"] = round(rows / result["seconds"])
        result["speedup"] = round(results[0]["seconds"] / result["seconds"], 2)
    return results


def local_session(workers: int) -> SparkSession:
    """Return a session on this machine. On a cluster, leave out `master` and submit the script."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # The workers' Python is this one.
    spark = (
        SparkSession.builder.master(f"local[{workers}]")
        .appName("openup")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.files.maxPartitionBytes", "1m")
        .config("spark.sql.files.openCostInBytes", "1m")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    spark.sparkContext.addPyFile(big_data_letters.__file__)
    return spark


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("letters", nargs="?", help="Parquet file or folder with the columns id and text")
    parser.add_argument("answers", nargs="?", help="folder to write")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--measure", type=int, metavar="ROWS")
    parser.add_argument("--out", type=pathlib.Path, help="also write the measurement to this JSON file")
    options = parser.parse_args()
    if options.measure:
        results = measure(options.measure)
        print(*map(json.dumps, results), sep="\n")
        if options.out:
            options.out.write_text(json.dumps(results, indent=2) + "\n")
    elif options.letters and options.answers:
        spark = local_session(options.workers)
        answer_parquet(spark, options.letters, options.answers)
        spark.stop()
    else:
        parser.error("name the letters and where the answers go, or --measure ROWS")


if __name__ == "__main__":
    main()
