"""What people download: the licences in it, and what the package for Debian says of itself."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def pack():
    spec = importlib.util.spec_from_file_location("pack", ROOT / "resources" / "packing" / "pack.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_part_has_its_licence_with_it(pack, tmp_path):
    count = pack.put_licences(tmp_path)
    parts = [folder for folder in tmp_path.iterdir() if folder.is_dir()]
    assert len(parts) == count
    for part in parts:
        assert "\nLicence: " in (part / "ABOUT.txt").read_text("utf-8")
    for name in ("Python", "av", "SQLAlchemy", "falcon", "waitress"):
        assert len(list((tmp_path / name).iterdir())) > 1, f"the text of the licence of {name}"
    assert (tmp_path / "hls.js").is_dir(), "the web client's parts are there, too"
    assert "GENERAL PUBLIC LICENSE" in (tmp_path / "LICENSE").read_text("utf-8")


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("dpkg-deb") is None, reason="needs dpkg-deb")
def test_the_package_for_debian(pack, tmp_path):
    app, output = tmp_path / "clipset", tmp_path / "dist"
    app.mkdir()
    output.mkdir()
    (app / "clipset").write_bytes(b"x" * 100_000)
    (app / "again").symlink_to("clipset")
    package = pack.debian_package(app, output, ["libegl1", "libgl1"])
    said = subprocess.run(
        ["dpkg-deb", "--show", "--showformat=${Version} ${Depends} ${Installed-Size}", package],
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    version, *depends, size_kb = said.split()
    assert version == pack.version()
    assert " ".join(depends) == "libc6, libegl1, libgl1"
    assert 100 < int(size_kb) < 300, "what a link leads to counts once"
    inside = tmp_path / "inside"
    subprocess.run(["dpkg-deb", "--extract", package, inside], check=True)
    assert (inside / "usr" / "bin" / "clipset").resolve() == inside / "usr" / "lib" / "clipset" / "clipset"
    assert (inside / "usr" / "share" / "applications" / "clipset.desktop").is_file()
    assert "currentColor" not in (
        inside / "usr" / "share" / "icons" / "hicolor" / "scalable" / "apps" / "clipset.svg"
    ).read_text("utf-8")
