"""Answers that stay open: some bytes now and then, for as long as the client listens. No thread waits for any of them.

What a slow client has not taken is bounded: one that falls behind is cut off, and is expected to ask again.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import Any

MAX_BEHIND_BYTES = 16 * 1024
"""What one stream may hold in memory for its client; about a hundred events."""

_KERNEL_BYTES = 32 * 1024
"""What the kernel may hold for it besides; left to itself, Linux lets that grow to 4 MiB."""

_SLICE = 256
"""Streams that are written to in one go; the loop looks after everybody else in between. About 3 ms."""


class Stream:
    """One open answer. Any thread may use it; what is sent after its end is dropped."""

    def __init__(
        self,
        channel: Any,
        *,
        on_open: Callable[[Stream], None],
        on_end: Callable[[Stream], None],
        keep_alive: bytes,
    ) -> None:
        self._channel = channel
        self.chunked = False
        self.on_open = on_open
        self.on_end = on_end
        self.keep_alive = keep_alive

    def send(self, data: bytes) -> None:
        """Send `data` soon."""
        broadcast([self], data)

    def end(self) -> None:
        """End the answer in good order."""
        self._channel.server.post(self._channel.end_stream, self._channel)

    def framed(self, data: bytes) -> bytes:
        """`data` as it goes over the wire."""
        return b"%x\r\n%s\r\n" % (len(data), data) if self.chunked else data

    @property
    def last_bytes(self) -> bytes:
        """What tells the client that the answer is whole."""
        return b"0\r\n\r\n" if self.chunked else b""

    def emit(self, data: bytes) -> None:
        """Send now. The loop alone."""
        self._channel.emit(self.framed(data))


class FrameBuffer:
    """What a stream's client has not taken yet, in a channel's queue of output.

    Waitress's own buffer keeps what was sent until it is empty, which for a stream may be never.
    """

    def __init__(self) -> None:
        self._data = bytearray()

    def __len__(self) -> int:
        return len(self._data)

    def append(self, data: bytes) -> None:
        """Queue bytes."""
        self._data += data

    def get(self, count: int) -> bytes:
        """The first bytes, at most `count`."""
        return bytes(self._data[:count])

    def skip(self, count: int, _prune: bool) -> None:
        """The first `count` bytes were sent."""
        del self._data[:count]

    def close(self) -> None:
        """Drop what is left."""
        self._data.clear()


def broadcast(streams: Sequence[Stream], data: bytes) -> None:
    """Send the same bytes to many. Any thread."""
    if not streams:
        return
    server = streams[0]._channel.server

    def send(first: int) -> None:
        for stream in streams[first : first + _SLICE]:
            stream.emit(data)
        if first + _SLICE < len(streams):
            server.post(lambda: send(first + _SLICE))

    server.post(lambda: send(0))


def bound_kernel_memory(sock: Any, patience_s: float) -> None:
    """Keep the kernel's share of a stream small, and have it notice a client that vanished without a word."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BYTES)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux: RFC 5482
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(patience_s * 1000))
    except OSError:
        return  # closed meanwhile; the next event finds out
