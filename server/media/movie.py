"""The `moov` of a file (ISO/IEC 14496-12): an empty one before fragments, or that of a finished MP4 with its tables.

What times mean: `Timed` says when a sample is decoded and shown on the result's timeline, which starts at 0. A finished
MP4 wants decode times that never lie after those of showing, so its edit list takes the difference back, and hides the
lead-in of an encoder (samples shown before 0) the same way.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from itertools import groupby

from server.media.box_bytes import box, full_box
from server.media.tracks import SampleTable, TrackHead

_MOVIE_TIMESCALE = 1000
_UNITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UNDETERMINED_LANGUAGE = 0x55C4  # "und", 8.4.2
_IN_MOVIE = 0x3
_BYTES_A_SAMPLE = {False: 20, True: 4}
_BYTES_A_CHUNK = 20
_ENOUGH_FOR_HEADS = 4096


def file_type(*, fragmented: bool) -> bytes:
    """The `ftyp` of an initialisation segment, or of a finished file."""
    brands = (
        (b"iso6", b"iso6", b"cmfc", b"mp41") if fragmented else (b"isom", b"isom", b"iso2", b"avc1", b"mp41")
    )
    return box(b"ftyp", brands[0], struct.pack(">I", 0x200), *brands[1:])


def init_segment(heads: Sequence[TrackHead]) -> bytes:
    """What a player needs before the first fragment."""
    tracks = [_track(head, SampleTable(), 0) for head in heads]
    defaults = (full_box(b"trex", 0, 0, struct.pack(">5I", head.number, 1, 0, 0, 0)) for head in heads)
    movie = box(b"moov", _movie_header(0, len(heads)), *tracks, box(b"mvex", *defaults))
    return file_type(fragmented=True) + movie


def finished_movie(
    tracks: Sequence[tuple[TrackHead, SampleTable]], user_data: bytes = b"", shift: int = 0
) -> bytes:
    """The `moov` of a finished file whose chunks lie `shift` bytes behind where the tables say.

    `user_data` is its whole `udta` box.
    """
    used = [(head, table) for head, table in tracks if len(table)]
    duration = max((_span(head, table) for head, table in used), default=0)
    return box(
        b"moov",
        _movie_header(duration, len(tracks)),
        *(_track(head, table, shift) for head, table in used),
        user_data,
    )


def room_for_movie(pictures: int, sounds: int, segments: int) -> int:
    """Bytes that the finished `moov` will hardly exceed, for so many samples in so many segments."""
    samples = pictures * _BYTES_A_SAMPLE[False] + sounds * _BYTES_A_SAMPLE[True]
    return samples + segments * 2 * _BYTES_A_CHUNK + _ENOUGH_FOR_HEADS


def _span(head: TrackHead, table: SampleTable) -> int:
    """When a track ends, in ticks of the movie."""
    return round(table.end_shown * _MOVIE_TIMESCALE / head.timescale)


def _movie_header(duration: int, tracks: int) -> bytes:
    head = struct.pack(">IIIIIH10x", 0, 0, _MOVIE_TIMESCALE, duration, 0x10000, 0x100)
    return full_box(b"mvhd", 0, 0, head, _UNITY, bytes(24), struct.pack(">I", tracks + 1))


def _track(head: TrackHead, table: SampleTable, shift: int) -> bytes:
    duration = _span(head, table)
    volume = 0x100 if head.sound else 0
    track_header = full_box(
        b"tkhd",
        0,
        _IN_MOVIE,
        struct.pack(">IIIII8xHHHH", 0, 0, head.number, 0, duration, 0, int(head.sound), volume, 0),
        _UNITY,
        struct.pack(">II", head.width << 16, head.height << 16),
    )
    edits = _edits(head, table) if len(table) else _edit_list([(0, head.delay)]) if head.delay else b""
    return box(b"trak", track_header, edits, _media(head, table, shift))


def _edits(head: TrackHead, table: SampleTable) -> bytes:
    """An edit list that shows the first sample at its time; see the module's docstring."""
    first = table.first_shown()
    waiting = max(0, first)
    media_time = max(0, first) - (table.first_decode or 0) + _delay(table)
    lasting = round((table.end_shown - waiting) * _MOVIE_TIMESCALE / head.timescale)
    entries = [(lasting, media_time)]
    if waiting:
        entries.insert(0, (round(waiting * _MOVIE_TIMESCALE / head.timescale), -1))
    return _edit_list(entries)


