"""Makes of the packed app what people download: an archive for this system, and on Debian's relatives a package.

`python resources/packing/pack.py APP OUTPUT [DEPENDS...]`: APP is the folder that PyInstaller made; DEPENDS are the
Debian packages that its Qt loads. Licences of everything inside go into the app first. `tasks.py build` runs it.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
_LICENCE = re.compile(r"(^|/)(licen[cs]e|copying|notice|copyright|authors)[^/]*$|/licenses/", re.IGNORECASE)
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
_WHOLE = """Clipset as a whole is free software under the GNU General Public License, version 3 or later: see LICENSE.
It is made of the parts in this folder, each under its own licence.

The part av brings FFmpeg and its encoders, among them x264 and x265, which are under the GNU General Public License.
PySide6 and Qt are used under the GNU General Public License, version 3.
"""
_DESCRIPTION = """A private video server for a home, a club, a school or a small firm
 One person runs it on a machine of theirs; everyone on the same network joins
 with an invitation, uploads from any phone or camera, and watches in the browser."""


def version() -> str:
    """The program's version."""
    text = (ROOT / "server" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    assert found is not None
    return found[1]


def mark() -> str:
    """The mark as an SVG in its own colour."""
    drawn = (ROOT / "resources" / "icons" / "mark.svg").read_text(encoding="utf-8")
    tokens = json.loads((ROOT / "resources" / "theme" / "tokens.json").read_text(encoding="utf-8"))
    accent: str = tokens["color"]["light"]["accent"]
    return drawn.replace("currentColor", accent)


class Part(NamedTuple):
    """Something that the app is made of: its name and version, the licence it states, and the files with its text."""

    name: str
    version: str
    licence: str
    texts: list[Path]


def parts() -> Iterator[Part]:
    """Python, its packages that the locked lists name and this system has, and the packages in the web client."""
    library = Path(os.__file__).parent
    python = [
        file for file in (library / "LICENSE.txt", Path(sys.base_prefix, "LICENSE.txt")) if file.exists()
    ]
    yield Part("Python", platform.python_version(), "PSF-2.0", python[:1])
    lists = (
        (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8") for name in ("core", "desktop")
    )
    for package in sorted({package for lines in lists for package in _PINNED.findall(lines)}):
        try:
            found = metadata.distribution(package)
        except metadata.PackageNotFoundError:
            continue  # for another system
        about = found.metadata
        yield Part(
            about["Name"],
            found.version,
            about.get("License-Expression") or about.get("License") or "see its files",
            [
                Path(str(file.locate()))
                for file in found.files or ()
                if ".dist-info/" in file.as_posix() and _LICENCE.search(file.as_posix())
            ],
        )
    web = ROOT / "resources" / "web"
    locked = json.loads((web / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for place, package in locked.items():
        if place and not package.get("dev"):
            texts = [file for file in (web / place).glob("*") if _LICENCE.search(file.name)]
            name = place.removeprefix("node_modules/").replace("/", "-")
            yield Part(name, package["version"], package.get("license", "see its files"), texts)


def put_licences(folder: Path) -> int:
    """Put what each part is and the text of its licence below `folder`; how many parts there are."""
    count = 0
    for part in parts():
        place = folder / part.name
        place.mkdir(parents=True, exist_ok=True)
        about = f"{part.name} {part.version}\nLicence: {part.licence}\n"
        (place / "ABOUT.txt").write_text(about, encoding="utf-8")
        for text in part.texts:
            shutil.copy(text, place / text.name)
        count += 1
    shutil.copy(ROOT / "LICENSE", folder)
    (folder / "README.txt").write_text(_WHOLE, encoding="utf-8")
    return count


def archive(app: Path, output: Path) -> Path:
    """The app as one file: a zip where people expect that, else a compressed tar, which keeps what may be run."""
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    name = f"clipset-{version()}-{system}-{platform.machine().lower()}"
    if system == "windows":
        return Path(shutil.make_archive(str(output / name), "zip", root_dir=app.parent, base_dir=app.name))
    file = output / f"{name}.tar.gz"
    # a level more takes twice the time and saves a hundredth
    with tarfile.open(file, "w:gz", compresslevel=5) as tar:
        tar.add(app, app.name)
    return file


def debian_package(app: Path, output: Path, depends: list[str]) -> Path:
    """A .deb of the app: in /usr/lib, with a command, an entry in the menu and an icon."""
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    package = output / f"clipset_{version()}_{architecture}.deb"
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name)
        tree.chmod(0o755)
        shutil.copytree(app, tree / "usr" / "lib" / "clipset", symlinks=True)
        (tree / "usr" / "bin").mkdir(parents=True)
        (tree / "usr" / "bin" / "clipset").symlink_to("../lib/clipset/clipset")
        share = tree / "usr" / "share"
        for place in ("applications", "icons/hicolor/scalable/apps", "doc/clipset"):
            (share / place).mkdir(parents=True)
        shutil.copy(ROOT / "resources" / "packing" / "clipset.desktop", share / "applications")
        icon = share / "icons" / "hicolor" / "scalable" / "apps" / "clipset.svg"
        icon.write_text(mark(), encoding="utf-8")
        shutil.copy(ROOT / "LICENSE", share / "doc" / "clipset" / "copyright")
        (tree / "DEBIAN").mkdir()
        size_kb = sum(file.lstat().st_size for file in tree.rglob("*")) // 1024
        control = (
            f"Package: clipset\nVersion: {version()}\nArchitecture: {architecture}\n"
            "Section: video\nPriority: optional\n"
            f"Maintainer: The Clipset authors <clipset@localhost>\nInstalled-Size: {size_kb}\n"
            f"Depends: {', '.join(['libc6', *depends])}\nDescription: {_DESCRIPTION}\n"
        )
        (tree / "DEBIAN" / "control").write_text(control, encoding="utf-8")
        command = ["dpkg-deb", "--root-owner-group", "-Zzstd", "--build", str(tree), str(package)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return package


def main(arguments: list[str]) -> int:
    """Make what this system has the means for, and name it."""
    app, output, depends = Path(arguments[0]), Path(arguments[1]), arguments[2:]
    count = put_licences(app / "licenses")
    made = [archive(app, output)]
    if sys.platform == "linux" and shutil.which("dpkg-deb"):
        made.append(debian_package(app, output, depends))
    for file in made:
        sys.stderr.write(f"{file} ({file.stat().st_size / 1e6:.0f} MB)\n")
    sys.stderr.write(f"with the licences of {count} parts\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
