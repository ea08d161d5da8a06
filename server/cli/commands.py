"""The list of subcommands, and how one is run: what fails as expected is a sentence on standard error.

Exit codes: 0 done, 1 not done (or, from `doctor`, something is wrong), 2 a mistake in the command itself.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from typing import Any

from server import __version__
from server.cli import backup, doctor, invites, jobs, users
from server.cli.serving import add_data_dir, add_serve_options, overrides_of, serve
from server.errors import ClipsetError

_SUBCOMMANDS = (users, invites, jobs, backup, doctor)


def add_commands(commands: argparse._SubParsersAction[Any]) -> None:
    """All subcommands; each leaves a `run` in the options."""
    served = commands.add_parser(
        "serve", help="run without a window", description="Run Clipset without a window."
    )
    add_serve_options(served)
    served.set_defaults(run=lambda options: serve(overrides_of(options)))
    shared = argparse.ArgumentParser(add_help=False)
    add_data_dir(shared)
    shared.add_argument("--json", action="store_true", help="answer as JSON")
    for subcommand in _SUBCOMMANDS:
        subcommand.add(commands, shared)


def run(options: argparse.Namespace) -> int:
    """Carry out a subcommand. Returns the exit code."""
    try:
        code: int = options.run(options)
    except ClipsetError as error:
        print(error.sentence, file=sys.stderr)  # noqa: T201  said to the person at the terminal
        return 1
    return code


def main() -> int:
    """`python -m server`: everything but the window, for machines without the desktop package."""
    multiprocessing.freeze_support()
    parser = argparse.ArgumentParser(prog="python -m server", description="Clipset without a window.")
    parser.add_argument("--version", action="version", version=f"Clipset {__version__}")
    add_serve_options(parser)
    add_commands(parser.add_subparsers(dest="command", metavar="COMMAND"))
    options = parser.parse_args()
    return run(options) if options.command else serve(overrides_of(options))
