"""A small body, kept in memory until it is whole. Never on disk."""

from __future__ import annotations


class BodyTooLarge(Exception):
    """More bytes came than were admitted."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(max_bytes)
        self.max_bytes = max_bytes


class MemoryBody:
    """Collects a body of at most `max_bytes`."""

    paused = False
    """Memory always has room for what was admitted."""

    def __init__(self, max_bytes: int) -> None:
        self.received_bytes = 0
        self._max_bytes = max_bytes
        self._pieces: list[bytes] = []

    def put(self, data: bytes) -> None:
        """Take the next bytes. Raises `BodyTooLarge`."""
        self.received_bytes += len(data)
        if self.received_bytes > self._max_bytes:
            raise BodyTooLarge(self._max_bytes)
        self._pieces.append(data)

    def content(self) -> bytes:
        """The whole body."""
        return b"".join(self._pieces)
