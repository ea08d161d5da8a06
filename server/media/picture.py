"""Encodes one rendition of the picture: decoded frames in, packets of an MP4's video track out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from server.media.decision import VideoEncode
from server.media.encoders import KEYFRAME_EVERY_S, add_picture, picture_time_base
from server.media.facts import VideoFacts
from server.media.filters import PictureGraph, picture_steps
from server.media.order import Order
from server.media.timeline import Timeline
from server.media.writer import Mp4Writer


class PictureEncoder:
    """Builds its filter graph from the first frame, and anew whenever the frames change their kind on the way."""

    def __init__(
        self,
        writer: Mp4Writer,
        source_time_base: Fraction | None,
        facts: VideoFacts,
        encode: VideoEncode,
        order: Order,
        origin: Fraction,
        watch: Callable[[VideoFrame], None] | None,
    ) -> None:
        self._writer = writer
        self._facts = facts
        self._encode = encode
        self._order = order
        self._watch = watch
        self._time_base = picture_time_base(source_time_base)
        self._times = Timeline(origin, self._time_base, 1 / (facts.frame_rate or encode.frame_rate))
        self._deinterlace = facts.interlaced
        self._kind: tuple[object, ...] | None = None
        self._graph: PictureGraph | None = None
        self._track: VideoStream | None = None
        self._last = -1
        self._next_keyframe = 0
        self._keyframe_step = round(KEYFRAME_EVERY_S / self._time_base)

    def take(self, frame: VideoFrame) -> None:
        """Filter and encode one decoded frame."""
        ticks = frame.pts if frame.pts is not None else frame.dts
        if ticks is None and self._times.last is None and self._facts.timed:
            return  # a cut's lead-in, there only so that what follows can be decoded
        frame.pts = self._times.place(ticks, frame.time_base)
        frame.time_base = self._time_base
        self._deinterlace = self._deinterlace or frame.interlaced_frame
        kind = (
            frame.width, frame.height, frame.format.name, frame.colorspace, frame.color_range, frame.color_trc,
            frame.color_primaries, self._deinterlace,
        )  # fmt: skip
        if kind != self._kind:
            self._drain()
            self._kind, self._graph = kind, self._build(frame)
        if self._graph is not None:
            for filtered in self._graph.push(frame):
                self._write(filtered)

    def finish(self) -> None:
        """Write out what filters and encoder hold back."""
        self._drain()
        if self._track is not None:
            self._writer.write(self._track.encode(None))

    def span_ms(self) -> int:
        """Playing time from 0 to the end of the last picture; 0 when there was none."""
        if self._last < 0:
            return 0
        step = 1 / self._encode.frame_rate
        return round((self._last * self._time_base + step) * 1000)

    def _build(self, frame: VideoFrame) -> PictureGraph:
        steps = picture_steps(
            frame,
            self._encode.size,
            quarter_turns=self._facts.quarter_turns,
            mirrored=self._facts.mirrored,
            deinterlace=self._deinterlace,
            rate=self._encode.frame_rate if self._encode.thin_out else None,
        )
        return PictureGraph(frame, self._time_base, self._facts.frame_rate or self._encode.frame_rate, steps)

    def _drain(self) -> None:
        if self._graph is not None:
            for filtered in self._graph.push(None):
                self._write(filtered)
            self._graph = None

    def _write(self, frame: VideoFrame) -> None:
        if self._track is None:
            order = self._order
            self._track = add_picture(
                self._writer.output, self._encode, frame, self._time_base,
                preset=order.preset, crf=order.crf, threads=order.threads,
            )  # fmt: skip
            self._writer.declared()
        if self._watch is not None:
            self._watch(frame)
        ticks = round((frame.pts or 0) * (frame.time_base or self._time_base) / self._time_base)
        frame.pts = self._last = max(ticks, self._last + 1)
        frame.time_base = self._time_base
        frame.pict_type = PictureType.NONE
        if frame.pts >= self._next_keyframe:
            frame.pict_type = PictureType.I
            self._next_keyframe = (frame.pts // self._keyframe_step + 1) * self._keyframe_step
        self._writer.write(self._track.encode(frame))
