"""Makes the result: one loop that demuxes, decodes, filters, encodes and muxes. Decides and checks nothing.

    source ─ demux ─┬─ picture: copy, or decode → graph → encode ─┬─ mux → MP4
                    └─ sound:   copy, or decode → graph → encode ─┘

The codecs thread inside themselves; threads of our own around them brought nothing on 2 cores (design.md). A
further rendition is one more `PictureEncoder` fed with the same decoded frames, and a growing fragmented file
one more writer.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import msgspec
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from server.media.copyable import DecodingTimes
from server.media.decision import Plan
from server.media.facts import FileFacts
from server.media.order import Order
from server.media.picture import PictureEncoder
from server.media.refusals import UnplayableError
from server.media.sound import SoundEncoder
from server.media.source import open_source
from server.media.writer import Mp4Writer

#: At least this share of a track's packets must decode; below it, it is noise and not a damaged video.
_MIN_DECODED_SHARE = 0.2

Watch = Callable[[VideoFrame], None]
#: Told the seconds of playing time that are done.
OnTime = Callable[[float], None]


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What went into the result: pictures encoded or copied, their span, packets that did not decode."""

    pictures: int
    picture_ms: int
    damaged_packets: int


def produce(
    facts: FileFacts, plan: Plan, order: Order, target: Path, *, on_time: OnTime, watch: Watch | None = None
) -> Made:
    """Write `target` as `plan` says. `watch` sees every filtered picture of an encode.

    Raises `UnplayableError` when too little decodes, OSError when the disk fails, av.FFmpegError when the
    muxer refuses.
    """
    careful = facts.video.copy is not None and facts.video.copy.damaged
    with (
        open_source(order.source, careful=careful) as source,
        Mp4Writer(target, tracks=1 + (plan.audio != "none")) as writer,
    ):
        origin = Fraction(facts.origin_ms, 1000)
        video = next(stream for stream in source.streams.video if stream.index == facts.video.index)
        picture: _Copy | _Encode
        if plan.video is None:
            picture = _Copy(video, writer, origin)
        else:
            picture = _Encode(
                video,
                PictureEncoder(
                    writer,
                    facts.video,
                    plan.video,
                    order,
                    source_time_base=video.time_base,
                    origin=origin,
                    watch=watch,
                ),
            )
        tracks = [picture, *_sound(source, writer, facts, plan, origin)]
        return _run(source, tracks, origin, on_time)


def _sound(
    source: InputContainer, writer: Mp4Writer, facts: FileFacts, plan: Plan, origin: Fraction
) -> list[_Copy | _Encode]:
    if facts.audio is None or plan.audio == "none":
        return []
    index = facts.audio.index
    audio = next(stream for stream in source.streams.audio if stream.index == index)
    if plan.audio == "copy":
        return [_Copy(audio, writer, origin)]
    return [_Encode(audio, SoundEncoder(writer, facts.audio, origin))]


def _run(source: InputContainer, tracks: list[_Copy | _Encode], origin: Fraction, on_time: OnTime) -> Made:
    """Read to the end, or to where the file breaks off. The first track is the picture."""
    by_index = {track.stream.index: track for track in tracks}
    picture = tracks[0]
    broken_off = 0
    try:
        for packet in source.demux(*(track.stream for track in tracks)):
            if packet.size == 0:
                continue  # flushing comes last; an empty packet on the way would end the decoder
            if packet.dts is not None and packet.stream_index == picture.stream.index:
                on_time(float(packet.dts * packet.time_base - origin))
            by_index[packet.stream_index].take(packet)
    except av.error.InvalidDataError:
        broken_off = 1
    for track in tracks:
        track.end()
    if picture.span_ms() == 0 or picture.taken < _MIN_DECODED_SHARE * picture.packets:
        raise UnplayableError("no_frames", f"{picture.taken} pictures of {picture.packets} packets")
    return Made(
        pictures=picture.taken,
        picture_ms=picture.span_ms(),
        damaged_packets=broken_off + sum(track.damaged for track in tracks),
    )


class _Copy:
    """Takes packets over as they are, shifted to the result's zero."""

    def __init__(self, stream: VideoStream | AudioStream, writer: Mp4Writer, origin: Fraction) -> None:
        self.stream = stream
        self.packets = self.taken = self.damaged = 0
        self._writer = writer
        self._time_base = stream.time_base or Fraction(1, 1000)
        self._shift = round(origin / self._time_base)
        self._track = writer.output.add_stream_from_template(stream)
        writer.declared()
        self._dating = DecodingTimes()
        self._end = 0

    def take(self, packet: Packet[Any]) -> None:
        self.packets += 1
        self.taken += 1
        self._write(self._dating.take(packet))

    def end(self) -> None:
        self._write(self._dating.end())

    def span_ms(self) -> int:
        return round(self._end * self._time_base * 1000)

    def _write(self, packets: list[Packet[Any]]) -> None:
        for packet in packets:
            if packet.pts is None or packet.dts is None:
                continue  # a cut's lead-in; a picture track with such packets is not copied
            packet.pts -= self._shift
            packet.dts -= self._shift
            self._end = max(self._end, packet.pts + (packet.duration or 0))
            packet.stream = self._track
            self._writer.write((packet,))


class _Encode:
    """Decodes packets and hands frames to an encoder; a packet that does not decode is skipped."""

    def __init__(self, stream: VideoStream | AudioStream, encoder: PictureEncoder | SoundEncoder) -> None:
        self.stream = stream
        self.packets = self.taken = self.damaged = 0
        self._encoder: Any = encoder
        self.span_ms = encoder.span_ms

    def take(self, packet: Packet[Any]) -> None:
        self.packets += 1
        self._decode(packet)

    def end(self) -> None:
        self._decode(None)
        self._encoder.finish()

    def _decode(self, packet: Packet[Any] | None) -> None:
        try:
            frames = self.stream.decode(packet)
        except av.error.MemoryError:
            raise
        except av.error.FFmpegError:
            self.damaged += 1
            return
        for frame in frames:
            if frame.time_base is None:  # PyAV leaves it out on the last ones, which come without a packet
                frame.time_base = self.stream.time_base
            self.taken += 1
            self._encoder.take(frame)
