"""Reads an H.264 track packet by packet, without decoding, to learn whether it can be copied into an MP4 as it is."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from server.media.facts import CopyFacts

_SPS = 7
#: NAL unit types that a coded H.264 picture may consist of (ITU-T H.264, table 7-1).
_KNOWN_TYPES = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 19, 20})


def read_through(container: InputContainer, stream: VideoStream) -> CopyFacts:
    """Read every packet of `stream`, from its start. Reading stops at the first fault."""
    time_base = stream.time_base or Fraction(1, 1000)
    scan = _Scan(stream.codec_context.extradata or b"", time_base)
    container.seek(0, backward=True, any_frame=False)
    try:
        for packet in container.demux(stream):
            if packet.size == 0:
                continue
            scan.take(packet)
            if scan.fault:
                break
    except av.error.FFmpegError as error:
        scan.fault = f"the file breaks off ({error.strerror})"
    return scan.result()


class _Scan:
    def __init__(self, extradata: bytes, time_base: Fraction) -> None:
        self._avcc = extradata[:1] == b"\x01" and len(extradata) > 6
        self._length_size = (extradata[4] & 3) + 1 if self._avcc else 0
        self._parameter_sets = extradata
        self._time_base = time_base
        self._last_dts: int | None = None
        self._first_pts: int | None = None
        self._last_key: int | None = None
        self._last_pts = 0
        self._gap = 0
        self._packets = 0
        self._bytes = 0
        self.fault: str | None = None

    def take(self, packet: av.Packet[VideoStream]) -> None:
        self.fault = self._look(packet)
        self._packets += 1
        self._bytes += packet.size

    def _look(self, packet: av.Packet[VideoStream]) -> str | None:
        if packet.pts is None or packet.dts is None:
            return "pictures carry no times"
        if self._last_dts is not None and packet.dts <= self._last_dts:
            return "times run backwards"
        if packet.is_corrupt:
            return "the file is damaged"
        if packet.is_discard:
            return "it begins in the middle of a cut"
        if self._packets == 0 and not packet.is_keyframe:
            return "it does not begin with a whole picture"
        if packet.is_keyframe:
            if self._last_key is not None:
                self._gap = max(self._gap, packet.pts - self._last_key)
            self._last_key = packet.pts
        if self._first_pts is None:
            self._first_pts = packet.pts
        self._last_dts = packet.dts
        self._last_pts = max(self._last_pts, packet.pts)
        return self._units(memoryview(packet)) if self._avcc else None

    def _units(self, data: memoryview) -> str | None:
        """Check that the length-prefixed units fill the packet exactly and are of known types."""
        for kind, unit in _nal_units(data, self._length_size):
            if kind < 0 or kind not in _KNOWN_TYPES:
                return "pictures are damaged"
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
        )


def _nal_units(data: memoryview, length_size: int) -> Iterator[tuple[int, memoryview]]:
    """(type, bytes) of each unit; type -1 where lengths do not add up or the forbidden bit is set."""
    position, end = 0, len(data)
    while position < end:
        body = position + length_size
        length = int.from_bytes(data[position:body], "big")
        if length == 0 or body + length > end or data[body] & 0x80:
            yield -1, data[position:]
            return
        yield data[body] & 0x1F, data[body : body + length]
        position = body + length
