"""Movie fragments: the `moof` of one segment, written and read back (ISO/IEC 14496-12, section 8.8)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import msgspec

from server.media.box_bytes import box, boxes_in, full_box
from server.media.tracks import Timed

_BASE_IS_MOOF = 0x020000
_DEFAULT_DURATION, _DEFAULT_FLAGS = 0x08, 0x20
_RUN = (
    0x001 | 0x100 | 0x200 | 0x400 | 0x800
)  # data offset; duration, size, flags and composition of each sample
_SOUND_RUN = 0x001 | 0x200
_KEYFRAME_FLAGS = 0x02000000  # depends on no other
_OTHER_FLAGS = 0x01010000  # depends on others, is no sync sample
_MDAT_HEADER_BYTES = 8
_SAMPLE = struct.Struct(">IIIi")


class Run(msgspec.Struct, frozen=True):
    """Samples of one track whose bytes follow each other, from `at` on in the segment's media data."""

    at: int
    samples: Sequence[Timed]


class TrackPart(msgspec.Struct, frozen=True, kw_only=True):
    """What a segment has of one track; its first sample is decoded at `decode`, in ticks of the track.

    `delay` see `TrackHead`; it is added to all composition times.
    """

    number: int
    sound: bool
    delay: int = 0
    decode: int
    runs: Sequence[Run]


def fragment(number: int, parts: Sequence[TrackPart]) -> bytes:
    """The `moof` of segment `number` (from 0), for an `mdat` that follows at once with a header of 8 bytes."""
    length = len(_fragment(number, parts, 0))
    return _fragment(number, parts, length + _MDAT_HEADER_BYTES)


def mdat_header(length: int) -> bytes:
    """The header of an `mdat` with `length` bytes in it."""
    return struct.pack(">I4s", length + _MDAT_HEADER_BYTES, b"mdat")


def _fragment(number: int, parts: Sequence[TrackPart], media_at: int) -> bytes:
    sequence = full_box(b"mfhd", 0, 0, struct.pack(">I", number + 1))
    return box(b"moof", sequence, *(_track(part, media_at) for part in parts if part.runs))


def _track(part: TrackPart, media_at: int) -> bytes:
    if part.sound:
        duration = part.runs[0].samples[0].duration
        defaults = struct.pack(">III", part.number, duration, _KEYFRAME_FLAGS)
        head = full_box(b"tfhd", 0, _BASE_IS_MOOF | _DEFAULT_DURATION | _DEFAULT_FLAGS, defaults)
    else:
        duration = 0
        head = full_box(b"tfhd", 0, _BASE_IS_MOOF, struct.pack(">I", part.number))
    time = full_box(b"tfdt", 1, 0, struct.pack(">Q", part.decode))
    return box(b"traf", head, time, *(_run(run, media_at, duration, part.delay) for run in part.runs))


def _run(run: Run, media_at: int, default_duration: int, delay: int) -> bytes:
    place = struct.pack(">Ii", len(run.samples), media_at + run.at)
    if default_duration and all(sample.duration == default_duration for sample in run.samples):
        sizes = struct.pack(f">{len(run.samples)}I", *(sample.size for sample in run.samples))
        return full_box(b"trun", 1, _SOUND_RUN, place, sizes)
    entries = (
        _SAMPLE.pack(
            sample.duration,
            sample.size,
            _KEYFRAME_FLAGS if sample.keyframe else _OTHER_FLAGS,
            sample.composition + delay,
        )
        for sample in run.samples
    )
    return full_box(b"trun", 1, _RUN, place, *entries)


def read_fragment(moof: bytes) -> list[TrackPart]:
    """The parts of a `moof` that `fragment` made, the delay left in their composition times.

    Raises ValueError or struct.error for any other.
    """
    media_at = len(moof) + _MDAT_HEADER_BYTES
    parts = []
    for kind, traf in boxes_in(moof[8:]):
        if kind == b"traf":
            parts.append(_read_track(traf, media_at))
    return parts


def _read_track(traf: bytes, media_at: int) -> TrackPart:
    number, decode, duration, runs = 0, 0, 0, []
    for kind, body in boxes_in(traf):
        if kind == b"tfhd":
            (number,) = struct.unpack_from(">I", body, 4)
            if int.from_bytes(body[1:4], "big") & _DEFAULT_DURATION:
                (duration,) = struct.unpack_from(">I", body, 8)
        elif kind == b"tfdt":
            (decode,) = struct.unpack_from(">Q", body, 4)
        elif kind == b"trun":
            runs.append(_read_run(body, media_at, duration))
    if not runs:
        raise ValueError("a fragment without samples")
    return TrackPart(number=number, sound=bool(duration), decode=decode, runs=runs)


def _read_run(body: bytes, media_at: int, duration: int) -> Run:
    count, place = struct.unpack_from(">Ii", body, 4)
    if int.from_bytes(body[1:4], "big") == _SOUND_RUN:
        sizes = struct.unpack_from(f">{count}I", body, 12)
        return Run(place - media_at, [Timed(size, duration, 0, keyframe=True) for size in sizes])
    samples = [
        Timed(size, lasting, composition, keyframe=flags == _KEYFRAME_FLAGS)
        for lasting, size, flags, composition in _SAMPLE.iter_unpack(body[12 : 12 + count * _SAMPLE.size])
    ]
    return Run(place - media_at, samples)
