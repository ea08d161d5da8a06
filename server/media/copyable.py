"""Reads an H.264 track packet by packet, without decoding, to learn whether it can be copied into an MP4 as
it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from server.media import sei
from server.media.facts import CopyFacts
from server.media.nal_units import length_size_of, stands_alone, units_of
from server.media.source import open_source

_SPS = 7
#: NAL unit types that a coded H.264 picture may consist of (ITU-T H.264, table 7-1).
_KNOWN_TYPES = frozenset({*range(1, 17), 19, 20})
#: Matroska stores no decoding times; FFmpeg finds them after as many packets as the decoder reorders, 16 at
#: most.
_MAX_REORDERED = 16


class DecodingTimes:
    """Gives the first packets of a track the decoding times that their container does not store."""

    def __init__(self) -> None:
        self._held: list[Packet[Any]] = []
        self._started = False

    def take(self, packet: Packet[Any]) -> list[Packet[Any]]:
        """The packets that are ready, in order. Those whose times stay unknown are handed on as they are."""
        if self._started:
            return [packet]
        self._held.append(packet)
        self._started = packet.dts is not None or len(self._held) > _MAX_REORDERED
        return self.end() if self._started else []

    def end(self) -> list[Packet[Any]]:
        """What is still held back."""
        held, self._held = self._held, []
        known = held[-1].dts if held else None
        if known is not None:
            step = max(1, held[-1].duration or 1)
            for back, packet in enumerate(reversed(held[:-1]), start=1):
                packet.dts = known - back * step
        return held


def read_through(path: Path, index: int) -> CopyFacts:
    """Read every packet of track `index`, from its start. Reading stops at the first fault."""
    with open_source(path) as container:
        stream = next(video for video in container.streams.video if video.index == index)
        extradata = stream.codec_context.extradata or b""
        scan = _Scan(extradata, stream.time_base or Fraction(1, 1000), _marked(container, stream))
        if container.format.name == "avi" and stream.codec_context.has_b_frames:
            scan.fault = "pictures carry no times of their own"
            return scan.result()
        try:
            for packet in _dated(container, stream):
                scan.take(packet)
                if scan.fault:
                    break
        except av.error.FFmpegError as error:
            scan.break_off(error.strerror or "damaged")
    return scan.result()


def _marked(container: InputContainer, stream: VideoStream) -> frozenset[int] | None:
    """Decoding times of the pictures that an MP4 marks as keyframes, which is where browsers jump to; None elsewhere.

    Its packets do not tell: FFmpeg looks at the pictures and corrects it.
    """
    if not container.format.name.startswith("mov"):
        return None
    return frozenset(entry.timestamp for entry in stream.index_entries if entry.is_keyframe)


def _dated(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    times = DecodingTimes()
    for packet in container.demux(stream):
        if packet.size:
            yield from times.take(packet)
    yield from times.end()


class _Scan:
    def __init__(self, extradata: bytes, time_base: Fraction, marked: frozenset[int] | None) -> None:
        self._marked = marked
        self._length_size = length_size_of(extradata)
        self._parameter_sets = extradata
        self._time_base = time_base
        self._last_dts: int | None = None
        self._last_key: int | None = None
        self._last_pts = 0
        self._gap = 0
        self._packets = 0
        self._bytes = 0
        self._damaged = self._tells = self._wrongly_marked = False
        self.fault: str | None = None

    def take(self, packet: Packet[VideoStream]) -> None:
        self.fault = self._form(packet) or self._damage(packet)
        self._packets += 1
        self._bytes += packet.size

    def break_off(self, why: str) -> None:
        self.fault, self._damaged = f"the file breaks off ({why})", True

    def _form(self, packet: Packet[VideoStream]) -> str | None:
        if packet.pts is None or packet.dts is None:
            return "pictures carry no times"
        if self._last_dts is not None and packet.dts <= self._last_dts:
            return "times run backwards"
        if packet.is_discard:
            return "it begins or ends in the middle of a cut"
        alone = packet.is_keyframe and stands_alone(memoryview(packet), self._length_size)
        if self._packets == 0 and not alone:
            return "it does not begin with a picture that stands alone"
        if alone:
            if self._last_key is not None:
                self._gap = max(self._gap, packet.pts - self._last_key)
            self._last_key = packet.pts
        if self._marked is not None:
            self._wrongly_marked |= (packet.dts in self._marked) != alone
        self._last_dts = packet.dts
        self._last_pts = max(self._last_pts, packet.pts)
        return None

    def _damage(self, packet: Packet[VideoStream]) -> str | None:
        """Check that the length-prefixed units fill the packet exactly and are of known types."""
        if packet.is_corrupt:
            self._damaged = True
            return "the file is damaged"
        if not self._length_size:
            return None
        for kind, unit in units_of(memoryview(packet), self._length_size):
            if kind not in _KNOWN_TYPES:
                self._damaged = True
                return "pictures are damaged"
            if kind == sei.SEI and sei.tells(unit):
                self._tells = True
            if kind == _SPS and bytes(unit) not in self._parameter_sets:
                return "the picture changes its size or kind on the way"
        return None

    def result(self) -> CopyFacts:
        if self._packets == 0 and self.fault is None:
            self.fault = "it holds no pictures"
        gap = max(self._gap, self._last_pts - (self._last_key or 0))
        return CopyFacts(
            packets=self._packets,
            keyframe_gap_ms=round(gap * self._time_base * 1000),
            bytes=self._bytes,
            fault=self.fault,
            damaged=self._damaged,
            wrongly_marked=self._wrongly_marked,
            tells=self._tells,
        )
