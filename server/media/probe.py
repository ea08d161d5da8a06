"""Learns the facts of a file: opens it, looks at its tracks, decodes a few pictures. Decides nothing."""

from __future__ import annotations

import errno
import math
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from server.media import boxes, ebml, sniff
from server.media.copyable import read_through
from server.media.facts import AudioFacts, FileFacts, Transfer, VideoFacts
from server.media.messages import RefusalCode
from server.media.order import Order
from server.media.refusals import UnplayableError
from server.media.source import MAX_PIXELS, declared_pixels, open_source
from server.values.languages import is_same_language

#: Pictures decoded to learn what the headers do not tell (true size, HDR, interlacing).
_SAMPLE_FRAMES = 6
#: Packets looked at for their times, and tried for those pictures before the track is given up for this
#: purpose.
_SAMPLE_PACKETS = 250
_MIN_TIMES_FOR_RATE = 10

#: Pixels this near to square (352:351 is a rounding of some encoders) are taken for square.
_NEARLY_SQUARE = Fraction(1, 100)

_TRANSFERS: dict[int, Transfer] = {16: "pq", 18: "hlg"}  # ITU-T H.273, table 3


def probe(order: Order) -> FileFacts:
    """The facts of `order.source`. Raises `UnplayableError` when it can be no video, OSError when it cannot
    be read.
    """
    path = order.source
    with path.open("rb") as file:
        head = sniff.sniff(file.read(sniff.HEAD_BYTES), order.accepted_formats)
    if head.refusal is not None:
        raise UnplayableError(head.refusal, f"content is {head.kind}")
    layout = boxes.read_layout(path) if head.kind in ("mp4", "mov") else boxes.Layout()
    if any(track.encrypted for track in layout.tracks) or (
        head.kind in ("mkv", "webm") and ebml.is_encrypted(path)
    ):
        raise UnplayableError("encrypted", "a track is encrypted")
    try:
        with open_source(path, decode_threads=1) as container:
            return _facts(container, path, head.kind, layout, order)
    except av.error.EOFError as error:
        raise UnplayableError("incomplete", str(error)) from error
    except av.error.InvalidDataError as error:
        raise UnplayableError(_unreadable(head.kind, layout), str(error)) from error
    except av.error.PatchWelcomeError as error:
        raise UnplayableError("damaged", str(error)) from error
    except av.error.OSError as error:
        # a container that points beyond its end; the disk itself was readable a moment ago
        if error.errno != errno.EIO:
            raise
        raise UnplayableError("damaged", str(error)) from error


def _unreadable(kind: str, layout: boxes.Layout) -> RefusalCode:
    missing = kind in ("mp4", "mov") and (not layout.has_moov or layout.truncated)
    return "incomplete" if missing else "damaged"


def _facts(container: InputContainer, path: Path, kind: str, layout: boxes.Layout, order: Order) -> FileFacts:
    stream = _choose_video(container)
    audio = _choose_audio(container, order.audio_language)
    size = path.stat().st_size
    video = _video_facts(container, stream, layout, path)
    used = 1 + (audio is not None)
    return FileFacts(
        container=kind,
        size_bytes=size,
        duration_ms=_microseconds_to_ms(container.duration),
        video=video,
        audio=_audio_facts(audio) if audio is not None else None,
        extra_tracks=len(container.streams) - used,
        whole=not layout.truncated,
        faststart=layout.faststart,
        fragmented=layout.fragmented,
        private_metadata=layout.private_metadata,
        edited=_is_edited(layout, stream.index),
        has_words=bool(container.streams.subtitles or container.chapters()),
    )


def _choose_video(container: InputContainer) -> VideoStream:
    """The default video track, else the first that has packets; pictures attached to sound are none."""
    videos = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not videos:
        raise UnplayableError(_without_video(container), f"tracks: {[s.type for s in container.streams]}")
    with_packets = [s for s in videos if s.frames or len(s.index_entries)] or videos
    chosen = next((s for s in with_packets if s.disposition & Disposition.default), with_packets[0])
    if chosen.codec_context is None:
        raise UnplayableError("unknown_codec", "no decoder for the video track")
    return chosen


def _without_video(container: InputContainer) -> RefusalCode:
    kinds = {s.type for s in container.streams}
    if "audio" in kinds:
        return "only_sound"
    if "subtitle" in kinds:
        return "only_subtitles"
    return "only_a_picture" if container.streams.video else "incomplete"


def _choose_audio(container: InputContainer, language: str) -> AudioStream | None:
    """The first track in `language`, else the default one, else the first; one that can be decoded before any
    other.
    """
    tracks = [s for s in container.streams.audio if s.codec_context is not None and s.sample_rate]

    def rank(stream: AudioStream) -> tuple[bool, bool, int]:
        return (
            not is_same_language(language, stream.language),
            not stream.disposition & Disposition.default,
            stream.index,
        )

    return min(tracks, key=rank, default=None)


