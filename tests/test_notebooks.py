"""Runs every notebook under examples/ from top to bottom in a kernel of this Python."""

import json
import pathlib
import subprocess
import sys

import pytest

NOTEBOOKS = sorted((pathlib.Path(__file__).parent.parent / "examples").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.name)
def path(request):
    return request.param


def code(path: pathlib.Path) -> list[dict]:
    return [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]


def test_a_notebook_runs_from_top_to_bottom(path, tmp_path):
    # In a process of its own: nbclient leaves sockets to the garbage collector, which warns of them.
    execute = "import sys; from nbclient.cli import main; main(sys.argv[1:])"
    out = tmp_path / path.name
    subprocess.run([sys.executable, "-c", execute, f"--output={out.with_suffix('')}", path], check=True)

    assert all(cell["execution_count"] for cell in code(out))
    assert any("<mark>His ex cheated on him</mark>" in json.dumps(cell["outputs"]) for cell in code(out))


def test_a_notebook_is_kept_without_outputs(path):
    assert [] == [cell["id"] for cell in code(path) if cell["outputs"]]
