"""Opens the data folder that a subcommand is about. Loads the server's libraries, so it does that when called."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.workbench import Workbench


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Workbench]:
    """The services of the data folder. Raises `CannotStart` when there is none, or it cannot be used."""
    from server import logs, settings
    from server.workbench import Workbench

    loaded = settings.load({"data_dir": options.data_dir})
    logs.set_up(None, least=logging.WARNING)
    with Workbench(loaded) as bench:
        yield bench
