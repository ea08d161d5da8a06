"""The segments of an MP4 that is kept as it is: cut at keyframes, their samples where they lie in the file."""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.stream import VideoStream

from server.media.cuts import Cuts
from server.media.describing import codecs, describe_copy
from server.media.fragments import Run, TrackPart, fragment
from server.media.movie import init_segment
from server.media.nal_units import length_size_of, stands_alone
from server.media.segment_index import Head, Segment, pack_boxes, pack_end, pack_head, pack_segment
from server.media.source import open_source
from server.media.tracks import Timed, TrackHead


class _Placed(msgspec.Struct, gc=False):
    """A sample: where it is in the file, and its times in ticks of its track."""

    at: int
    size: int
    shown: int
    decode: int
    duration: int
    keyframe: bool


def index_kept(source: Path, index: Path) -> int:
    """Write the index of `source`, and make `source` known as the MP4 beside it. Returns its milliseconds.

    That is a second name for the same bytes (a hard link); where the disk knows none, the segments can be had only once
    the file has been put in place, and 0 is returned. Raises av.FFmpegError, `NotSoundError`, OSError.
    """
    with open_source(source) as container:
        sounds = container.streams.audio
        kept = _KeptIndex(container.streams.video[0], sounds[0] if sounds else None)
        for packet in container.demux():
            if packet.size:
                kept.take(packet)
    known_as = index.with_suffix(".mp4")
    known_as.unlink(missing_ok=True)
    try:
        known_as.hardlink_to(source)
    except OSError:
        kept.write(index, source.stat().st_size)
        return 0
    return kept.write(index, source.stat().st_size)


class _KeptIndex:
    """Is shown every packet of a kept file, then writes its index."""

    def __init__(self, video: VideoStream, sound: AudioStream | None) -> None:
        self._heads = [_head(video, 1), *([_head(sound, 2)] if sound is not None else [])]
        self._streams = {stream.index: number for number, stream in enumerate((video, sound)) if stream}
        self._rate = float(video.average_rate or 0)
        self._length_size = length_size_of(video.codec_context.extradata or b"")
        self._samples: list[list[_Placed]] = [[] for _ in self._heads]

    def take(self, packet: Packet[Any]) -> None:
        """Note where a packet is."""
        number = self._streams.get(packet.stream_index)
        if number is None or packet.pts is None or packet.dts is None or packet.pos is None:
            return
        ticks = packet.time_base * self._heads[number].timescale
        self._samples[number].append(
            _Placed(
                at=packet.pos,
                size=packet.size,
                shown=round(packet.pts * ticks),
                decode=round(packet.dts * ticks),
                duration=round((packet.duration or 0) * ticks),
                keyframe=number > 0 or stands_alone(memoryview(packet), self._length_size),
            )
        )

    def write(self, path: Path, file_bytes: int) -> int:
        """Write `path` and the boxes beside it; returns how long all segments last, in milliseconds."""
        pictures = self._samples[0]
        early = min(0, pictures[0].decode)
        for sample in pictures:
            sample.decode -= early  # fragments know no decode times before 0
        self._heads[0] = msgspec.structs.replace(self._heads[0], delay=-early)
        with path.with_suffix(".boxes").open("wb") as boxes, path.open("wb") as index:
            init = init_segment(self._heads)
            boxes.write(init)
            head = Head(
                width=self._heads[0].width,
                height=self._heads[0].height,
                frame_rate=self._rate,
                codecs=codecs([each.sample_description for each in self._heads]),
                init_bytes=len(init),
                tracks=tuple(self._heads),
            )
            index.write(pack_head(head))
            start_ms = 0
            for number, (tracks, end_s) in enumerate(self._segments()):
                ranges, parts = _laid_out(tracks, -early)
                packed = pack_boxes(ranges, fragment(number, parts))
                end_ms = max(round(end_s * 1000), start_ms + 1)
                segment = Segment(
                    start_ms=start_ms,
                    duration_ms=end_ms - start_ms,
                    boxes_at=boxes.tell(),
                    boxes_bytes=len(packed),
                    checksum=zlib.crc32(packed),
                    media_bytes=sum(length for _, length in ranges),
                )
                boxes.write(packed)
                index.write(pack_segment(segment))
                start_ms = end_ms
            index.write(pack_end(0, file_bytes))
        return start_ms

    def _segments(self) -> Iterator[tuple[list[_TrackSamples], float]]:
        """The samples of each segment, and when it ends in seconds."""
        pictures, sounds = self._samples[0], [each for each in self._samples[-1] if each.shown >= 0]
        timescale = self._heads[0].timescale
        cuts, next_cut = [0], Cuts(timescale).after(0)
        for number, sample in enumerate(pictures):
            if number and sample.keyframe and sample.shown >= next_cut:
                cuts.append(number)
                next_cut = Cuts(timescale).after(sample.shown)
        heard = 0
        for first, following in pairwise([*cuts, len(pictures)]):
            last = following == len(pictures)
            tracks = [_TrackSamples(1, False, _timed(pictures, first, following))]
            ends_s = [tracks[0].end / timescale]
            if len(self._heads) > 1:
                rate = self._heads[1].timescale
                upto = len(sounds)
                if not last:
                    at = pictures[following].shown * rate / timescale
                    upto = bisect_left(sounds, at, lo=heard, key=lambda sample: sample.shown)
                if upto > heard:
                    tracks.append(_TrackSamples(2, True, _timed(sounds, heard, upto)))
                    ends_s.append(tracks[-1].end / rate)
                heard = upto
            yield tracks, max(ends_s) if last else pictures[following].shown / timescale


