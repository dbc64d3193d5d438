"""What is shipped: the files in the wheel, its metadata, its size, and that a second build has the same bytes."""

import email
import importlib.metadata
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import pytest

import openup

ROOT = pathlib.Path(__file__).parents[1]
#: The wheel holds these for certain; modules and data beside them are what `src/openup` has.
ALWAYS = {
    "openup/__init__.py",
    "openup/__main__.py",
    "openup/py.typed",
    "openup/data/guide.json",
    "openup/data/lexicon.json",
    "openup/data/safety.json",
}
METADATA = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
MAX_SIZE = 400_000


def build(place: pathlib.Path, umask: int, clock: int) -> pathlib.Path:
    """Build the wheel and the source distribution from a copy of the checkout made under other circumstances."""
    copy = place / "checkout"
    names = ["src", "LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", ".gitignore"]
    for name in reversed(names) if umask else names:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            copy.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    for path in copy.rglob("*"):
        path.chmod(0o777 & ~umask)
        os.utime(path, (clock, clock))
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(place / "dist")],
        cwd=copy,
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": str(clock % 1000)},
    )
    return place / "dist"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return build(tmp_path_factory.mktemp("first"), 0o000, 1_600_000_000)


@pytest.fixture(scope="module")
def wheel(dist: pathlib.Path) -> pathlib.Path:
    (path,) = dist.glob("*.whl")
    return path


def test_the_wheel_is_for_every_python_and_platform(wheel: pathlib.Path):
    assert f"openup-{openup.__version__}-py3-none-any.whl" == wheel.name


def test_the_wheel_holds_the_package_and_nothing_else(wheel: pathlib.Path):
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())

    source = ROOT / "src"
    package = {
        path.relative_to(source).as_posix()
        for path in (source / "openup").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    info = f"openup-{openup.__version__}.dist-info"
    assert package | {f"{info}/{name}" for name in METADATA} == names
    assert package >= ALWAYS
    assert {".py", ".json", ".bin", ".typed"} >= {pathlib.PurePosixPath(name).suffix for name in package}


def test_the_wheel_is_small(wheel: pathlib.Path):
    assert wheel.stat().st_size <= MAX_SIZE


def test_the_wheel_asks_for_attrs_and_importlib_resources_and_no_more(wheel: pathlib.Path):
    with zipfile.ZipFile(wheel) as file:
        metadata = email.message_from_bytes(file.read(f"openup-{openup.__version__}.dist-info/METADATA"))

    required = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert ["attrs", "importlib-resources"] == sorted(line.split(">")[0] for line in required)
    assert "MIT" == metadata["License-Expression"]
    assert ">=3.10" == metadata["Requires-Python"]


def test_nothing_shipped_names_a_place_on_the_machine_that_built_it(wheel: pathlib.Path):
    with zipfile.ZipFile(wheel) as file:
        content = b"\n".join(map(file.read, file.namelist()))

    assert str(ROOT).encode() not in content
    assert str(pathlib.Path.home()).encode() not in content
    assert b"/home/" not in content


def test_a_second_build_has_the_same_bytes(dist: pathlib.Path, tmp_path: pathlib.Path):
    again = build(tmp_path, 0o022, 1_700_000_000)

    first = {path.name: path.read_bytes() for path in dist.iterdir()}
    second = {path.name: path.read_bytes() for path in again.iterdir()}
    assert 2 == len(first)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_the_command_is_installed_under_its_name():
    (command,) = importlib.metadata.entry_points(group="console_scripts", name="openup")

    assert "openup.__main__:main" == command.value
    assert callable(command.load())


def test_the_package_says_that_it_is_typed():
    assert (pathlib.Path(openup.__file__).parent / "py.typed").is_file()


def test_the_version_is_the_one_installed():
    assert importlib.metadata.version("openup") == openup.__version__