def _edit_list(entries: list[tuple[int, int]]) -> bytes:
    """Edits of (span in movie ticks, where in the track); a span of 0 lasts as long as the fragments do."""
    packed = (struct.pack(">IiI", span, time, 0x10000) for span, time in entries)
    return box(b"edts", full_box(b"elst", 0, 0, struct.pack(">I", len(entries)), *packed))


def _delay(table: SampleTable) -> int:
    """How far the latest sample would be decoded after it is shown."""
    return max(0, -min(table.compositions, default=0))


def _media(head: TrackHead, table: SampleTable, shift: int) -> bytes:
    lasting = sum(table.durations)
    language = struct.pack(">HH", _UNDETERMINED_LANGUAGE, 0)
    media_header = full_box(b"mdhd", 1, 0, struct.pack(">QQIQ", 0, 0, head.timescale, lasting), language)
    kind, name = (b"soun", b"SoundHandler\0") if head.sound else (b"vide", b"VideoHandler\0")
    handler = full_box(b"hdlr", 0, 0, bytes(4), kind, bytes(12), name)
    shape = full_box(b"smhd", 0, 0, bytes(4)) if head.sound else full_box(b"vmhd", 0, 1, bytes(8))
    here = full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1))
    return box(
        b"mdia",
        media_header,
        handler,
        box(b"minf", shape, box(b"dinf", here), _tables(head, table, shift)),
    )


def _tables(head: TrackHead, table: SampleTable, shift: int) -> bytes:
    parts = [head.sample_description, _pairs(b"stts", 0, table.durations)]
    if len(table.keyframes) < len(table):
        keyframes = (number + 1 for number in table.keyframes)
        parts.append(_numbers(b"stss", keyframes, len(table.keyframes)))
    delay = _delay(table)
    if any(table.compositions):
        parts.append(_pairs(b"ctts", 0, [each + delay for each in table.compositions]))
    sizes = struct.pack(f">{len(table)}I", *table.sizes)
    parts += [
        _chunk_lengths([count for _, count in table.chunks]),
        full_box(b"stsz", 0, 0, struct.pack(">II", 0, len(table)), sizes),
        _chunk_offsets([offset + shift for offset, _ in table.chunks]),
    ]
    return box(b"stbl", *parts)


def _pairs(kind: bytes, version: int, values: Iterable[int]) -> bytes:
    """Runs of equal values as (count, value)."""
    runs = [(sum(1 for _ in group), value) for value, group in groupby(values)]
    packed = (struct.pack(">II", count, value) for count, value in runs)
    return full_box(kind, version, 0, struct.pack(">I", len(runs)), *packed)


def _numbers(kind: bytes, values: Iterable[int], count: int) -> bytes:
    return full_box(kind, 0, 0, struct.pack(f">{count + 1}I", count, *values))


def _chunk_lengths(counts: list[int]) -> bytes:
    """`stsc`: where the number of samples in a chunk changes."""
    changes = [
        (number, count)
        for number, count in enumerate(counts, start=1)
        if number == 1 or counts[number - 2] != count
    ]
    packed = (struct.pack(">III", number, count, 1) for number, count in changes)
    return full_box(b"stsc", 0, 0, struct.pack(">I", len(changes)), *packed)


def _chunk_offsets(offsets: list[int]) -> bytes:
    if max(offsets, default=0) < 1 << 32:
        return _numbers(b"stco", offsets, len(offsets))
    return full_box(b"co64", 0, 0, struct.pack(f">I{len(offsets)}Q", len(offsets), *offsets))
