"""Put the playground together: the page, Pyodide from npm, and the wheels of openup and what it needs.

python docs/playground/build.py docs/_build/html/playground
"""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

#: Pyodide's version on npm. The first part is its CPython: 314 is 3.14.
PYODIDE = "314.0.7"
#: What the browser needs of the npm package, which holds more.
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
PAGE = ("index.html", "playground.css", "playground.js", "worker.js", "answer.py")

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent


def build(target: pathlib.Path) -> None:
    """Write the whole playground to a folder, replacing what is there."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in PAGE:
        shutil.copy(HERE / name, target / name)
    with tempfile.TemporaryDirectory() as folder:
        copy_pyodide(pathlib.Path(folder), target / "pyodide")
    wheels = build_wheels(target / "wheels")
    counted = [target / "pyodide" / "pyodide.asm.wasm", target / "pyodide" / "python_stdlib.zip", *wheels]
    manifest = {
        "pyodide": PYODIDE,
        "wheels": [wheel.name for wheel in wheels],
        "bytes": {path.name: path.stat().st_size for path in counted},
    }
    (target / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def copy_pyodide(scratch: pathlib.Path, target: pathlib.Path) -> None:
    """Fetch Pyodide by npm's own client and copy the files that the browser needs."""
    subprocess.run(["npm", "pack", "--silent", f"pyodide@{PYODIDE}"], cwd=scratch, check=True, stdout=subprocess.PIPE)
    target.mkdir()
    with tarfile.open(scratch / f"pyodide-{PYODIDE}.tgz") as archive:
        for name in CORE:
            source = archive.extractfile(f"package/{name}")
            if source is None:
                raise FileNotFoundError(f"pyodide {PYODIDE} holds no {name}")
            (target / name).write_bytes(source.read())


def build_wheels(target: pathlib.Path) -> list[pathlib.Path]:
    """Build openup's wheel and collect those it needs, all of pure Python."""
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", target, ROOT], check=True)
    wheels = sorted(target.glob("*.whl"))
    compiled = [wheel.name for wheel in wheels if not wheel.name.endswith("-none-any.whl")]
    if compiled:
        raise ValueError(f"the browser needs wheels of pure Python, not {', '.join(compiled)}")
    return wheels


if __name__ == "__main__":
    build(pathlib.Path(sys.argv[1]))
