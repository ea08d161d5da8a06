"""Makes the result: one loop that demuxes, decodes, filters, encodes and muxes. Decides and checks nothing.

    source ─ demux ─┬─ picture: copy, or decode → graph → encode ─┬─ mux → MP4
                    └─ sound:   copy, or decode → graph → encode ─┘

The codecs thread inside themselves; threads of our own around them brought nothing on 2 cores (design.md). A further
rendition is one more `PictureEncoder` fed with the same decoded frames, and a growing fragmented file is another writer.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import msgspec
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream
from av.video.frame import VideoFrame

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


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What went into the result: pictures (encoded or copied), their span, and the packets that did not decode."""

    pictures: int
    picture_ms: int
    damaged_packets: int


Watcher = Callable[[VideoFrame], None]
#: Called with seconds of playing time done.
OnTime = Callable[[float], None]


def produce(
    facts: FileFacts, plan: Plan, order: Order, target: Path, on_time: OnTime, watch: Watcher | None = None
) -> Made:
    """Write `target` as `plan` says. `watch` sees every filtered picture of an encode.

    Raises `UnplayableError` when too little decodes, OSError when the disk fails, av.FFmpegError when the muxer refuses.
    """
    careful = facts.video.copy is not None and facts.video.copy.damaged
    with open_source(order.source, careful=careful) as source:
        with Mp4Writer(target, tracks=1 + (plan.audio != "none")) as writer:
            return _Run(source, writer, facts, plan, order, on_time, watch).run()


class _Run:
    def __init__(
        self,
        source: InputContainer,
        writer: Mp4Writer,
        facts: FileFacts,
        plan: Plan,
        order: Order,
        on_time: OnTime,
        watch: Watcher | None,
    ) -> None:
        self._source = source
        self._on_time = on_time
        self._origin = _origin(facts)
        video = source.streams[facts.video.index]
        self._tracks: dict[int, _Copy | _Encode] = {}
        if plan.video is None:
            self._tracks[video.index] = _Copy(video, writer, self._origin)
        else:
            encoder = PictureEncoder(
                writer, video.time_base, facts.video, plan.video, order, self._origin, watch
            )
            self._tracks[video.index] = _Encode(video, encoder)
        self._picture = self._tracks[video.index]
        if facts.audio is not None and plan.audio != "none":
            audio = source.streams[facts.audio.index]
            self._tracks[audio.index] = (
                _Copy(audio, writer, self._origin)
                if plan.audio == "copy"
                else _Encode(audio, SoundEncoder(writer, facts.audio, self._origin))
            )

    def run(self) -> Made:
        streams = [self._source.streams[index] for index in self._tracks]
        damaged_end = 0
        try:
            for packet in self._source.demux(*streams):
                if packet.size:
                    self._tell_time(packet)
                    self._tracks[packet.stream_index].take(packet)
        except av.error.InvalidDataError:
            damaged_end = 1
        for track in self._tracks.values():
            track.end()
        picture = self._picture
        if picture.span_ms() == 0 or picture.pictures < max(1, _MIN_DECODED_SHARE * picture.packets):
            raise UnplayableError("no_frames", f"{picture.pictures} pictures of {picture.packets} packets")
        return Made(
            pictures=picture.pictures,
            picture_ms=picture.span_ms(),
            damaged_packets=damaged_end + sum(track.damaged for track in self._tracks.values()),
        )

    def _tell_time(self, packet: Packet[Stream]) -> None:
        ticks = packet.dts if packet.dts is not None else packet.pts
        if ticks is not None and packet.stream_index == self._picture.index:
            self._on_time(float(ticks * packet.time_base - self._origin))


def _origin(facts: FileFacts) -> Fraction:
    """Where the result's zero is, in seconds of the source: where the first of the two tracks starts."""
    starts = [facts.video.start_ms, *([facts.audio.start_ms] if facts.audio else [])]
    return Fraction(min(starts), 1000)


class _Copy:
    """Takes packets over as they are, shifted to the result's zero."""

    def __init__(self, stream: Stream, writer: Mp4Writer, origin: Fraction) -> None:
        self.index = stream.index
        self.packets = self.pictures = self.damaged = 0
        self._writer = writer
        self._time_base = stream.time_base or Fraction(1, 1000)
        self._shift = round(origin / self._time_base)
        self._track = writer.output.add_stream_from_template(stream)
        writer.declared()
        self._dating = DecodingTimes()
        self._end = 0

    def take(self, packet: Packet[Stream]) -> None:
        self.packets += 1
        self.pictures += 1
        self._write(self._dating.take(packet))

    def end(self) -> None:
        self._write(self._dating.end())

    def _write(self, packets: list[Packet[Stream]]) -> None:
        for packet in packets:
            if packet.pts is None or packet.dts is None:
                continue  # a cut's lead-in; a picture track with such packets is not copied
            packet.pts -= self._shift
            packet.dts -= self._shift
            self._end = max(self._end, packet.pts + (packet.duration or 0))
            packet.stream = self._track
            self._writer.write((packet,))

    def span_ms(self) -> int:
        return round(self._end * self._time_base * 1000)


class _Encode:
    """Decodes packets and hands frames to an encoder; a packet that does not decode is skipped."""

    def __init__(self, stream: VideoStream | AudioStream, encoder: PictureEncoder | SoundEncoder) -> None:
        self.index = stream.index
        self.packets = self.pictures = self.damaged = 0
        self._context = stream.codec_context
        self._encoder = encoder

    def take(self, packet: Packet[Stream]) -> None:
        self.packets += 1
        self._decode(packet)

    def end(self) -> None:
        self._decode(None)
        self._encoder.finish()

    def _decode(self, packet: Packet[Stream] | None) -> None:
        try:
            frames = self._context.decode(packet)
        except av.error.MemoryError:
            raise
        except av.error.FFmpegError:
            self.damaged += 1
            return
        for frame in frames:
            self.pictures += 1
            self._encoder.take(frame)

    def span_ms(self) -> int:
        return self._encoder.span_ms()