def _video_facts(
    container: InputContainer, stream: VideoStream, layout: boxes.Layout, path: Path
) -> VideoFacts:
    context = stream.codec_context
    if context.width * context.height == 0 and declared_pixels(path) > MAX_PIXELS:
        raise UnplayableError("picture_too_large", f"{declared_pixels(path)} pixels")
    frames, times = _sample(container, stream)
    first = frames[0] if frames else None
    turns, mirrored = _orientation(stream.index, first, layout)
    width, height = (first.width, first.height) if first else (context.width, context.height)
    if width * height == 0:
        raise UnplayableError("no_frames", "no header and no picture says how large it is")
    return VideoFacts(
        index=stream.index,
        codec=context.codec.canonical_name,
        profile=context.profile or "",
        level=context.level,
        width=width,
        height=height,
        pixel_format=first.format.name if first else (context.pix_fmt or ""),
        pixel_aspect=_pixel_aspect(stream),
        quarter_turns=turns,
        mirrored=mirrored,
        frame_rate=_frame_rate(stream, times),
        interlaced=any(frame.interlaced_frame for frame in frames),
        transfer=_TRANSFERS.get(first.color_trc if first else context.color_trc, "sdr"),
        full_range=(first.color_range if first else context.color_range) == 2,
        start_ms=_to_ms(stream.start_time, stream.time_base) or 0,
        duration_ms=_to_ms(stream.duration, stream.time_base),
        decode_timed=container.format.name == "avi",
        timed=bool(times),
        copy=read_through(path, stream.index) if context.codec.canonical_name == "h264" else None,
    )


def _sample(container: InputContainer, stream: VideoStream) -> tuple[list[VideoFrame], list[Fraction]]:
    """The first few pictures, and the first packets' times in seconds, however damaged the rest may be."""
    frames: list[VideoFrame] = []
    times: list[Fraction] = []
    try:
        for count, packet in enumerate(container.demux(stream)):
            if count >= _SAMPLE_PACKETS:
                break
            ticks = packet.pts if packet.pts is not None else packet.dts
            if packet.size == 0:
                continue
            if ticks is not None:
                times.append(ticks * packet.time_base)
            if len(frames) < _SAMPLE_FRAMES:
                frames += _decoded(packet)
    except av.error.InvalidDataError:
        pass  # what was read until here is what there is to know
    return frames, times


def _decoded(packet: Packet[VideoStream]) -> list[VideoFrame]:
    try:
        return packet.decode()
    except av.error.MemoryError:
        raise
    except av.error.FFmpegError:
        return []


def _orientation(index: int, frame: VideoFrame | None, layout: boxes.Layout) -> tuple[int, bool]:
    """Clockwise quarter turns, and whether to mirror first, which PyAV does not tell and a track header does."""
    if index < len(layout.tracks):
        return turns_of(layout.tracks[index].matrix)
    degrees = frame.rotation if frame is not None else 0
    return (round(-degrees / 90) % 4, False) if abs(degrees) <= 360 else (0, False)


def turns_of(matrix: tuple[int, int, int, int]) -> tuple[int, bool]:
    """Clockwise quarter turns after an optional mirroring, from a, b, c, d of ISO/IEC 14496-12, 8.3.2.

    x' = ax + cy and y' = bx + dy with y downwards, so a clockwise turn by t has c = -sin t and d = cos t,
    mirrored or not. A matrix that is no quarter turn (fuzzed files have them) counts as none.
    """
    a, b, c, d = matrix
    longest = max(map(abs, matrix))
    if longest == 0 or sum(abs(value) > 0.05 * longest for value in matrix) != 2 or a * d - b * c == 0:
        return 0, False
    return round(math.degrees(math.atan2(-c, d)) / 90) % 4, a * d - b * c < 0


def _pixel_aspect(stream: VideoStream) -> Fraction:
    """Width of a pixel over its height; shapes beyond 4:1 are taken for damage."""
    aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or Fraction(1)
    nearly_square = abs(aspect - 1) < _NEARLY_SQUARE
    return aspect if Fraction(1, 4) <= aspect <= 4 and not nearly_square else Fraction(1)


def _frame_rate(stream: VideoStream, times: list[Fraction]) -> Fraction | None:
    """Frames per second: what the container says, where its first packets bear it out, else what those show.

    Matroska's figure may be a mere tick rate (1000), and a phone's a wish.
    """
    said = [rate for rate in (stream.average_rate, stream.guessed_rate) if rate]
    span = max(times) - min(times) if times else Fraction(0)
    if len(times) < _MIN_TIMES_FOR_RATE or not span:
        return stream.average_rate
    seen = (len(times) - 1) / span
    near = [rate for rate in said if abs(rate - seen) <= seen / 10]
    return min(near, key=lambda rate: abs(rate - seen)) if near else seen.limit_denominator(1001)


def _audio_facts(stream: AudioStream) -> AudioFacts:
    context = stream.codec_context
    return AudioFacts(
        index=stream.index,
        codec=context.codec.canonical_name,
        profile=context.profile or "",
        channels=context.channels,
        sample_rate=context.sample_rate,
        start_ms=_to_ms(stream.start_time, stream.time_base) or 0,
        duration_ms=_to_ms(stream.duration, stream.time_base),
    )


def _is_edited(layout: boxes.Layout, index: int) -> bool:
    if index >= len(layout.tracks):
        return False
    real = [media_time for _, media_time in layout.tracks[index].edits if media_time >= 0]
    return len(real) > 1


def _to_ms(ticks: int | None, time_base: Fraction | None) -> int | None:
    return None if ticks is None or time_base is None else round(ticks * time_base * 1000)


def _microseconds_to_ms(value: int | None) -> int | None:
    return None if value is None else round(value / 1000)
