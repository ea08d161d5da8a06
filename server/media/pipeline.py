"""Makes the result: one loop that demuxes, decodes, filters, encodes and writes. Decides and checks nothing.

    source ─ demux ─┬─ picture: copy, or decode → graph → encode ─┬─ writer → MP4 and its segments
                    └─ sound:   copy, or decode → graph → encode ─┘

The codecs thread inside themselves; threads of our own around them brought nothing on 2 cores (design.md). A
further rendition is one more encoder and writer, fed with what comes out of the first one's graph; who only wants to
look at the pictures is `watch`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from fractions import Fraction
from typing import Any

import av
import msgspec
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from server.media.chapters import Chapter
from server.media.checkpoint import forget
from server.media.copying import PictureCopy, SoundCopy
from server.media.decision import Plan
from server.media.encoders import picture_time_base
from server.media.facts import FileFacts, VideoFacts
from server.media.inspection import Inspection, SourceNotSoundError
from server.media.lanes import Lane
from server.media.late_start import LateStart, may_start_late
from server.media.order import Order
from server.media.picture import PictureEncoder
from server.media.refusals import UnplayableError
from server.media.renditions import Rendition, renditions_of
from server.media.sound import SoundEncoder
from server.media.source import open_source
from server.media.writer import RenditionWriter
from server.values.jobs import Action
from server.values.renditions import MAIN

#: At least this share of a track's packets must decode; below it, it is noise and not a damaged video.
_MIN_DECODED_SHARE = 0.2

Watch = Callable[[VideoFrame], None]
#: Told the seconds of playing time that are done, and whether the rest will take about as long for each of them.
OnTime = Callable[[float, bool], None]
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
    inspection: Inspection | None = None,
    chapters: Sequence[Chapter] = (),
) -> Made:
    """Make the renditions in the work folder as `plan` says. `watch` sees every filtered picture of an encode.

    `inspection`, of a picture that is copied or kept, sees it as it is decoded, unless an earlier child has begun.

    `on_resumed` is told once how many milliseconds an earlier child had made. Raises `CheckpointLostError` when they do
    not fit to the rest, `UnplayableError` when too little decodes, OSError when the disk fails, av.FFmpegError or
    `NotSoundError` when a track cannot be taken over.
    """
    careful = facts.video.copy is not None and facts.video.copy.damaged
    origin = Fraction(facts.origin_ms, 1000)
    renditions = renditions_of(facts, plan, order, chapters)
    if renditions[0].checkpoint is not None:
        on_resumed(renditions[0].checkpoint.end_ms)
    forget(order.work, _to_stay(renditions, plan))
    resumed = any(each.checkpoint is not None for each in renditions)
    if resumed:
        inspection = None
    strict = inspection is not None
    with open_source(order.source, careful=careful, strict=strict) as source, ExitStack() as files:
        for number, each in enumerate(renditions):
            grown = on_grown if number == 0 and plan.action is not Action.KEEP else _unheard
            each.writer = files.enter_context(
                RenditionWriter(order.work, each.wanted, grown, each.checkpoint)
            )
        lanes = [each.writer.sound for each in renditions if each.writer.sound is not None]
        sound = None
        if facts.audio is not None and plan.audio == "encode":
            sound = SoundEncoder(lanes, facts.audio, origin)
        tracks = [
            *_pictures(source, renditions, facts, order, origin, watch, inspection),
            *_sound(source, lanes, facts, sound, origin),
        ]
        made = _run(source, tracks, sound, renditions[0].writer.picture, on_time)
        for each in renditions:
            each.writer.finish()
    return msgspec.structs.replace(made, resumed=resumed)


def _to_stay(renditions: Sequence[Rendition], plan: Plan) -> set[str]:
    """Names of the renditions that are there already, wholly or in part."""
    begun = {each.wanted.name for each in renditions if each.checkpoint is not None}
    return begun | ({MAIN} if plan.action is Action.KEEP else set())


def _unheard(_watchable_ms: int) -> None:
    """A further rendition grows beside the main one, which is what is spoken of."""


def _pictures(
    source: InputContainer,
    renditions: Sequence[Rendition],
    facts: FileFacts,
    order: Order,
    origin: Fraction,
    watch: Watch | None,
    inspection: Inspection | None,
) -> list[PictureCopy | _Encode]:
    """A copy where there is one, and one decoder for all that is encoded."""
    stream = next(stream for stream in source.streams.video if stream.index == facts.video.index)
    tracks: list[PictureCopy | _Encode] = [
        PictureCopy(stream, each.writer.picture, origin) for each in renditions if each.encode is None
    ]
    encoded = [each for each in renditions if each.encode is not None]
    if not encoded:
        return tracks
    late = None
    checkpoints = [each.checkpoint for each in encoded if each.checkpoint is not None]
    if len(checkpoints) == len(encoded) and may_start_late(facts.video):
        late = LateStart(min(each.end_s for each in checkpoints) + origin)
    first, *others = encoded
    ticks = picture_time_base(stream.time_base)
    smaller = _filtered(facts.video)
    followers = [_encoder(each, smaller, order, ticks, Fraction(0), late=late is not None) for each in others]
    encoder = _encoder(
        first,
        facts.video,
        order,
        stream.time_base,
        origin,
        watch=watch,
        followers=followers,
        late=late is not None,
    )
    return [*tracks, _Encode(stream, encoder, late, inspection)]


def _encoder(
    rendition: Rendition,
    facts: VideoFacts,
    order: Order,
    time_base: Fraction | None,
    origin: Fraction,
    *,
    watch: Watch | None = None,
    followers: Sequence[PictureEncoder] = (),
    late: bool = False,
) -> PictureEncoder:
    if rendition.encode is None:
        raise ValueError("a copy has no encoder")
    return PictureEncoder(
        rendition.writer.picture,
        facts,
        rendition.encode,
        order,
        source_time_base=time_base,
        origin=origin,
        watch=watch,
        followers=followers,
        from_ticks=rendition.checkpoint.next_picture if rendition.checkpoint is not None else 0,
        late=late,
    )


def _filtered(facts: VideoFacts) -> VideoFacts:
    """What is known of pictures that come out of the first rendition's filters."""
    return msgspec.structs.replace(
        facts,
        quarter_turns=0,
        mirrored=False,
        interlaced=False,
        decode_timed=False,
        timed=True,
    )


