"""Opens a result anew and proves it before it replaces anything: its layout, its tracks, its length, that it
decodes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import msgspec
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from server.media import boxes
from server.media.geometry import Size
from server.media.inspection import Inspection, NotSoundError, SourceNotSoundError
from server.media.source import open_source

#: Pictures of a copied track are decoded one by one up to this many pixels (about 10 minutes of 1080p at 30 a
#: second); of a longer one, groups of pictures evenly spread over it, the first and the last among them.
FULL_DECODE_PIXELS = 40_000_000_000
#: Of a track that was just encoded, or decoded to make a smaller one, this share of the groups is decoded: the
#: encoder's work is trusted, the disk's is not.
_ENCODED_SHARE = 0.05
_DURATION_SLACK_MS = 400


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What the result has to be. What was copied came from outside and is read with suspicion."""

    size: Size
    picture_ms: int | None
    has_audio: bool
    copied: bool
    sound_copied: bool
    max_lines: int


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """What the result is."""

    duration_ms: int
    width: int
    height: int
    size_bytes: int
    pictures: int


def check(
    path: Path,
    expected: Expected,
    on_share: Callable[[float], None],
    watch: Callable[[VideoFrame], None] | None = None,
    inspected: Inspection | None = None,
) -> Proven:
    """Prove `path`, telling the share done, 0 to 1. `watch` sees the pictures. Raises `NotSoundError`.

    Whoever has decoded all of its pictures already says which were `inspected`; few are decoded again then.
    """
    layout = boxes.read_layout(path)
    if not layout.faststart or layout.fragmented:
        raise NotSoundError("it would not start at once")
    try:
        with open_source(path, strict=expected.copied) as container:
            return _Check(container, expected, on_share, watch, inspected).run()
    except av.error.MemoryError:
        raise
    except av.error.InvalidDataError as error:
        raise NotSoundError("not all of it decodes") from error
    except av.error.FFmpegError as error:
        raise NotSoundError(f"it does not decode ({error.strerror})") from error


def look_through(path: Path, watch: Callable[[VideoFrame], None]) -> None:
    """Show `watch` the keyframes of a result of ours, which stand no further apart than its segments are long."""
    with open_source(path) as container:
        video = container.streams.video[0]
        video.codec_context.skip_frame = "NONKEY"
        for frame in container.decode(video):
            watch(frame)


def _hear(packet: Packet[Any]) -> None:
    try:
        packet.decode()
    except av.error.InvalidDataError as error:
        raise SourceNotSoundError("its sound is damaged", in_sound=True) from error


class _Check:
    def __init__(
        self,
        container: InputContainer,
        expected: Expected,
        on_share: Callable[[float], None],
        watch: Callable[[VideoFrame], None] | None,
        inspected: Inspection | None,
    ) -> None:
        self._container = container
        self._expected = expected
        self._on_share = on_share
        self._watch = watch
        self._inspected = inspected
        self._inspection = Inspection(expected.size) if expected.copied else None
        self._decoded = 0
        self._fed = 0
        self._packets = 0
        self._end_ticks = 0
        self._time_base = Fraction(1)

    def run(self) -> Proven:
        video = self._tracks()
        self._time_base = video.time_base or Fraction(1)
        # by the file's own marks: FFmpeg takes more pictures for keyframes, at some of which decoding cannot begin
        starts = [entry.timestamp for entry in video.index_entries if entry.is_keyframe]
        wanted = set(self._wanted(video, starts))
        groups = {start: start in wanted for start in starts}
        last_dts: int | None = None
        feeding = True
        for packet in self._container.demux():
            if packet.size == 0:
                continue
            if packet.stream_index != video.index:
                if self._expected.sound_copied:
                    _hear(packet)
                continue
            if last_dts is not None and (packet.dts is None or packet.dts <= last_dts):
                raise NotSoundError("its times run backwards")
            last_dts = packet.dts
            if packet.dts in groups:
                feeding = self._switch(video, feeding, groups[packet.dts])
            self._packets += 1
            self._end_ticks = max(self._end_ticks, (packet.pts or 0) + (packet.duration or 0))
            if feeding:
                self._feed(packet)
            self._on_share(self._packets / max(1, video.frames))
        self._flush(video, feeding)
        return self._proven(video)

    def _tracks(self) -> VideoStream:
        videos, sounds = self._container.streams.video, self._container.streams.audio
        if len(videos) != 1 or len(sounds) != int(self._expected.has_audio):
            raise NotSoundError("it has other tracks than planned", in_sound=len(videos) == 1)
        video = videos[0]
        context = video.codec_context
        if context.codec.canonical_name != "h264" or context.pix_fmt != "yuv420p":
            raise NotSoundError("its picture is of another kind than planned")
        if (
            Size(context.width, context.height) != self._expected.size
            or context.height > self._expected.max_lines
        ):
            raise NotSoundError("its picture has another size than planned")
        if sounds and sounds[0].codec_context.codec.canonical_name != "aac":
            raise NotSoundError("its sound is of another kind than planned")
        return video

    def _wanted(self, video: VideoStream, starts: Sequence[int]) -> Sequence[int]:
        """Of the groups of pictures, by the decoding times they start at, those to be decoded."""
        pixels = len(video.index_entries) * video.codec_context.width * video.codec_context.height
        unseen = self._expected.copied and self._inspected is None
        share = min(1.0, FULL_DECODE_PIXELS / max(1, pixels)) if unseen else _ENCODED_SHARE
        if share >= 1 or len(starts) <= 2:
            return starts
        return [*starts[:: max(1, round(1 / share))], starts[-1]]

    def _switch(self, video: VideoStream, feeding: bool, wanted: bool) -> bool:
        if feeding and not wanted:
            self._flush(video, feeding)
            video.codec_context.flush_buffers()
        return wanted

    def _flush(self, video: VideoStream, feeding: bool) -> None:
        if feeding:
            for frame in video.decode(None):
                self._look(frame)

    def _feed(self, packet: Packet[Any]) -> None:
        self._fed += 1
        for frame in packet.decode():
            self._look(frame)

    def _look(self, frame: VideoFrame) -> None:
        self._decoded += 1
        if frame.time_base is None:  # PyAV leaves it out on the last ones, which come without a packet
            frame.time_base = self._time_base
        if self._inspection is not None:
            self._inspection.look(frame)
        if self._watch is not None:
            self._watch(frame)

    def _proven(self, video: VideoStream) -> Proven:
        if self._decoded != self._fed or self._decoded == 0:
            raise NotSoundError(f"{self._decoded} of {self._fed} pictures decode")
        if self._inspected is not None and self._inspected.pictures != self._packets:
            raise NotSoundError(f"{self._inspected.pictures} of {self._packets} pictures decode")
        picture_ms = round(self._end_ticks * self._time_base * 1000)
        wanted = self._expected.picture_ms
        if wanted is not None and abs(picture_ms - wanted) > max(_DURATION_SLACK_MS, wanted * 0.01):
            raise NotSoundError(f"it lasts {picture_ms} ms instead of {wanted} ms")
        duration = self._container.duration
        return Proven(
            duration_ms=round(duration / 1000) if duration else picture_ms,
            width=video.codec_context.width,
            height=video.codec_context.height,
            size_bytes=self._container.size,
            pictures=self._packets,
        )
