"""Opens a result anew and proves it before it replaces anything: its layout, its tracks, its length, that it
decodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from server.media.source import open_source

#: Pictures of a copied track are decoded one by one up to this many pixels (about 10 minutes of 1080p at 30 a
#: second); of a longer one, groups of pictures evenly spread over it, the first and the last among them.
FULL_DECODE_PIXELS = 40_000_000_000
#: Of a track that was just encoded, or decoded to make a smaller one, this share of the groups is decoded: the
#: encoder's work is trusted, the disk's is not.
_ENCODED_SHARE = 0.05
_DURATION_SLACK_MS = 400


class NotSoundError(Exception):
    """The result does not hold; the message says why in plain words, `in_sound` whether the picture is innocent."""

    def __init__(self, why: str, *, in_sound: bool = False) -> None:
        super().__init__(why)
        self.in_sound = in_sound


class SourceNotSoundError(NotSoundError):
    """It lies in what was taken over as it is, and no encoder is to blame."""


class _NotSoundHereAndThereError(NotSoundError):
    """Groups of pictures did not hold on their own; all of them together may."""


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


class Inspection:
    """Looks at the decoded pictures of a track that came from outside, in order and at each of them.

    They have to be decoded one by one: where several are at once, a damaged one may be marked too late (measured: in up
    to 1 of 4 runs). To have the decoder refuse it instead (`err_detect`) is no way: it refuses good ones after a cut.
    """

    def __init__(self, size: Size) -> None:
        self.pictures = 0
        self._size = size
        self._last_pts: int | None = None

    def look(self, frame: VideoFrame) -> None:
        """Look at the next one. Raises `SourceNotSoundError`."""
        self.pictures += 1
        if frame.pts is None or (self._last_pts is not None and frame.pts <= self._last_pts):
            raise SourceNotSoundError("its pictures are out of order")
        self._last_pts = frame.pts
        if frame.is_corrupt:
            raise SourceNotSoundError("its pictures are damaged")
        if frame.interlaced_frame:
            raise SourceNotSoundError("its picture is interlaced")
        if Size(frame.width, frame.height) != self._size:
            raise SourceNotSoundError("the picture changes its size on the way")


def check(
    path: Path,
    expected: Expected,
    on_share: Callable[[float], None],
    watch: Callable[[VideoFrame], None] | None = None,
    inspected: Inspection | None = None,
) -> Proven:
    """Prove `path`, telling the share done, 0 to 1. `watch` sees the pictures. Raises `NotSoundError`.

    Whoever has decoded all of its pictures already says which were `inspected`; few are decoded again then. Where those
    few do not hold, all are decoded: at some keyframes decoding cannot begin (x264's `intra-refresh`).
    """
    layout = boxes.read_layout(path)
    if not layout.faststart or layout.fragmented:
        raise NotSoundError("it would not start at once")
    try:
        return _prove(path, expected, on_share, watch, inspected, all_groups=False)
    except _NotSoundHereAndThereError:
        return _prove(path, expected, on_share, watch, inspected, all_groups=True)


def _prove(
    path: Path,
    expected: Expected,
    on_share: Callable[[float], None],
    watch: Callable[[VideoFrame], None] | None,
    inspected: Inspection | None,
    *,
    all_groups: bool,
) -> Proven:
    with _plainly(), open_source(path, decode_threads=1 if expected.copied else 0) as container:
        video = _picture(container, expected)
        groups = None if all_groups else _groups(video, expected, inspected)
        try:
            return _Check(container, video, groups, expected, on_share, watch, inspected).run()
        except NotSoundError as error:
            if groups is None or error.in_sound:
                raise
            raise _NotSoundHereAndThereError(str(error)) from error


@contextmanager
def _plainly() -> Iterator[None]:
    """What FFmpeg says of a result, as `NotSoundError`."""
    try:
        yield
    except av.error.MemoryError:
        raise
    except av.error.InvalidDataError as error:
        raise NotSoundError("not all of it decodes") from error
    except av.error.FFmpegError as error:
        raise NotSoundError(f"it does not decode ({error.strerror})") from error


def _picture(container: InputContainer, expected: Expected) -> VideoStream:
    """The picture's track, once all tracks are of the kinds that were planned."""
    videos, sounds = container.streams.video, container.streams.audio
    if len(videos) != 1 or len(sounds) != int(expected.has_audio):
        raise NotSoundError("it has other tracks than planned", in_sound=len(videos) == 1)
    video = videos[0]
    context = video.codec_context
    if context.codec.canonical_name != "h264" or context.pix_fmt != "yuv420p":
        raise NotSoundError("its picture is of another kind than planned")
    if Size(context.width, context.height) != expected.size or context.height > expected.max_lines:
        raise NotSoundError("its picture has another size than planned")
    if sounds and sounds[0].codec_context.codec.canonical_name != "aac":
        raise NotSoundError("its sound is of another kind than planned")
    return video


def _groups(video: VideoStream, expected: Expected, inspected: Inspection | None) -> set[int] | None:
    """Numbers of the groups of pictures to decode; None for all."""
    entries = video.index_entries
    keyframes = sum(entry.is_keyframe for entry in entries)
    pixels = len(entries) * video.codec_context.width * video.codec_context.height
    unseen = expected.copied and inspected is None
    share = min(1.0, FULL_DECODE_PIXELS / max(1, pixels)) if unseen else _ENCODED_SHARE
    if share >= 1 or keyframes <= 2:
        return None
    step = max(1, round(1 / share))
    return {0, keyframes - 1, *range(0, keyframes, step)}


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
        video: VideoStream,
        groups: set[int] | None,
        expected: Expected,
        on_share: Callable[[float], None],
        watch: Callable[[VideoFrame], None] | None,
        inspected: Inspection | None,
    ) -> None:
        self._container = container
        self._video = video
        self._groups = groups
        self._expected = expected
        self._on_share = on_share
        self._watch = watch
        self._inspected = inspected
        self._inspection = Inspection(expected.size) if expected.copied else None
        self._decoded = 0
        self._fed = 0
        self._packets = 0
        self._entered_at: int | None = None
        self._end_ticks = 0
        self._time_base = video.time_base or Fraction(1)

    @_plainly()
    def run(self) -> Proven:
        """Read it through."""
        video, wanted = self._video, self._groups
        group = -1
        last_dts: int | None = None
        feeding = False
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
            if packet.is_keyframe:
                group += 1
                if group and not feeding:
                    self._entered_at = packet.pts
                feeding = self._switch(video, feeding, wanted is None or group in wanted)
            self._packets += 1
            self._end_ticks = max(self._end_ticks, (packet.pts or 0) + (packet.duration or 0))
            if feeding and not self._leads_in(packet):
                self._feed(packet)
            self._on_share(self._packets / max(1, video.frames))
        self._flush(video, feeding)
        return self._proven(video)

    def _switch(self, video: VideoStream, feeding: bool, wanted: bool) -> bool:
        if feeding and not wanted:
            self._flush(video, feeding)
            video.codec_context.flush_buffers()
        return wanted

    def _leads_in(self, packet: Packet[Any]) -> bool:
        """Whether it needs pictures before the keyframe at which decoding was entered, as in an open group."""
        return self._entered_at is not None and packet.pts is not None and packet.pts < self._entered_at

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
