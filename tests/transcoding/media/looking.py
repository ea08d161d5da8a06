"""Measures finished videos as a player would meet them: tracks, decoded pictures, brightness, combs."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
from av.video.frame import VideoFrame

from server.media import boxes

#: A small picture in brightness: rows of values from 0 to 255.
Rows = list[list[int]]


@dataclass(kw_only=True)
class Seen:
    """What came out of decoding a file from its first to its last packet."""

    codec: str
    pixel_format: str
    width: int
    height: int
    pixel_aspect: Fraction | None
    frames: int = 0
    damaged: int = 0
    interlaced: int = 0
    rotations: set[int] = field(default_factory=set)
    full_range: bool = False
    times: list[Fraction] = field(default_factory=list)
    keyframe_times: list[Fraction] = field(default_factory=list)
    duration_ms: int = 0
    sound_codec: str | None = None
    sound_channels: int = 0
    sound_samples: int = 0
    sound_rate: int = 1
    tracks: int = 0
    metadata: dict[str, str] = field(default_factory=dict)
    layout: boxes.Layout = field(default_factory=boxes.Layout)


def see(path: Path) -> Seen:
    """Decode everything in `path`; a packet that does not decode counts as damaged."""
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        context = video.codec_context
        seen = Seen(
            codec=context.codec.canonical_name,
            pixel_format=context.pix_fmt or "",
            width=context.width,
            height=context.height,
            pixel_aspect=video.sample_aspect_ratio,
            duration_ms=round((container.duration or 0) / 1000),
            tracks=len(container.streams),
            metadata=dict(container.metadata),
            layout=boxes.read_layout(path),
        )
        for sound in container.streams.audio:
            seen.sound_codec = sound.codec_context.codec.canonical_name
            seen.sound_channels = sound.codec_context.channels
            seen.sound_rate = sound.codec_context.sample_rate
        for packet in container.demux():
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                seen.damaged += 1
                continue
            for frame in frames:
                if isinstance(frame, VideoFrame):
                    _note(seen, frame)
                else:
                    seen.sound_samples += frame.samples
    return seen


def _note(seen: Seen, frame: VideoFrame) -> None:
    seen.frames += 1
    seen.damaged += frame.is_corrupt
    seen.interlaced += frame.interlaced_frame
    seen.rotations.add(frame.rotation)
    seen.full_range = seen.full_range or frame.color_range == 2
    assert frame.pts is not None
    assert frame.time_base is not None
    seen.times.append(frame.pts * frame.time_base)
    if frame.key_frame:
        seen.keyframe_times.append(seen.times[-1])


def first_frame(path: Path, *, at_least_s: float = 0.0) -> VideoFrame:
    """The first decoded frame at or after a time."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if (frame.time or 0.0) >= at_least_s:
                return frame
    raise AssertionError(f"no picture at {at_least_s} s")


def brightness(frame: VideoFrame, width: int = 16, height: int = 16) -> Rows:
    """The frame shrunk to `width` × `height`, as full-range brightness."""
    return _rows(
        frame.reformat(
            width=width, height=height, format="gray", interpolation="AREA", dst_color_range="JPEG"
        )
    )


def _rows(frame: VideoFrame) -> Rows:
    plane = frame.planes[0]
    data, stride = bytes(plane), plane.line_size
    return [list(data[row * stride : row * stride + frame.width]) for row in range(frame.height)]


def luma(frame: VideoFrame) -> float:
    """The mean of the stored 8-bit luma."""
    rows = _rows(frame)
    return sum(map(sum, rows)) / (frame.width * frame.height)


def difference(one: Rows, other: Rows) -> float:
    """Mean absolute difference of two small pictures of the same size."""
    pairs = [(a, b) for left, right in zip(one, other, strict=True) for a, b in zip(left, right, strict=True)]
    return sum(abs(a - b) for a, b in pairs) / len(pairs)


def clockwise(rows: Rows) -> Rows:
    """The small picture after a quarter turn."""
    return [list(column) for column in zip(*rows[::-1], strict=True)]


def mirrored(rows: Rows) -> Rows:
    """The small picture with left and right swapped."""
    return [row[::-1] for row in rows]


def combs(frame: VideoFrame) -> float:
    """How much neighbouring lines differ, over how much lines two apart do.

    Above 1 where two fields of a moving scene are woven together.
    """
    rows = _rows(frame)
    near = sum(difference([a], [b]) for a, b in pairwise(rows))
    far = sum(difference([a], [b]) for a, b in zip(rows, rows[2:], strict=False))
    return near / max(far, 1e-9)
