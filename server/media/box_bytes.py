"""Boxes in memory (ISO/IEC 14496-12, section 4.2): put together, and taken apart. `boxes` reads those of a file."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_HEADER = struct.Struct(">I4s")


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of the given four letters."""
    return b"".join((_HEADER.pack(_HEADER.size + sum(map(len, parts)), kind), *parts))


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box with a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def boxes_in(payload: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(four letters, payload) of each box that follows another in `payload`; ends where they make no sense."""
    position = 0
    while position + _HEADER.size <= len(payload):
        length, kind = _HEADER.unpack_from(payload, position)
        if length < _HEADER.size:
            return
        yield kind, payload[position + _HEADER.size : position + length]
        position += length
