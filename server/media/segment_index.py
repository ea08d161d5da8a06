"""The segments of one rendition and where their bytes are: three files that a child writes and the server reads.

    NAME.mp4     the rendition itself; grows, and is the finished MP4 in the end
    NAME.boxes   the initialisation segment, then for each segment its byte ranges in the MP4 and its `moof`
    NAME.index   a head, then a record of fixed size for each closed segment, then one for the end

A segment is its `moof`, the header of an `mdat`, and its ranges of the MP4. It is the same bytes before and after the
MP4 is finished, so a player notices nothing. A record is appended once everything it speaks of is in its files; what is
half written when power goes is told by a checksum. Imports no PyAV.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, overload

import msgspec

from server.media.fragments import mdat_header
from server.media.tracks import TrackHead

#: Times in an index are in milliseconds: segments of the several renditions begin at the same ones.
_RECORD = struct.Struct("<QQQIIQ")
_NO_RECORD = (0,) * 6
_HEAD_BYTES = 4096
_COUNT = struct.Struct("<I")
_RANGE = struct.Struct("<QQ")
_VERSION = 1


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a playlist says of a rendition. `init_bytes` is the length of the initialisation segment in the boxes.

    `made_for` tells who goes on with it whether it was made from the same file in the same way; `version` is the
    format's own.
    """

    width: int
    height: int
    frame_rate: float
    codecs: str
    init_bytes: int
    tracks: tuple[TrackHead, ...]
    made_for: str = ""
    version: int = _VERSION


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """One closed segment. `boxes_at` and `boxes_bytes` say where its ranges and `moof` are, `checksum` is the CRC-32 of
    them and of its media data; `media_bytes` is the length of the latter.
    """

    start_ms: int
    duration_ms: int
    boxes_at: int
    boxes_bytes: int
    checksum: int
    media_bytes: int


class Segments(Sequence[Segment]):
    """The records of an index, each unpacked when it is asked for: long films cost what clips do."""

    def __init__(self, records: bytes) -> None:
        self._records = records

    def __len__(self) -> int:
        return len(self._records) // _RECORD.size

    @overload
    def __getitem__(self, number: int) -> Segment: ...

    @overload
    def __getitem__(self, number: slice) -> list[Segment]: ...

    def __getitem__(self, number: int | slice) -> Segment | list[Segment]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        at = range(len(self))[number] * _RECORD.size
        start, duration, boxes_at, boxes_bytes, checksum, media = _RECORD.unpack_from(self._records, at)
        return Segment(
            start_ms=start,
            duration_ms=duration,
            boxes_at=boxes_at,
            boxes_bytes=boxes_bytes,
            checksum=checksum,
            media_bytes=media,
        )


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a rendition now. When it `ended`, `shift` is how far its data moved and `file_bytes` the
    length of the MP4.
    """

    head: Head
    segments: Segments
    ended: bool
    shift: int = 0
    file_bytes: int = 0

    @property
    def watchable_ms(self) -> int:
        """How much of it exists, from the start."""
        return self.segments[-1].start_ms + self.segments[-1].duration_ms if self.segments else 0


def pack_head(head: Head) -> bytes:
    """The first bytes of an index file."""
    packed = msgspec.json.encode(head)
    if len(packed) > _HEAD_BYTES:
        raise ValueError("the head of an index is too long")
    return packed.ljust(_HEAD_BYTES)


def pack_segment(segment: Segment) -> bytes:
    """The record of a segment."""
    return _RECORD.pack(*msgspec.structs.astuple(segment))


def pack_end(shift: int, file_bytes: int) -> bytes:
    """The record that ends an index: a segment that lasts no time."""
    return _RECORD.pack(0, 0, shift, 0, 0, file_bytes)


def pack_boxes(ranges: list[tuple[int, int]], moof: bytes) -> bytes:
    """What the boxes file has for a segment: its (offset, length) in the MP4, and its `moof`."""
    return _COUNT.pack(len(ranges)) + b"".join(_RANGE.pack(*each) for each in ranges) + moof


def unpack_boxes(packed: bytes) -> tuple[list[tuple[int, int]], bytes]:
    """The ranges and the `moof`. Raises struct.error when it is cut."""
    (count,) = _COUNT.unpack_from(packed)
    end = _COUNT.size + count * _RANGE.size
    return [_RANGE.unpack_from(packed, at) for at in range(_COUNT.size, end, _RANGE.size)], packed[end:]


def record_offset(number: int) -> int:
    """Where the record of segment `number` (from 0) begins; of as many as there are, the length of the file."""
    return _HEAD_BYTES + number * _RECORD.size


def read_index(file: BinaryIO) -> Index | None:
    """What an index file says, a record that is half written left out; None before it has its head.

    An index of another version is none.
    """
    data = file.read()
    try:
        head = msgspec.json.decode(data[:_HEAD_BYTES], type=Head)
    except msgspec.MsgspecError:
        return None
    if head.version != _VERSION:
        return None
    whole = max(0, len(data) - _HEAD_BYTES) // _RECORD.size * _RECORD.size
    records = data[_HEAD_BYTES : _HEAD_BYTES + whole]
    last = _RECORD.unpack_from(records, whole - _RECORD.size) if whole else _NO_RECORD
    ended = bool(whole) and last[1] == 0
    segments = Segments(records[: -_RECORD.size] if ended else records)
    if not ended:
        return Index(head=head, segments=segments, ended=False)
    return Index(head=head, segments=segments, ended=True, shift=last[2], file_bytes=last[5])


def read_index_at(path: Path) -> Index | None:
    """`read_index` of the file at `path`; None when there is none."""
    try:
        with path.open("rb") as file:
            return read_index(file)
    except FileNotFoundError:
        return None


def watchable_ms(path: Path) -> int:
    """How much of a rendition exists, by its index at `path`; 0 when there is none to be read. Reads its end only."""
    try:
        with path.open("rb") as file:
            records = (file.seek(0, 2) - _HEAD_BYTES) // _RECORD.size
            if records < 1:
                return 0
            file.seek(record_offset(max(0, records - 2)))
            tail = file.read(_RECORD.size * min(records, 2))
    except OSError:
        return 0
    return max((start + duration for start, duration, *_ in _RECORD.iter_unpack(tail)), default=0)


def segment_parts(index: Index, number: int, boxes: BinaryIO) -> tuple[bytes, list[tuple[int, int]]]:
    """The bytes that a segment begins with, and the (offset, length) of the rest in the MP4. Raises IndexError."""
    segment = index.segments[number]
    boxes.seek(segment.boxes_at)
    ranges, moof = unpack_boxes(boxes.read(segment.boxes_bytes))
    return moof + mdat_header(segment.media_bytes), [(at + index.shift, length) for at, length in ranges]
