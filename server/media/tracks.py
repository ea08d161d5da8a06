"""What the writers of an MP4 know about a track: how it is described, and its samples, without their bytes."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

import msgspec


class TrackHead(msgspec.Struct, frozen=True, kw_only=True):
    """A track's description. `sample_description` is its whole `stsd` box, `number` its track_ID, from 1.

    `delay` is how far a sample may be decoded after it is to be shown. The edit list takes it back: FFmpeg's demuxer
    misplaces fragments whose samples have negative composition times.
    """

    number: int
    sound: bool
    timescale: int
    sample_description: bytes
    width: int = 0
    height: int = 0
    delay: int = 0


class Timed(NamedTuple):
    """One sample on its track's decode timeline, in ticks of its timescale.

    `composition` is what has to be added to its decode time to get the time it is shown at; it may be negative.
    """

    size: int
    duration: int
    composition: int
    keyframe: bool


class RestoredRun(msgspec.Struct, frozen=True):
    """Samples of a track in a closed segment, as `SampleTable.add` takes them."""

    decode: int
    offset: int
    samples: list[Timed]


class CheckpointLostError(Exception):
    """What an earlier child has made does not fit to what is made now; all of it has to be made anew."""


class SampleTable:
    """All samples of a track in decoding order and where their bytes are, for the `moov` of a finished file.

    Kept in arrays: three hours at 60 pictures a second are 10 MB.
    """

    def __init__(self) -> None:
        self.sizes = array("I")
        self.durations = array("I")
        self.compositions = array("i")
        self.keyframes = array("I")
        """Numbers of the samples to start decoding at, from 0."""
        self.chunks: list[tuple[int, int]] = []
        """(offset in the file, number of samples) of each run of bytes."""
        self.first_decode: int | None = None
        self.end_decode = 0
        self.end_shown = 0
        """When the last of them has been shown."""

    def __len__(self) -> int:
        return len(self.sizes)

    def add(self, decode: int, offset: int, samples: Sequence[Timed]) -> None:
        """Add a run of samples whose bytes follow each other from `offset` on; the first is decoded at `decode`."""
        if not samples:
            return
        if self.first_decode is None:
            self.first_decode = decode
        elif decode != self.end_decode:
            self.durations[-1] += decode - self.end_decode  # a hole in the track: the last sample stays
        for sample in samples:
            if sample.keyframe:
                self.keyframes.append(len(self.sizes))
            self.sizes.append(sample.size)
            self.durations.append(sample.duration)
            self.compositions.append(sample.composition)
            self.end_shown = max(self.end_shown, decode + sample.composition + sample.duration)
            decode += sample.duration
        self.end_decode = decode
        self.chunks.append((offset, len(samples)))

    def first_shown(self) -> int:
        """The time of the first sample, in ticks of the result's timeline."""
        return (self.first_decode or 0) + (self.compositions[0] if self.compositions else 0)
