"""Makes of the packed app what people download: an archive for this system, and on Debian's relatives a package.

`python resources/packing/pack.py APP OUTPUT [DEPENDS...]`: APP is the folder that PyInstaller made; DEPENDS are the
Debian packages that its Qt loads. Licences of everything inside go into the app first. `tasks.py build` runs it.
"""

from __future__ import annotations

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

ROOT = Path(__file__).resolve().parents[2]
_LICENCE = re.compile(r"(^|/)(licen[cs]e|copying|notice|copyright|authors)[^/]*$|/licenses/", re.IGNORECASE)
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
_DESCRIPTION = """A private video server for a home, a club, a school or a small firm
 One person runs it on a machine of theirs; everyone on the same network joins
 with an invitation, uploads from any phone or camera, and watches in the browser."""


def version() -> str:
    """The program's version."""
    text = (ROOT / "server" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    assert found is not None
    return found[1]


def shipped() -> Iterator[metadata.Distribution]:
    """The installed packages that the app is made of: what the locked lists name and this system has."""
    for name in ("core", "desktop"):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        for package in _PINNED.findall(lines):
            try:
                yield metadata.distribution(package)
            except metadata.PackageNotFoundError:
                continue  # for another system


def put_licences(folder: Path) -> int:
    """Put the licence of Python and of each package below `folder`; how many packages have one."""
    count = 0
    for package in shipped():
        name = package.metadata["Name"]
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        stated = (
            package.metadata.get("License-Expression") or package.metadata.get("License") or "see its files"
        )
        (place / "ABOUT.txt").write_text(f"{name} {package.version}\nLicence: {stated}\n", encoding="utf-8")
        for file in package.files or ():
            if ".dist-info/" in file.as_posix() and _LICENCE.search(file.as_posix()):
                shutil.copy(str(file.locate()), place / file.name)
        count += 1
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
        mark = (ROOT / "resources" / "icons" / "mark.svg").read_text(encoding="utf-8")
        accent = re.search(r'"accent": "(#\w+)"', (ROOT / "resources" / "theme" / "tokens.json").read_text())
        assert accent is not None
        icon = share / "icons" / "hicolor" / "scalable" / "apps" / "clipset.svg"
        icon.write_text(mark.replace("currentColor", accent[1]), encoding="utf-8")
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
    sys.stderr.write(f"with the licences of {count} packages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
