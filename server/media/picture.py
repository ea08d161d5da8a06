"""Encodes one rendition of the picture: decoded frames in, samples of an MP4's video track out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Literal

from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from server.media.cuts import FIRST_SEGMENT_S, Cuts
from server.media.decision import VideoEncode
from server.media.describing import Scratch
from server.media.encoders import add_picture, picture_time_base
from server.media.facts import VideoFacts
from server.media.filters import PictureGraph, Step, picture_steps
from server.media.lanes import Lane, Sample
from server.media.nal_units import length_prefixed
from server.media.order import Order
from server.media.timeline import Timeline
from server.media.tonemap import write_table
from server.media.tracks import TrackHead

_HDR: dict[int, Literal["pq", "hlg"]] = {16: "pq", 18: "hlg"}  # ITU-T H.273, table 3


#: How many pictures the reference of others may come before them; x264 and the hardware encoders build two levels.
_REORDERED = 2


class PictureEncoder:
    """Builds its filter graph from the first frame, and anew whenever the frames change their kind on the way.

    `followers` are smaller renditions: they get the pictures as they come out of this one's filters, so that turning,
    deinterlacing and toning down is done once. What is shown before `from_ticks` is not encoded; `late` says that the
    frames do not begin with the track's first.

    An encoder looks ahead (40 pictures and more) before it hands out its first one. Where pictures come more slowly
    than they are played, as 4K in HDR does, nobody is made to wait for that: the encoder is emptied at the end of the
    first segment, which costs 0.1 dB of twelve seconds. Elsewhere it would bring the segment 0.4 s sooner.
    """

    def __init__(
        self,
        lane: Lane,
        facts: VideoFacts,
        encode: VideoEncode,
        order: Order,
        *,
        source_time_base: Fraction | None,
        origin: Fraction,
        watch: Callable[[VideoFrame], None] | None = None,
        followers: Sequence[PictureEncoder] = (),
        from_ticks: int = 0,
        late: bool = False,
    ) -> None:
        self._lane = lane
        self._facts = facts
        self._encode = encode
        self._order = order
        self._watch = watch
        self._followers = followers
        self._rate = facts.frame_rate or encode.frame_rate
        self._time_base = picture_time_base(source_time_base)
        self._step = max(1, round(1 / encode.frame_rate / self._time_base))
        self._times = Timeline(None if facts.decode_timed else origin, self._time_base, 1 / self._rate)
        if late:
            self._times.begin_late()
        self._from = from_ticks
        self._deinterlace = facts.interlaced
        self._kind: tuple[object, ...] | None = None
        self._graph: PictureGraph | None = None
        self._scratch: Scratch | None = None
        self._track: VideoStream | None = None
        self._last = -1
        self._cuts = Cuts(self._time_base.denominator)
        self._first_cut = self._cuts.after(0)
        self._next_keyframe = 0
        self._opened_s = 0.0

    def take(self, frame: VideoFrame) -> None:
        """Filter and encode one decoded frame."""
        ticks = frame.dts if frame.pts is None or self._facts.decode_timed else frame.pts
        if ticks is None and self._times.last is None and self._facts.timed:
            return  # a cut's lead-in, there only so that what follows can be decoded
        frame.pts = self._times.place(ticks, frame.time_base)
        frame.time_base = self._time_base
        for filtered in self._graph_for(frame).push(frame):
            self._write(filtered)

    def finish(self) -> None:
        """Write out what filters and encoder hold back."""
        self._drain()
        self._empty_encoder()
        self._lane.end()
        for follower in self._followers:
            follower.finish()

    def span_ms(self) -> int:
        """Playing time from 0 to the end of the last picture; 0 when there was none."""
        if self._last < 0:
            return 0
        return round((self._last * self._time_base + 1 / self._encode.frame_rate) * 1000)

    def _graph_for(self, frame: VideoFrame) -> PictureGraph:
        self._deinterlace = self._deinterlace or frame.interlaced_frame
        colour = (frame.colorspace, frame.color_range, frame.color_trc, frame.color_primaries)
        kind = (frame.width, frame.height, frame.format.name, *colour, self._deinterlace)
        if self._graph is None or kind != self._kind:
            self._drain()
            self._kind = kind
            self._graph = PictureGraph(frame, self._time_base, self._rate, self._steps(frame))
        return self._graph

    def _steps(self, frame: VideoFrame) -> list[Step]:
        return picture_steps(
            frame,
            self._encode.size,
            quarter_turns=self._facts.quarter_turns,
            mirrored=self._facts.mirrored,
            deinterlace=self._deinterlace,
            rate=self._encode.frame_rate if self._encode.thin_out else None,
            colour_table=self._colour_table(frame),
        )

    def _colour_table(self, frame: VideoFrame) -> Path | None:
        transfer = _HDR.get(frame.color_trc)
        if transfer is None:
            return None
        path = self._order.work / f"{transfer}.cube"
        if not path.exists():
            write_table(path, transfer)
        return path

    def _drain(self) -> None:
        if self._graph is not None:
            for filtered in self._graph.push(None):
                self._write(filtered)
            self._graph = None

    def _write(self, frame: VideoFrame) -> None:
        if self._watch is not None:
            self._watch(frame)
        ticks = round((frame.pts or 0) * (frame.time_base or self._time_base) / self._time_base)
        ticks = max(ticks, self._last + 1)
        self._last = frame.pts = ticks
        frame.time_base = self._time_base
        for follower in self._followers:
            follower.take(frame)
        if ticks < self._from:
            return  # it is in a closed segment already; the filters had to see it
        frame.pict_type = PictureType.NONE  # the source's own choice must not bind the encoder
        if frame.pts >= self._next_keyframe:
            if self._next_keyframe == self._first_cut and time.monotonic() - self._opened_s > FIRST_SEGMENT_S:
                self._empty_encoder()
                self._lane.promise(frame.pts)  # the next encoder looks ahead before it hands it out
            frame.pict_type = PictureType.I
            self._next_keyframe = self._cuts.after(frame.pts)
        self._hand_over((self._track or self._open(frame)).encode(frame))

    def _open(self, frame: VideoFrame) -> VideoStream:
        self._opened_s = time.monotonic()
        self._scratch = Scratch()
        self._track = add_picture(self._scratch.container, self._encode, frame, self._time_base, self._order)
        self._lane.declare(
            TrackHead(
                number=1,
                sound=False,
                timescale=self._time_base.denominator,
                sample_description=self._scratch.describe(),
                width=frame.width,
                height=frame.height,
                delay=_REORDERED * self._step if self._track.codec_context.has_b_frames else 0,
            )
        )
        return self._track

    def _empty_encoder(self) -> None:
        """Have everything that was pushed; the next picture begins with an encoder of its own."""
        if self._track is not None and self._scratch is not None:
            self._hand_over(self._track.encode(None))
            self._scratch.close()
            self._scratch = self._track = None

    def _hand_over(self, packets: list[Packet[VideoStream]]) -> None:
        bare = self._track is not None and (self._track.codec_context.extradata or b"")[:1] != b"\x01"
        for packet in packets:
            data = bytes(packet)
            self._lane.take(
                Sample(
                    shown=packet.pts or 0,
                    decode=None,
                    duration=self._step,
                    keyframe=packet.is_keyframe,
                    data=length_prefixed(data) if bare else data,
                )
            )
