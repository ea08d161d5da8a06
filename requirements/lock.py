"""Writes `requirements/*.txt` from `pyproject.toml` and the benchmarks: `python3 tasks.py lock` runs it.

All uses are resolved together, for every system at once, so that any of the lists fit each other. Package
sources set on this machine are left out: the hashes are the public index's, and no list names an address.
`python3 tasks.py lock --upgrade` takes the newest versions that the limits allow.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import uv

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = ("--universal", "--python-version", "3.11", "--no-annotate")
NAMELESS = ("--no-header", "--no-emit-index-url", "--no-emit-find-links")


def uses() -> dict[str, list[str]]:
    """The requirements of each list, as they are declared."""
    sys.path.insert(0, str(ROOT))
    from tasks import BENCHMARKS, declared

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras, groups = project["project"]["optional-dependencies"], project["dependency-groups"]
    return {
        "core": project["project"]["dependencies"] + extras["postgresql"],
        "desktop": extras["desktop"],
        "build": project["build-system"]["requires"],
        "dev": groups["dev"],
        "package": groups["package"],
        "bench": [
            line for path in sorted(BENCHMARKS.glob("*.py")) for line in declared(path, "REQUIREMENTS")
        ],
    }


def resolve(lines: list[str], output: Path, *more: str | Path) -> None:
    """Write the versions that satisfy `lines`. Raises `CalledProcessError` when there are none."""
    command = [uv.find_uv_bin(), "--no-config", "--quiet", "pip", "compile", "-", *OPTIONS, *NAMELESS]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    subprocess.run(
        [str(word) for word in (*command, "--output-file", output, *more)],
        input="\n".join(lines),
        encoding="utf-8",
        env=env,
        cwd=ROOT,
        check=True,
    )


def main(arguments: list[str]) -> int:
    """Write every list; what is locked already stays unless `--upgrade` is among the arguments."""
    lists = uses()
    with tempfile.TemporaryDirectory() as folder:
        together = Path(folder, "together.txt")
        locked = [path.read_text(encoding="utf-8") for path in (ROOT / "requirements").glob("*.txt")]
        together.write_text("".join(locked), encoding="utf-8")
        resolve([line for lines in lists.values() for line in lines], together, *arguments)
        for name, lines in lists.items():
            resolve(
                lines, ROOT / "requirements" / f"{name}.txt", "--generate-hashes", "--constraints", together
            )
    sys.stderr.write("The lists are written. Look at the difference before you commit them.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