class _TrackSamples:
    """What a segment has of one track: pairs of where a sample is and how it is timed."""

    def __init__(self, number: int, sound: bool, samples: list[tuple[_Placed, Timed]]) -> None:
        self.number = number
        self.sound = sound
        self.samples = samples

    @property
    def end(self) -> int:
        """When it ends, in ticks."""
        placed, timed = self.samples[-1]
        return placed.decode + timed.duration


def _timed(samples: list[_Placed], first: int, following: int) -> list[tuple[_Placed, Timed]]:
    timed = []
    for number in range(first, following):
        sample = samples[number]
        after = samples[number + 1].decode if number + 1 < len(samples) else sample.decode + sample.duration
        lasting = max(0, after - sample.decode)
        timed.append((sample, Timed(sample.size, lasting, sample.shown - sample.decode, sample.keyframe)))
    return timed


def _laid_out(tracks: list[_TrackSamples], delay: int) -> tuple[list[tuple[int, int]], list[TrackPart]]:
    """The ranges of the file that make up a segment, one track after the other, and how its `moof` speaks of them."""
    ranges: list[tuple[int, int]] = []
    parts = []
    media_at = 0
    for track in tracks:
        runs = []
        for at, run in _contiguous(track.samples):
            length = sum(timed.size for timed in run)
            ranges.append((at, length))
            runs.append(Run(media_at, run))
            media_at += length
        decode = track.samples[0][0].decode
        late = 0 if track.sound else delay
        parts.append(TrackPart(number=track.number, sound=track.sound, decode=decode, delay=late, runs=runs))
    return ranges, parts


def _contiguous(samples: list[tuple[_Placed, Timed]]) -> Iterator[tuple[int, list[Timed]]]:
    """Runs of samples whose bytes follow each other, each with its offset."""
    run: list[Timed] = []
    start = end = -1
    for placed, timed in samples:
        if placed.at != end and run:
            yield start, run
            run = []
        if not run:
            start = placed.at
        run.append(timed)
        end = placed.at + placed.size
    if run:
        yield start, run


def _head(stream: VideoStream | AudioStream, number: int) -> TrackHead:
    context = stream.codec_context
    if isinstance(context, AudioCodecContext):
        return TrackHead(
            number=number,
            sound=True,
            timescale=context.sample_rate,
            sample_description=describe_copy(stream),
        )
    return TrackHead(
        number=number,
        sound=False,
        timescale=(stream.time_base or Fraction(1, 1000)).denominator,
        sample_description=describe_copy(stream),
        width=context.width,
        height=context.height,
    )
