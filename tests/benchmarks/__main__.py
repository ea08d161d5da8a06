"""Runs benchmarks in turn, each in a process of its own: `python -m tests.benchmarks [NAME...] [RUNS | FILE...]`.

A job's child process imports the module that was started. In the app that is nearly empty, and so it is here: started
as itself, a benchmark would have each child import all it measures with.
"""

from __future__ import annotations

import importlib
import logging
import os
import subprocess
import sys
from pathlib import Path

from server import logs

NOT_BENCHMARKS = {"__init__", "__main__", "table", "turns"}
_START = "from tests.benchmarks.__main__ import measure; measure({name!r})"


def names() -> list[str]:
    """The names of all benchmarks, in order."""
    found = {path.stem for path in Path(__file__).parent.glob("*.py")}
    return sorted(name for name in found - NOT_BENCHMARKS if not name.startswith("_"))


def main(arguments: list[str]) -> int:
    """Run the chosen benchmarks; the first exit code that is not 0, but never because of a time.

    Numbers and names of files are what each of them is called with.
    """
    options = [argument for argument in arguments if argument.isdigit() or "." in argument]
    chosen = [argument for argument in arguments if argument not in options]
    if unknown := sorted(set(chosen) - set(names())):
        sys.stderr.write(
            f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(names()) or 'none'}.\n"
        )
        return 2
    # where people have it, nothing is compiled at each start, which would cost a second
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    codes = [
        subprocess.call([sys.executable, "-c", _START.format(name=name), *options], env=environment)
        for name in chosen or names()
    ]
    return next((code for code in codes if code), 0)


def measure(name: str) -> None:
    """Run one benchmark in this process, and end it."""
    # streams are told of at DEBUG, which the app leaves out; what it says of requests would hide the progress
    logs.set_up(None, least=logging.WARNING)
    sys.exit(importlib.import_module(f"tests.benchmarks.{name}").main())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
