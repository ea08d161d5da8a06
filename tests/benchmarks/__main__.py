"""Runs benchmarks in turn, each in a process of its own: `python -m tests.benchmarks [NAME...]`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

NOT_BENCHMARKS = {"__init__", "__main__", "table"}


def names() -> list[str]:
    """The names of all benchmarks, in order."""
    found = {path.stem for path in Path(__file__).parent.glob("*.py")}
    return sorted(name for name in found - NOT_BENCHMARKS if not name.startswith("_"))


def main(chosen: list[str]) -> int:
    """Run the chosen benchmarks; the first exit code that is not 0, but never because of a time."""
    if unknown := sorted(set(chosen) - set(names())):
        sys.stderr.write(
            f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(names()) or 'none'}.\n"
        )
        return 2
    # where people have it, nothing is compiled at each start, which would cost a second
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    codes = [
        subprocess.call([sys.executable, "-m", f"tests.benchmarks.{name}"], env=environment)
        for name in chosen or names()
    ]
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
