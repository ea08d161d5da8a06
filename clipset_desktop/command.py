"""The `clipset` command: the window where there is a display, the headless host where there is none or on `serve`."""

from __future__ import annotations

import argparse
import gc
import sys

from clipset_desktop import display
from clipset_desktop.start_at_login import IN_TRAY
from server import __version__, cli, settings
from server.errors import CannotStart


def run() -> int:
    """Read the command line and start what it asks for. Returns the exit code."""
    if sys.argv[1:] == [display.TRY_DISPLAY]:
        display.try_display()
        return 0
    options = _parser().parse_args()
    if options.command:
        return cli.run(options)
    return _run_window(cli.overrides_of(options), in_tray=options.in_tray)


def _run_window(overrides: dict[str, object], *, in_tray: bool) -> int:
    if not display.available(_import_server):
        print("There is no display, so Clipset runs without its window.", file=sys.stderr)  # noqa: T201
        return cli.serve(overrides)
    from clipset_desktop import start

    gc.disable()  # nearly all that is made from here on stays: a tenth of the start; clipset_desktop.collector goes on
    try:
        return start.run(settings.load(overrides), in_tray=in_tray)
    except CannotStart as error:
        print(error.sentence, file=sys.stderr)  # noqa: T201
        return 1


def _import_server() -> None:
    """Both hosts need it; it takes longer than anything else at the start."""
    import server.composition  # noqa: F401


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="clipset", description="A private video server, with the window that runs it."
    )
    parser.add_argument("--version", action="version", version=f"Clipset {__version__}")
    cli.add_serve_options(parser)
    parser.add_argument(
        IN_TRAY, action="store_true", help="start with the window closed, where there is a tray"
    )
    cli.add_commands(parser.add_subparsers(dest="command", metavar="COMMAND"))
    return parser
