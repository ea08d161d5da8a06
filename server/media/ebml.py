"""Looks into the head of a Matroska or WebM file (RFC 8794, RFC 9559) for what FFmpeg does not tell of its tracks.

That is whether they are encrypted, and what the header calls the codecs of subtitles. Reads a bounded head only.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_HEAD_BYTES = 1 << 20
_TRACK_ENTRY, _TRACK_TYPE, _CODEC_ID = 0xAE, 0x83, 0x86
_CONTENT_ENCRYPTION = 0x5035
#: Elements to look inside: Segment, Tracks, TrackEntry, ContentEncodings, ContentEncoding.
_PARENTS = frozenset({0x18538067, 0x1654AE6B, _TRACK_ENTRY, 0x6D80, 0x6240})
_SUBTITLE = b"\x11"


def is_encrypted(path: Path) -> bool:
    """Whether a track says in its header that it is encrypted (RFC 9559, 5.1.4.1.31). Damage counts as no."""
    return any(kind == _CONTENT_ENCRYPTION for kind, _ in _elements(_head(path)))


def subtitle_codecs(path: Path) -> tuple[str, ...]:
    """The codec ids (RFC 9559, 5.1.4.1.21) of the subtitle tracks, in their order."""
    tracks: list[dict[int, bytes]] = []
    for kind, payload in _elements(_head(path)):
        if kind == _TRACK_ENTRY:
            tracks.append({})
        elif kind in (_TRACK_TYPE, _CODEC_ID) and tracks:
            tracks[-1].setdefault(kind, payload)
    return tuple(
        track.get(_CODEC_ID, b"").rstrip(b"\x00").decode("ascii", "replace")
        for track in tracks
        if track.get(_TRACK_TYPE) == _SUBTITLE
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def _elements(
    data: bytes, position: int = 0, end: int = _HEAD_BYTES, depth: int = 0
) -> Iterator[tuple[int, bytes]]:
    """(id, payload) of each element, and of those inside the parents right after them; up to the first damage."""
    end = min(end, len(data))
    while position < end:
        kind, position = _number(data, position, keep_marker=True)
        length, position = _number(data, position, keep_marker=False)
        if kind < 0 or length < 0:
            return
        stop = min(position + length, end)
        yield kind, data[position:stop] if kind not in _PARENTS else b""
        if kind in _PARENTS and depth < len(_PARENTS):
            yield from _elements(data, position, stop, depth + 1)
        position = stop


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
