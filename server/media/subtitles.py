"""Turns the text tracks of a file into WebVTT files. Bitmap subtitles are left out; nothing here fails a video."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import av
from av.codec.context import CodecContext
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Stream
from av.subtitles.stream import SubtitleStream

from server.media import cue_text, ebml, webvtt
from server.media.cue_text import Reader
from server.values.languages import language_tag
from server.values.sidecars import Subtitle

_log = logging.getLogger(__name__)

#: What a film with every language and a commentary has; what is beyond is left out.
MAX_TRACKS = 32
#: Karaoke effects make ten times the cues of a dialogue; a film has about 1,500.
MAX_CUES = 20_000
MAX_BYTES = 4 * 1024**2
_MAX_PACKET_BYTES = 64 * 1024
_MAX_CUE_LENGTH = 2_000
_MAX_LABEL_LENGTH = 80
#: How long a cue without an end is shown, if no other takes its place.
_OPEN_CUE_MS = 5_000
_LATEST_MS = 100 * 3600 * 1000

_READERS: Mapping[str, Reader] = {
    "subrip": cue_text.subrip,
    "webvtt": cue_text.subrip,
    "text": cue_text.plain,
    "ass": cue_text.ass,
    "ssa": cue_text.ass,
    "mov_text": cue_text.mov_text,
}
#: Matroska's name of a codec that FFmpeg's demuxer does not know by any of its own.
_MATROSKA_WEBVTT = "S_TEXT/WEBVTT"


def write_subtitles(
    container: InputContainer, source: Path, target: Callable[[int], Path], *, origin_ms: int
) -> tuple[Subtitle, ...]:
    """Write each text track to `target(n)`, n from 1, times counted from `origin_ms` of the source; say what they are.

    `container` is `source`, just opened, and read to its end. Tracks without a word are left out. Of a damaged file it
    takes what there is. Raises OSError when the disk fails.
    """
    tracks = _text_tracks(container, source)
    for stream in container.streams:
        if stream.index not in tracks:
            stream.discard = Discard.all
    if tracks:
        _read(container, tracks, origin_ms)
    written: list[Subtitle] = []
    for track in tracks.values():
        cues = track.cues()
        if cues:
            n = len(written) + 1
            target(n).write_text(webvtt.document(cues), encoding="utf-8")
            written.append(track.described(n))
    return tuple(written)


class _Track:
    """Collects the cues of one track, no more than its limits."""

    def __init__(self, stream: Stream, reader: Reader) -> None:
        self.stream = stream
        self._reader = reader
        self._cues: list[tuple[int, int | None, str]] = []
        self._bytes = 0
        self.full = False

    def take(self, packet: Packet[Any], origin_ms: int) -> None:
        if packet.pts is None or packet.size > _MAX_PACKET_BYTES or self.full:
            return
        start_ms = round(packet.pts * packet.time_base * 1000) - origin_ms
        length_ms = round((packet.duration or 0) * packet.time_base * 1000)
        end_ms = start_ms + length_ms if length_ms > 0 else None
        if start_ms > _LATEST_MS or (end_ms or start_ms + 1) <= 0:
            return
        text = webvtt.cue_text(self._reader(bytes(packet)), max_length=_MAX_CUE_LENGTH)
        self._cues.append((max(0, start_ms), end_ms, text))
        self._bytes += len(text.encode())
        self.full = len(self._cues) >= MAX_CUES or self._bytes >= MAX_BYTES

    def cues(self) -> list[webvtt.Cue]:
        """What has words. A cue without an end lasts until the next one begins, which may be an empty one."""
        self._cues.sort(key=lambda cue: cue[0])
        later = [start_ms for start_ms, _, _ in self._cues[1:]]
        ends = (
            end_ms or min(start_ms + _OPEN_CUE_MS, next_ms)
            for (start_ms, end_ms, _), next_ms in zip(self._cues, [*later, _LATEST_MS], strict=False)
        )
        return [
            webvtt.Cue(start_ms, max(end_ms, start_ms + 1), text)
            for (start_ms, _, text), end_ms in zip(self._cues, ends, strict=True)
            if text
        ]

    def described(self, n: int) -> Subtitle:
        language = language_tag(self.stream.language)
        label = webvtt.one_line(self.stream.metadata.get("title", ""), max_length=_MAX_LABEL_LENGTH)
        return Subtitle(n=n, language=language, label=label or language or str(n))


def _read(container: InputContainer, tracks: Mapping[int, _Track], origin_ms: int) -> None:
    try:
        for packet in container.demux(*(track.stream for track in tracks.values())):
            if packet.size:
                tracks[packet.stream_index].take(packet, origin_ms)
            if all(track.full for track in tracks.values()):
                return
    except av.error.FFmpegError as error:
        if isinstance(error, MemoryError):
            raise
        _log.warning("subtitles end early: %s", error)


def _text_tracks(container: InputContainer, source: Path) -> dict[int, _Track]:
    subtitles = container.streams.subtitles
    is_matroska = container.format.name.startswith("matroska")
    matroska = _matroska_codecs(source, len(subtitles)) if is_matroska else ()
    tracks: dict[int, _Track] = {}
    for number, stream in enumerate(subtitles):
        reader = _reader_of(stream, matroska[number] if matroska else "")
        if reader is not None and len(tracks) < MAX_TRACKS:
            tracks[stream.index] = _Track(stream, reader)
    return tracks


def _reader_of(stream: SubtitleStream, matroska_codec: str) -> Reader | None:
    # PyAV's hints leave out that a codec FFmpeg has no name for has no context
    context: CodecContext | None = stream.codec_context
    if context is None:
        return cue_text.subrip if matroska_codec == _MATROSKA_WEBVTT else None
    name = context.codec.canonical_name
    if name == "webvtt" and stream.codec_tag == "wvtt":
        return cue_text.wvtt
    return _READERS.get(name)


def _matroska_codecs(source: Path, number: int) -> tuple[str, ...]:
    """What the header calls the codecs of the subtitle tracks; nothing when it counts them otherwise than FFmpeg."""
    codecs = ebml.subtitle_codecs(source)
    return codecs if len(codecs) == number else ()
