"""What a wheel and a source archive contain, and that a wheel finds its resources where it is installed."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def built(target: str, folder: Path) -> Path:
    """The one file that hatchling makes of this tree for `target`."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    (file,) = folder.iterdir()
    return file


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return built("wheel", tmp_path_factory.mktemp("wheel"))


def test_a_wheel_has_the_program_and_its_resources_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "clipset_desktop",
        "server",
        "resources",
    }
    assert {name.split("/")[1] for name in names if name.startswith("resources/")} == {
        "icons",
        "theme",
        "web_dist",
        "words",
    }
    for needed in ("server/__init__.py", "resources/web_dist/index.html", "resources/theme/tokens.json"):
        assert needed in names
    assert [name for name in names if name.startswith("resources/web_dist/") and name.endswith(".js")]
    assert [name for name in names if "node_modules" in name or name.endswith((".sources", ".pyc"))] == []
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]


def test_an_installed_wheel_finds_its_resources(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = "from server import paths as p; print(p.__file__, (p.web_dist_dir() / 'index.html').is_file(), sep='\\n')"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    )
    file, found = answer.stdout.splitlines()
    assert Path(file).is_relative_to(tmp_path)
    assert found == "True"


def test_a_source_archive_can_build_the_wheel_again(tmp_path):
    with tarfile.open(built("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for needed in (
        "hatch_build.py",
        "tasks.py",
        "requirements/core.txt",
        "resources/web/package-lock.json",
        "LICENSE",
    ):
        assert needed in names
    assert [name for name in names if "node_modules" in name or "web_dist" in name] == []
