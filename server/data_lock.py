"""Keeps a second server away from a data folder: an operating-system lock that dies with its process."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from server.errors import AlreadyRunning, CannotStart


class DataLock:
    """An exclusive lock on `clipset.lock` in the data folder. The file stays; only the lock means something."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock. Raises `AlreadyRunning` when another process has it, `CannotStart` when it cannot be made."""
        try:
            descriptor = os.open(self._folder / "clipset.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise CannotStart(
                f"The data folder {self._folder} cannot be written ({error.strerror}). "
                "Choose another one with --data-dir, or change its rights."
            ) from error
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise AlreadyRunning(
                f"Another Clipset is running on {self._folder}. Stop that one first, or choose another --data-dir."
            ) from error
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; harmless to repeat."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
