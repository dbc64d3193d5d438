"""Answer a Parquet table of letters with Dask, on any number of workers.

    python examples/big_data_dask.py letters.parquet answers.parquet --workers 2
    python examples/big_data_dask.py --measure 60000

The first reads the columns `id` and `text` and writes one answer a letter. The second measures, on made-up letters,
how many a second one worker and two workers answer.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import tempfile
import time

import dask
import dask.dataframe as dd
import pandas as pd
from big_data_letters import ANSWER, answer_table, sample_letters
from dask.distributed import Client, LocalCluster


def answer_parquet(letters: str, answers: str) -> None:
    """Read letters, answer each partition on a worker, write the answers. A `Client` says where."""
    table = dd.read_parquet(letters, columns=["id", "text"])
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in ANSWER.items()})
    table.map_partitions(answer_table, meta=empty).to_parquet(answers, write_index=False)


def measure(rows: int, most_workers: int = 2) -> list[dict[str, float]]:
    """Return how long some letters take with one worker, two, and so on; the first is the baseline."""
    results: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        letters, answers = f"{folder}/letters", f"{folder}/answers"
        dd.from_pandas(sample_letters(rows), npartitions=8).to_parquet(letters)
        for workers in range(1, most_workers + 1):
            with local_cluster(workers) as cluster, Client(cluster) as client:
                client.run(answer_table, sample_letters(1))  # Imports and data: once a worker, not once a row.
                started = time.perf_counter()
                answer_parquet(letters, answers)
                seconds = time.perf_counter() - started
            results.append({"workers": workers, "rows": rows, "seconds": round(seconds, 2)})
    for result in results:
        result["rows_per_second"] = round(rows / result["seconds"])
        result["speedup"] = round(results[0]["seconds"] / result["seconds"], 2)
    return results


def local_cluster(workers: int) -> LocalCluster:
    """Return a cluster of this machine's processes. Processes, not threads: the work is pure Python."""
    return LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("letters", nargs="?", help="Parquet file or folder with the columns id and text")
    parser.add_argument("answers", nargs="?", help="folder to write")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--measure", type=int, metavar="ROWS")
    parser.add_argument("--out", type=pathlib.Path, help="also write the measurement to this JSON file")
    options = parser.parse_args()
    # Letters stay strings as Parquet has them; Dask need not look for a better type.
    dask.config.set({"dataframe.convert-string": True})
    if options.measure:
        results = measure(options.measure)
        print(*map(json.dumps, results), sep="\n")
        if options.out:
            options.out.write_text(json.dumps(results, indent=2) + "\n")
    elif options.letters and options.answers:
        with local_cluster(options.workers) as cluster, Client(cluster):
            answer_parquet(options.letters, options.answers)
    else:
        parser.error("name the letters and where the answers go, or --measure ROWS")


if __name__ == "__main__":
    main()
