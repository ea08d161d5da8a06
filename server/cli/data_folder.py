"""Opens the data folder that a subcommand is about. Loads the server's libraries, so it does that when called."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from server.cli.serving import overrides_of

if TYPE_CHECKING:
    from server.services.doctor import Doctor
    from server.settings import HostSettings
    from server.workbench import Workbench


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Workbench]:
    """The services of the data folder. Raises `CannotStart` when there is none, or it cannot be used."""
    from server import logs, settings
    from server.workbench import Workbench

    loaded = settings.load(overrides_of(options))
    logs.set_up(None, least=logging.WARNING)
    with Workbench(loaded) as bench:
        yield bench


@contextmanager
def taken(options: argparse.Namespace) -> Iterator[HostSettings]:
    """The data folder for this command alone. Raises `AlreadyRunning`, `CannotStart`."""
    from server import logs, settings
    from server.data_lock import DataLock

    host = settings.load(overrides_of(options)).host
    logs.set_up(None, least=logging.WARNING)
    host.data_path.mkdir(parents=True, exist_ok=True)
    lock = DataLock(host.data_path)
    lock.acquire()
    try:
        yield host
    finally:
        lock.release()


@contextmanager
def looked_at(options: argparse.Namespace) -> Iterator[Doctor]:
    """The doctor of a data folder, which is kept from a server's start meanwhile if none runs. Raises `CannotStart`."""
    from server import local_access, logs, settings
    from server.data_lock import DataLock
    from server.errors import CannotStart
    from server.services.doctor import Doctor

    host = settings.load(overrides_of(options)).host
    logs.set_up(None, least=logging.CRITICAL)
    lock = DataLock(host.data_path)
    running = None
    try:
        lock.acquire()
    except CannotStart:  # it runs, or the folder is missing or cannot be written, which the doctor says
        running = local_access.read(host.data_path)
    try:
        yield Doctor(host, running)
    finally:
        lock.release()