def _sound(
    source: InputContainer,
    lanes: Sequence[Lane],
    facts: FileFacts,
    encoder: SoundEncoder | None,
    origin: Fraction,
) -> list[SoundCopy | _Encode]:
    """A copy where there is no encoder; nothing where no rendition has sound."""
    if facts.audio is None or not lanes:
        return []
    index = facts.audio.index
    stream = next(stream for stream in source.streams.audio if stream.index == index)
    return [SoundCopy(stream, lanes, origin) if encoder is None else _Encode(stream, encoder)]


def _run(
    source: InputContainer,
    tracks: Sequence[_Track],
    sound: SoundEncoder | None,
    made: Lane,
    on_time: OnTime,
) -> Made:
    """Read to the end, or to where the file breaks off. The first track is the picture.

    `on_time` is told the middle between what went in and what has come out in `made`: an encoder holds back some 60
    pictures, which have been decoded, scaled and looked at but not encoded, and that is about half of the work. Until
    the first comes out, that goes faster than the rest will; this is told as well.
    """
    by_index: dict[int, list[_Track]] = {}
    for track in tracks:
        by_index.setdefault(track.stream.index, []).append(track)
    picture = tracks[0]
    begun_at_s = made.reached_s
    broken_off = 0
    try:
        for packet in source.demux(*(each[0].stream for each in by_index.values())):
            if packet.size == 0:
                continue  # flushing comes last; an empty packet on the way would end the decoder
            for track in by_index[packet.stream_index]:
                track.take(packet)
            if packet.stream_index == picture.stream.index:
                if sound is not None:
                    sound.follow(picture.span_ms() / 1000)
                on_time((picture.span_ms() / 1000 + made.reached_s) / 2, made.reached_s > begun_at_s)
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
    """Decodes packets and hands frames to an encoder.

    A packet that does not decode is skipped; where there is an `inspection` it is the end, by `SourceNotSoundError`.
    """

    def __init__(
        self,
        stream: VideoStream | AudioStream,
        encoder: PictureEncoder | SoundEncoder,
        late: LateStart | None = None,
        inspection: Inspection | None = None,
    ) -> None:
        self.stream = stream
        self._late = late
        self._inspection = inspection
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
        except av.error.FFmpegError as error:
            if self._inspection is not None:
                raise SourceNotSoundError("its pictures are damaged") from error
            self.damaged += 1
            return
        for frame in frames:
            if self._inspection is not None and isinstance(frame, VideoFrame):
                self._inspection.look(frame)
            if frame.time_base is None:  # PyAV leaves it out on the last ones, which come without a packet
                frame.time_base = self.stream.time_base
            self.taken += 1
            self._encoder.take(frame)


_Track = PictureCopy | SoundCopy | _Encode
