"""Makes the result: one loop that demuxes, decodes, filters, encodes and writes. Decides and checks nothing.

    source ─ demux ─┬─ picture: copy, or decode → graph → encode ─┬─ writer → MP4 and its segments
                    └─ sound:   copy, or decode → graph → encode ─┘

The codecs thread inside themselves; threads of our own around them brought nothing on 2 cores (design.md). A
further rendition is one more `PictureEncoder` and writer, fed with the same decoded frames.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import av
import msgspec
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from server.media.checkpoint import Checkpoint, forget, made_for, restore
from server.media.copying import PictureCopy, SoundCopy
from server.media.decision import Plan
from server.media.facts import FileFacts
from server.media.lanes import Lane
from server.media.late_start import LateStart, may_start_late
from server.media.movie import room_for_movie
from server.media.order import Order
from server.media.picture import PictureEncoder
from server.media.refusals import UnplayableError
from server.media.sound import SoundEncoder
from server.media.source import open_source
from server.media.writer import RenditionWriter, Wanted

#: At least this share of a track's packets must decode; below it, it is noise and not a damaged video.
_MIN_DECODED_SHARE = 0.2

#: Room in front of a file is kept for so many pictures a second where it does not say, for an hour where it does not
#: say how long it is, and always for a tenth more. Sound comes in packets of 1024 samples.
_USUAL_RATE = Fraction(60)
_UNKNOWN_MS = 3_600_000
_SOME_MORE = 1.1
_SOUNDS_A_SECOND = 47

Watch = Callable[[VideoFrame], None]
#: Told the seconds of playing time that are done.
OnTime = Callable[[float], None]
#: Told the milliseconds that can be watched by now.
OnGrown = Callable[[int], None]


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What went into the result: pictures encoded or copied, their span, packets that did not decode."""

    pictures: int
    picture_ms: int
    damaged_packets: int
    resumed: bool = False
    """It went on from what an earlier child had made; `watch` has not seen every picture."""


def produce(
    facts: FileFacts,
    plan: Plan,
    order: Order,
    *,
    on_time: OnTime,
    on_grown: OnGrown,
    on_resumed: OnGrown,
    watch: Watch | None = None,
) -> Made:
    """Make the video in the work folder as `plan` says. `watch` sees every filtered picture of an encode.

    `on_resumed` is told once how many milliseconds an earlier child had made. Raises `CheckpointLostError` when they do
    not fit to the rest, `UnplayableError` when too little decodes, OSError when the disk fails, av.FFmpegError or
    ValueError when a track does not fit into an MP4.
    """
    careful = facts.video.copy is not None and facts.video.copy.damaged
    origin = Fraction(facts.origin_ms, 1000)
    wanted = _wanted(facts, plan, made_for(facts, plan, order))
    checkpoint = None
    if plan.video is not None and order.resume:
        checkpoint = restore(order.work / f"{wanted.name}.mp4", wanted.made_for)
    if checkpoint is None:
        forget(order.work)
    else:
        on_resumed(checkpoint.end_ms)
    with (
        open_source(order.source, careful=careful) as source,
        RenditionWriter(order.work, wanted, on_grown, checkpoint) as writer,
    ):
        tracks = [
            _picture(source, writer.picture, facts, plan, order, origin, watch, checkpoint),
            *_sound(source, writer.sound, facts, plan, origin),
        ]
        made = _run(source, tracks, origin, on_time)
        writer.finish()
    return msgspec.structs.replace(made, resumed=checkpoint is not None)


def _wanted(facts: FileFacts, plan: Plan, made_for: str) -> Wanted:
    """What the writer has to know beforehand. Files that do not say how long they are get room for an hour."""
    rate = plan.video.frame_rate if plan.video is not None else facts.video.frame_rate or _USUAL_RATE
    lasting_ms = max(facts.duration_ms or 0, facts.video.duration_ms or 0) or _UNKNOWN_MS
    lasting_s = lasting_ms / 1000 * _SOME_MORE + 1
    return Wanted(
        name="video",
        frame_rate=float(rate),
        has_sound=plan.audio != "none",
        room_bytes=room_for_movie(
            pictures=round(lasting_s * rate),
            sounds=round(lasting_s * _SOUNDS_A_SECOND),
            segments=round(lasting_s),
        ),
        made_for=made_for,
    )


def _picture(
    source: InputContainer,
    lane: Lane,
    facts: FileFacts,
    plan: Plan,
    order: Order,
    origin: Fraction,
    watch: Watch | None,
    checkpoint: Checkpoint | None,
) -> PictureCopy | _Encode:
    stream = next(stream for stream in source.streams.video if stream.index == facts.video.index)
    if plan.video is None:
        return PictureCopy(stream, lane, origin)
    late = None
    if checkpoint is not None and may_start_late(facts.video):
        from_s = Fraction(checkpoint.next_picture, checkpoint.heads[0].timescale)
        late = LateStart(from_s + origin)
    encoder = PictureEncoder(
        lane,
        facts.video,
        plan.video,
        order,
        source_time_base=stream.time_base,
        origin=origin,
        watch=watch,
        from_ticks=checkpoint.next_picture if checkpoint is not None else 0,
        late=late is not None,
    )
    return _Encode(stream, encoder, late)


def _sound(
    source: InputContainer, lane: Lane | None, facts: FileFacts, plan: Plan, origin: Fraction
) -> list[SoundCopy | _Encode]:
    if facts.audio is None or lane is None:
        return []
    index = facts.audio.index
    stream = next(stream for stream in source.streams.audio if stream.index == index)
    if plan.audio == "copy":
        return [SoundCopy(stream, [lane], origin)]
    return [_Encode(stream, SoundEncoder([lane], facts.audio, origin))]


def _run(source: InputContainer, tracks: Sequence[_Track], origin: Fraction, on_time: OnTime) -> Made:
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


class _Encode:
    """Decodes packets and hands frames to an encoder; a packet that does not decode is skipped."""

    def __init__(
        self,
        stream: VideoStream | AudioStream,
        encoder: PictureEncoder | SoundEncoder,
        late: LateStart | None = None,
    ) -> None:
        self.stream = stream
        self._late = late
        self.packets = self.taken = self.damaged = 0
        self._encoder: Any = encoder
        self.span_ms = encoder.span_ms

    def take(self, packet: Packet[Any]) -> None:
        for ready in [packet] if self._late is None else self._late.take(packet):
            self.packets += 1
            self._decode(ready)

    def end(self) -> None:
        for ready in self._late.end() if self._late is not None else []:
            self.packets += 1
            self._decode(ready)
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


_Track = PictureCopy | SoundCopy | _Encode
