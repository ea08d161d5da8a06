"""The headless host: `clipset serve`. Imports the server only when it is to start, so that help answers at once."""

from __future__ import annotations

import argparse
import gc
import signal
import sys
import threading
from types import FrameType
from typing import Any

from server import logs, settings
from server.errors import CannotStart, InvalidInput

_EXIT_CANNOT_START = 1
_ROWS = {row.key: row for row in settings.HOST_SETTINGS}
#: Windows cannot interrupt a wait for a lock, so the main thread looks up this often for Ctrl-C.
_LOOK_UP_S = 1.0


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """The option that says which Clipset is meant."""
    _add_option(parser, _ROWS["data_dir"])


def add_serve_options(parser: argparse.ArgumentParser) -> None:
    """An option for each setting of the machine; it overrides what is set elsewhere.

    Secrets have none: everybody on the machine can read the command lines of its programs.
    """
    for row in _ROWS.values():
        if not row.secret:
            _add_option(parser, row)


def overrides_of(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that were given on the command line."""
    return {key: value for key, value in vars(options).items() if key in _ROWS}


def _add_option(parser: argparse.ArgumentParser, row: settings.Setting) -> None:
    def value(text: str) -> Any:
        try:
            return settings.parse(row, text)
        except InvalidInput as error:
            raise argparse.ArgumentTypeError(error.sentence) from None

    parser.add_argument(
        f"--{row.key.replace('_', '-')}",
        type=value,
        metavar={bool: "yes|no", int: "N"}.get(row.type, "|".join(row.choices) or "TEXT"),
        help=f"{row.label}. {row.help}".replace("%", "%%"),
        # so that `--data-dir D serve` means what `serve --data-dir D` does: argparse lets a subcommand's default
        # overwrite what stood before its name
        default=argparse.SUPPRESS,
    )


def serve(overrides: dict[str, Any]) -> int:
    """Run without a window until a signal comes. Returns the exit code; what went wrong is a sentence on stderr."""
    try:
        loaded = settings.load(overrides)
        logs.set_up(loaded.host.data_path / "logs")
        return _serve(loaded)
    except CannotStart as error:
        print(error.sentence, file=sys.stderr)  # noqa: T201  said to the person at the terminal
        return _EXIT_CANNOT_START
    except OSError as error:
        print(f"Clipset cannot start: {error}.", file=sys.stderr)  # noqa: T201
        return _EXIT_CANNOT_START


def _serve(loaded: settings.Settings) -> int:
    gc.disable()  # what is made during the start stays; going through it over and over takes a tenth of the start
    from server.composition import Clipset

    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    with Clipset(loaded) as clipset:
        gc.freeze()
        gc.enable()
        _say(f"Clipset is ready at {clipset.address}")
        if clipset.setup.is_needed():
            _say(f"Make the admin account at {clipset.address}{clipset.setup.path}")
        while not stop.wait(_LOOK_UP_S):
            pass
        _say("Clipset is stopping.")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  said to the person, and to whoever waits for the ready line
