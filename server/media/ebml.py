"""Looks into the head of a Matroska or WebM file (RFC 8794, RFC 9559) for encrypted tracks. Reads a bounded
head only.
"""

from __future__ import annotations

from pathlib import Path

_HEAD_BYTES = 1 << 20
_CONTENT_ENCRYPTION = 0x5035
#: Elements to look inside: Segment, Tracks, TrackEntry, ContentEncodings, ContentEncoding.
_PARENTS = frozenset({0x18538067, 0x1654AE6B, 0xAE, 0x6D80, 0x6240})


def is_encrypted(path: Path) -> bool:
    """Whether a track says in its header that it is encrypted (RFC 9559, 5.1.4.1.31). Damage counts as no."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    return _holds_encryption(head, 0, len(head))


def _holds_encryption(data: bytes, position: int, end: int, depth: int = 0) -> bool:
    while position < end:
        kind, position = _number(data, position, keep_marker=True)
        length, position = _number(data, position, keep_marker=False)
        if kind < 0 or length < 0:
            return False
        stop = min(position + length, end)
        if kind == _CONTENT_ENCRYPTION:
            return True
        if kind in _PARENTS and depth < len(_PARENTS) and _holds_encryption(data, position, stop, depth + 1):
            return True
        position = stop
    return False


def _number(data: bytes, position: int, *, keep_marker: bool) -> tuple[int, int]:
    """A variable-size integer (RFC 8794, 4) and the position behind it; -1 at the end of the data.

    An unknown size (all ones) is larger than any file, so it ends with its parent.
    """
    if position >= len(data) or data[position] == 0:
        return -1, position
    size = 9 - data[position].bit_length()
    raw = int.from_bytes(data[position : position + size], "big")
    if position + size > len(data):
        return -1, position
    return (raw if keep_marker else raw & ((1 << (7 * size)) - 1)), position + size
