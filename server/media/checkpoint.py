"""What an earlier child has made of a rendition, so that a later one goes on from its last closed segment.

Only what can be proved is taken over: the same source and choices (`made_for`), and segments whose bytes have their
checksum; what power took from the end of a file is made again.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Collection
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import msgspec

from server.media.decision import Plan, VideoEncode
from server.media.facts import FileFacts
from server.media.fragments import read_fragment
from server.media.order import Order
from server.media.segment_index import Index, Segment, read_index_at, unpack_boxes
from server.media.tracks import RestoredRun, TrackHead

_SUFFIXES = (".mp4", ".boxes", ".index")


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The closed segments: how many, until when, and where their bytes end in each file."""

    segments: int
    end_ms: int
    media_end: int
    boxes_end: int
    heads: tuple[TrackHead, ...]
    pictures: list[RestoredRun]
    sounds: list[RestoredRun]

    @property
    def end_s(self) -> Fraction:
        """The same as `next_picture`, in seconds."""
        return Fraction(self.next_picture, self.heads[0].timescale)

    @property
    def next_picture(self) -> int:
        """When the first picture that is not there yet is shown, in ticks of its track."""
        last = self.pictures[-1]
        return last.decode + sum(sample.duration for sample in last.samples)


def made_for(facts: FileFacts, plan: Plan, order: Order, encode: VideoEncode | None, room_bytes: int) -> str:
    """A fingerprint of everything that decides about the bytes of an encode, and where they lie in the file."""
    status = order.source.stat()
    choices = (
        status.st_size,
        status.st_mtime_ns,
        encode,
        plan.audio,
        facts.origin_ms,
        order.preset,
        order.crf,
        order.encoder,
        room_bytes,
        av.__version__,
    )
    return hashlib.sha256(repr(choices).encode()).hexdigest()[:32]


def forget(folder: Path, but: Collection[str] = ()) -> None:
    """Remove every rendition in `folder` `but` those of these names."""
    for path in folder.iterdir():
        if path.suffix in _SUFFIXES and path.stem not in but:
            path.unlink()


def restore(path: Path, wanted: str) -> Checkpoint | None:
    """The checkpoint of the rendition whose MP4 is at `path`, if it was made for the same; None when there is none."""
    index = read_index_at(path.with_suffix(".index"))
    if index is None or index.head.made_for != wanted or index.shift:
        return None
    try:
        with path.open("rb") as media, path.with_suffix(".boxes").open("rb") as boxes:
            return _read(index, media, boxes)
    except (FileNotFoundError, struct.error, ValueError):
        return None


def _read(index: Index, media: BinaryIO, boxes: BinaryIO) -> Checkpoint | None:
    pictures: list[RestoredRun] = []
    sounds: list[RestoredRun] = []
    media_end = 0
    whole: list[Segment] = []
    for segment in index.segments:
        boxes.seek(segment.boxes_at)
        packed = boxes.read(segment.boxes_bytes)
        ((at, length),), moof = unpack_boxes(packed)
        media.seek(at)
        if zlib.crc32(media.read(length), zlib.crc32(packed)) != segment.checksum:
            break
        for part in read_fragment(moof):
            (run,) = part.runs
            delay = index.head.tracks[part.number - 1].delay
            samples = [sample._replace(composition=sample.composition - delay) for sample in run.samples]
            (sounds if part.sound else pictures).append(RestoredRun(part.decode, at + run.at, samples))
        media_end = at + length
        whole.append(segment)
    if not whole:
        return None
    return Checkpoint(
        segments=len(whole),
        end_ms=whole[-1].start_ms + whole[-1].duration_ms,
        media_end=media_end,
        boxes_end=whole[-1].boxes_at + whole[-1].boxes_bytes,
        heads=index.head.tracks,
        pictures=pictures,
        sounds=sounds,
    )
