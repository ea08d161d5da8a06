"""A client that says exactly what a test wants said, byte by byte, and reads answers strictly."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """A response; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class ConnectionEnded(Exception):
    """The server closed before a whole answer was there; `received` is what came."""

    def __init__(self, received: bytes) -> None:
        super().__init__(received[:200])
        self.received = received


class RawClient:
    """One connection."""

    def __init__(self, host: str, port: int, *, receive_buffer_bytes: int | None = None) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer_bytes is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        self.socket.settimeout(20)
        try:
            self.socket.connect((host, port))
        except OSError:
            self.socket.close()
            raise
        self._received = b""

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, data: bytes | str) -> None:
        self.socket.sendall(data.encode("latin-1") if isinstance(data, str) else data)

    def request(self, line: str, *headers: str, body: bytes = b"") -> None:
        """Send a request with a Host header and the given ones."""
        self.send("\r\n".join([f"{line} HTTP/1.1", "Host: test", *headers, "", ""]).encode("latin-1") + body)

    def read_answer(self, *, to_head: bool = False) -> Answer:
        """Read one response; `to_head` says that it answers a HEAD and has no body."""
        head, _, rest = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        self._received = rest
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ")[1])
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        if to_head or status in {204, 304} or status < 200:
            return Answer(status, headers, b"")
        if "content-length" not in headers:
            raise AssertionError(f"no Content-Length: {head!r}")
        return Answer(status, headers, self.read(int(headers["content-length"])))

    def read_head(self) -> bytes:
        """The head of a response, with the blank line."""
        head, mark, self._received = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        return head + mark

    def read(self, count: int) -> bytes:
        """Exactly `count` bytes."""
        pieces, have = [self._received], len(self._received)
        while have < count:
            piece = self.socket.recv(min(1 << 20, count - have))
            if not piece:
                raise ConnectionEnded(b"".join(pieces))
            pieces.append(piece)
            have += len(piece)
        data = b"".join(pieces)
        self._received = data[count:]
        return data[:count]

    def read_to_end(self) -> bytes:
        """Everything until the server closes."""
        pieces = [self._received]
        while piece := self.socket.recv(1 << 20):
            pieces.append(piece)
        self._received = b""
        return b"".join(pieces)

    def ended(self) -> bool:
        """Wait for the server to close; whether it did so without another byte."""
        try:
            return self._received == b"" and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Go away without a goodbye (RST)."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def _until(self, mark: bytes) -> bytes:
        data = self._received
        while mark not in data:
            piece = self.socket.recv(1 << 16)
            if not piece:
                raise ConnectionEnded(data)
            data += piece
        return data
