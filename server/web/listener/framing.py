"""Where a request body ends: by Content-Length or by chunks (RFC 9112, sections 6 and 7). Pure; keeps no body bytes.

Waitress has a receiver for chunks of its own, but it copies what is left of its input for every chunk and
takes control lines and trailers of any length; one connection could hold the loop, or the memory, with those.
"""

from __future__ import annotations

import re
from typing import Protocol

MAX_CHUNK_LINE_BYTES = 1024
MAX_TRAILER_BYTES = 8192

_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?")


class BadFraming(Exception):
    """The chunks are not what RFC 9112 section 7.1 says; nothing after this can be trusted."""


class Framing(Protocol):
    """Splits a stream into the bytes of one body and what follows it."""

    @property
    def done(self) -> bool:
        """Whether the whole body, trailers included, has been fed."""

    def feed(self, data: bytes) -> tuple[bytes, int]:
        """The body bytes in `data`, and how many bytes of `data` belong to this request at all."""


class LengthFraming:
    """A body of a known number of bytes."""

    def __init__(self, length: int) -> None:
        self._left = length

    @property
    def done(self) -> bool:
        """Whether all bytes were fed."""
        return self._left == 0

    def feed(self, data: bytes) -> tuple[bytes, int]:
        """See `Framing`."""
        body = data if len(data) <= self._left else data[: self._left]
        self._left -= len(body)
        return body, len(body)


class ChunkedFraming:
    """A body in chunks.

    Extensions and trailers are checked for length and dropped, as section 7.1.1 allows.
    """

    def __init__(self) -> None:
        self._left = 0
        self._line = b""
        self._trailer_bytes = 0
        self._state = "size"
        self._failure: BadFraming | None = None

    @property
    def done(self) -> bool:
        """Whether the last chunk and the trailers were fed."""
        return self._state == "done"

    def feed(self, data: bytes) -> tuple[bytes, int]:
        """See `Framing`. Raises `BadFraming`, after what was good before it has been returned."""
        if self._failure is not None:
            raise self._failure
        pieces: list[bytes] = []
        at = 0
        while at < len(data) and self._state != "done":
            if self._state == "data":
                piece = data[at : at + self._left]
                pieces.append(piece)
                at += len(piece)
                self._left -= len(piece)
                if self._left == 0:
                    self._state = "end"
            else:
                try:
                    at = self._take_line(data, at)
                except BadFraming as failure:
                    if not pieces:
                        raise
                    self._failure = failure
                    break
        return b"".join(pieces), at

    def _take_line(self, data: bytes, at: int) -> int:
        """Take a line, or the start of one, that begins at `at`; return where it ends."""
        room = MAX_CHUNK_LINE_BYTES if self._state != "trailer" else MAX_TRAILER_BYTES
        end = data.find(b"\n", at, at + room + 1)
        if end < 0:
            self._line += data[at : at + room + 1]
            if len(self._line) > room:
                raise BadFraming("A line between the chunks is too long.")
            return len(data)
        line = self._line + data[at : end + 1]
        self._line = b""
        if not line.endswith(b"\r\n") or len(line) > room + 2:
            raise BadFraming("A line between the chunks does not end as it should.")
        self._end_line(line[:-2])
        return end + 1

    def _end_line(self, line: bytes) -> None:
        if self._state == "size":
            match = _CHUNK_LINE.fullmatch(line)
            if match is None:
                raise BadFraming("The size of a chunk is not a number.")
            self._left = int(match[1], 16)
            self._state = "data" if self._left else "trailer"
        elif self._state == "end":
            if line:
                raise BadFraming("A chunk is longer than it said.")
            self._state = "size"
        else:
            self._trailer_bytes += len(line) + 2
            if self._trailer_bytes > MAX_TRAILER_BYTES:
                raise BadFraming("The trailers are too long.")
            if not line:
                self._state = "done"
