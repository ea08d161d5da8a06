"""What goes out: files, and parts of files, that the loop sends by itself: a slow client holds no worker thread."""

from __future__ import annotations

import io
import os
import stat
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from waitress.buffers import ReadOnlyFileBasedBuffer

READ_AHEAD_BYTES = 4 << 20
"""How far ahead of what is sent the system is asked to read: the loop must not wait for a disk."""

_CAN_READ_AHEAD = hasattr(os, "posix_fadvise")
_CAN_LOOK = hasattr(os, "preadv") and hasattr(os, "RWF_NOWAIT")


@dataclass(frozen=True, slots=True)
class FilePart:
    """`length` bytes of a file from `offset` on."""

    offset: int
    length: int


def _length(part: bytes | FilePart) -> int:
    return len(part) if isinstance(part, bytes) else part.length


class FileShrank(OSError):
    """The file has fewer bytes than were promised.

    The connection must be closed: nothing else tells the client.
    """


class FileParts:
    """A response body made of literal bytes and parts of one open file, for `wsgi.file_wrapper`.

    The listener closes the file, once. `read` exists for servers and frameworks that know nothing of parts.
    """

    def __init__(self, file: BinaryIO, parts: list[bytes | FilePart]) -> None:
        self.file = file
        self.parts = parts
        self._unread: deque[bytes | FilePart] = deque(parts)

    @property
    def length(self) -> int:
        """The length of the whole body in bytes."""
        return sum(map(_length, self.parts))

    def slice(self, first: int, length: int) -> FileParts:
        """`length` bytes of the body from `first` on, of the same open file."""
        chosen: list[bytes | FilePart] = []
        for part in self.parts:
            whole = _length(part)
            skipped, wanted = min(first, whole), min(length, whole - min(first, whole))
            if wanted:
                chosen.append(
                    part[skipped : skipped + wanted]
                    if isinstance(part, bytes)
                    else FilePart(part.offset + skipped, wanted)
                )
            first -= skipped
            length -= wanted
        return FileParts(self.file, chosen)

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes, at most `size` of the part that is next; empty at the end."""
        if not self._unread:
            return b""
        part = self._unread.popleft()
        whole = _length(part)
        wanted = whole if size is None or size < 0 else min(size, whole)
        if isinstance(part, bytes):
            piece, rest = part[:wanted], part[wanted:]
            if rest:
                self._unread.appendleft(rest)
            return piece
        self.file.seek(part.offset)
        piece = self.file.read(wanted)
        if 0 < len(piece) < part.length:
            self._unread.appendleft(FilePart(part.offset + len(piece), part.length - len(piece)))
        return piece

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class OutgoingFile(ReadOnlyFileBasedBuffer):
    """A file, or parts of it, in a channel's queue of output.

    Waitress asks `prepare` for the length, then queues it. A file with a method `sent` is told what has left of it.
    """

    def __init__(self, file: Any, block_size: int = 32768) -> None:
        super().__init__(file, block_size)
        self.parts: deque[bytes | FilePart] = deque()
        self._ahead = (0, 0)
        self._closed = False
        opened = file.file if isinstance(file, FileParts) else file
        self._on_sent: Callable[[int], None] | None = getattr(opened, "sent", None)

    def prepare(self, size: int | None = None) -> int:
        """The number of bytes to send: `size`, the response's Content-Length, when there is one.

        A file that is shorter by now is found out while it is sent; the head has promised `size`.
        """
        if isinstance(self.file, FileParts):
            # nothing can be sent of an empty part, and that looks like a socket that is full
            self.parts.extend(part for part in self.file.parts if _length(part))
            self.remain = self.file.length
        else:
            start = self.file.tell()
            left = max(0, os.fstat(self.file.fileno()).st_size - start)
            self.remain = left if size is None else size
            self.parts.append(FilePart(start, self.remain))
        first = self.parts[0] if self.parts else None
        if isinstance(first, FilePart):
            self.read_ahead(first.offset)
        return self.remain

    def read_ahead(self, offset: int) -> None:
        """Have the system fetch what comes after `offset`, before it is sent, unless it has it. Returns at once.

        Asking costs 80 µs for what is there already, a twentieth of what sending it takes; looking first costs 2.
        """
        start, end = self._ahead
        if _CAN_READ_AHEAD and not start <= offset < end - READ_AHEAD_BYTES // 2:
            begin = end if start <= offset < end else offset
            end = begin + READ_AHEAD_BYTES
            if not (self._is_in_memory(begin) and self._is_in_memory(end - 1)):
                os.posix_fadvise(self.descriptor, begin, READ_AHEAD_BYTES, os.POSIX_FADV_WILLNEED)
            self._ahead = (offset, end)

    def _is_in_memory(self, offset: int) -> bool:
        """Whether the system has the byte at `offset`, or there is none; False where it cannot tell."""
        if not _CAN_LOOK:
            return False
        try:
            os.preadv(self.descriptor, [bytearray(1)], offset, os.RWF_NOWAIT)
        except OSError:
            return False
        return True

    @property
    def descriptor(self) -> int:
        """The open file's descriptor."""
        file = self.file.file if isinstance(self.file, FileParts) else self.file
        return int(file.fileno())

    def read_at(self, offset: int, size: int) -> bytes:
        """Bytes of the file, for where they cannot be sent without being read."""
        file = self.file.file if isinstance(self.file, FileParts) else self.file
        file.seek(offset)
        return bytes(file.read(size))

    def close(self) -> None:
        """Close the file; asking twice is harmless."""
        if not self._closed:
            self._closed = True
            super().close()

    def consume(self, count: int) -> None:
        """`count` bytes of the first part have been sent."""
        part = self.parts.popleft()
        if isinstance(part, bytes):
            if count < len(part):
                self.parts.appendleft(part[count:])
        elif count < part.length:
            self.parts.appendleft(FilePart(part.offset + count, part.length - count))
        self.remain -= count
        if self._on_sent is not None:
            self._on_sent(count)


def wrap_file(file: Any, block_size: int = 32768) -> ReadOnlyFileBasedBuffer:
    """`wsgi.file_wrapper`: regular files and `FileParts` are sent by the loop, anything else the way Waitress does."""
    if isinstance(file, FileParts) or _is_regular_file(file):
        return OutgoingFile(file, block_size)
    return ReadOnlyFileBasedBuffer(file, block_size)


def _is_regular_file(file: Any) -> bool:
    try:
        return stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except (AttributeError, OSError, io.UnsupportedOperation):
        return False
