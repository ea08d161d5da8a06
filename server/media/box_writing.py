"""Puts boxes together (ISO/IEC 14496-12, section 4.2). `boxes` reads them."""

from __future__ import annotations

import struct


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of the given four letters."""
    return b"".join((struct.pack(">I4s", 8 + sum(map(len, parts)), kind), *parts))


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box with a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)
