"""Reads the box structure of an MP4 or MOV file (ISO/IEC 14496-12): layout, edit lists, encryption, private
metadata.

Pure Python on purpose: FFmpeg hides what is decided on here, and a damaged file must cost nothing. Reads
headers and small boxes only, never sample data.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from server.media import box_privacy

_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"}
_MAX_BOXES = 20_000
_MAX_PAYLOAD_BYTES = 1 << 20
_MAX_DEPTH = 12

#: Sample entries that stand for encrypted media (ISO/IEC 14496-12, 8.12).
_ENCRYPTED = {b"encv", b"enca", b"encs", b"enct", b"drmi", b"drms"}

#: A matrix that changes nothing: a, b, c, d of the 3×3 (8.3.2), 16.16 fixed point.
_IDENTITY = (0x10000, 0, 0, 0x10000)


class TrackBoxes(msgspec.Struct, kw_only=True):
    """What one `trak` says about itself."""

    handler: str = ""
    matrix: tuple[int, int, int, int] = _IDENTITY
    sample_entry: str = ""
    encrypted: bool = False
    edits: list[tuple[int, int]] = []
    """(duration in movie ticks, media time in track ticks; -1 is an empty edit)."""


class Layout(msgspec.Struct, kw_only=True):
    """The shape of the whole file. `faststart` means that `moov` comes before the first `mdat`."""

    tracks: list[TrackBoxes] = []
    has_moov: bool = False
    faststart: bool = False
    fragmented: bool = False
    truncated: bool = False
    private_metadata: bool = False


class _Box(msgspec.Struct, frozen=True):
    kind: bytes
    start: int
    body: int
    end: int


def read_layout(path: Path) -> Layout:
    """Walk `path` from box to box. Damage is left out, not raised. Raises OSError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        return _Walk(file, size).run()


class _Walk:
    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._left = _MAX_BOXES
        self._layout = Layout()

    def run(self) -> Layout:
        layout = self._layout
        media_seen = False
        for box in self._boxes(0, self._size):
            if box.kind == b"moov":
                layout.has_moov = True
                layout.faststart = not media_seen
                self._movie(box)
            elif box.kind == b"mdat":
                media_seen = True
            elif box.kind == b"moof":
                layout.fragmented = True
            self._note_privacy(box)
        return layout

    def _boxes(self, position: int, end: int) -> Iterator[_Box]:
        while position + 8 <= end and self._left > 0:
            self._left -= 1
            self._file.seek(position)
            header = self._file.read(16)
            if len(header) < 8:
                return
            length, kind = struct.unpack(">I4s", header[:8])
            body = position + 8
            if length == 1 and len(header) == 16:
                length = int.from_bytes(header[8:16], "big")
                body = position + 16
            elif length == 0:
                length = end - position
            if length < body - position:
                return
            if position + length > end:
                self._layout.truncated = True
            yield _Box(kind, position, body, min(position + length, end))
            position += length

    def _payload(self, box: _Box) -> bytes:
        self._file.seek(box.body)
        return self._file.read(min(box.end - box.body, _MAX_PAYLOAD_BYTES))

    def _movie(self, moov: _Box) -> None:
        for box in self._boxes(moov.body, moov.end):
            if box.kind == b"trak":
                track = TrackBoxes(edits=[])
                self._track(box, track)
                self._layout.tracks.append(track)
            elif box.kind == b"mvex":
                self._layout.fragmented = True
            self._note_privacy(box)

    def _track(self, parent: _Box, track: TrackBoxes, depth: int = 0) -> None:
        for box in self._boxes(parent.body, parent.end):
            if box.kind in _CONTAINERS and depth < _MAX_DEPTH:
                self._track(box, track, depth + 1)
            elif box.kind == b"tkhd":
                track.matrix = _matrix(self._payload(box))
            elif box.kind == b"hdlr" and not track.handler:
                track.handler = self._payload(box)[8:12].decode("latin-1")
            elif box.kind == b"stsd":
                entry = self._payload(box)[8:16]
                track.sample_entry = entry[4:8].decode("latin-1")
                track.encrypted = entry[4:8] in _ENCRYPTED
                if track.handler == "vide" and box_privacy.sample_entry_tells(self._payload(box)):
                    self._layout.private_metadata = True
            elif box.kind == b"elst":
                track.edits = _edits(self._payload(box))
            self._note_privacy(box)

    def _note_privacy(self, box: _Box) -> None:
        payload = self._payload(box) if box.kind in box_privacy.READ else b""
        if box_privacy.tells(box.kind, payload):
            self._layout.private_metadata = True


def _matrix(tkhd: bytes) -> tuple[int, int, int, int]:
    """a, b, c, d of a track header's matrix (8.3.2)."""
    offset = 52 if tkhd[:1] == b"\x01" else 40
    if len(tkhd) < offset + 36:
        return _IDENTITY
    a, b, _u, c, d = struct.unpack_from(">5i", tkhd, offset)
    return a, b, c, d


def _edits(elst: bytes) -> list[tuple[int, int]]:
    if len(elst) < 8:
        return []
    version, count = elst[0], int.from_bytes(elst[4:8], "big")
    layout = ">Qq4x" if version == 1 else ">Ii4x"
    step = struct.calcsize(layout)
    found = []
    for index in range(min(count, 1000)):
        if 8 + (index + 1) * step > len(elst):
            break
        found.append(struct.unpack_from(layout, elst, 8 + index * step))
    return found
