"""What any disk does: it fails, is synced, is tried out. Knows no folder of ours."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import structlog

from server.errors import OutOfSpace, Unavailable

_log = structlog.get_logger(__name__)

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def plain_failures() -> Iterator[None]:
    """Failures of the disk as sentences: `OutOfSpace` when it is full, `Unavailable` for whatever else ails it."""
    try:
        yield
    except OSError as error:
        _log.warning("disk_failed", reason=str(error))
        if error.errno in _NO_ROOM:
            raise OutOfSpace("The server's disk is full. What arrived is kept; try again later.") from error
        raise Unavailable(
            f"The server's video folder cannot be used ({error.strerror}). Tell whoever runs it."
        ) from error


def try_to_write(folder: Path) -> None:
    """Make a file in `folder` and remove it. Raises OSError."""
    probe = folder / f".writable-{uuid4().hex}"
    probe.touch()
    probe.unlink()


def sync(path: Path) -> None:
    """Make sure that `path`, a file or a folder, has reached the disk. Folders cannot be synced on Windows."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def begin_to_write_out(descriptor: int, start: int, length: int) -> None:
    """Have the system begin to write what it holds of an open file to the disk. Returns at once.

    Left to itself, Linux holds gigabytes back, and a sync at the end waits for all of them. What it writes stays in
    memory: POSIX_FADV_DONTNEED drops only what has been written already (mm/fadvise.c).
    """
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, start, length, os.POSIX_FADV_DONTNEED)
