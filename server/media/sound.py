"""Encodes the sound: decoded frames of any layout and rate in, samples of a stereo AAC track out."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet

from server.media.describing import Scratch
from server.media.encoders import add_sound
from server.media.facts import AudioFacts
from server.media.filters import SoundGraph
from server.media.lanes import Lane, Sample
from server.media.timeline import HOLE_MAX
from server.media.tracks import TrackHead

_RATES = (44_100, 48_000)
#: So far behind the picture the sound is while there may be more of it in the file.
_BEHIND_S = 2
#: Sound that its file says ends within this has ended: the last packet's length is seldom known exactly.
_NEARLY_OVER_S = 0.5
#: So much of a pause at the end is left alone: recorders stop picture and sound one after the other.
_PAUSE_MAX_S = 0.5
#: Samples of silence that are made at a time.
_PIECE = 4096


class SoundEncoder:
    """Keeps 44.1 and 48 kHz, brings every other rate to 48 kHz; the samples go to all of `lanes`.

    Rebuilds its graph when the sound changes its kind. Sound that ends before the picture goes on in silence, because a
    player stops where one of the two is missing (W3C Media Source Extensions, `buffered`: what all tracks have).
    """

    def __init__(self, lanes: Sequence[Lane], facts: AudioFacts, origin: Fraction) -> None:
        self._lanes = lanes
        self._origin = origin
        self._rate = facts.sample_rate if facts.sample_rate in _RATES else 48_000
        self._scratch = Scratch()
        self._track = add_sound(self._scratch.container, self._rate)
        head = TrackHead(
            number=2, sound=True, timescale=self._rate, sample_description=self._scratch.describe()
        )
        for lane in lanes:
            lane.declare(head)
        self._kind: tuple[object, ...] | None = None
        self._graph: SoundGraph | None = None
        self._next: int | None = None
        self._end = 0
        self._picture_s = 0.0
        ends_ms = facts.start_ms + facts.duration_ms if facts.duration_ms is not None else None
        self._ends_s = float(Fraction(ends_ms, 1000) - origin) if ends_ms is not None else None

    def take(self, frame: AudioFrame) -> None:
        """Resample and encode one decoded frame."""
        kind = (frame.sample_rate, frame.format.name, frame.layout.name)
        if kind != self._kind or self._graph is None:
            self._drain()
            self._kind, self._graph = kind, SoundGraph(frame, self._rate, self._end)
        self._place(frame)
        for resampled in self._graph.push(frame):
            self._write(resampled)

    def follow(self, picture_s: float) -> None:
        """The picture has come this far. Sound of which there is no more stays just behind it."""
        self._picture_s = picture_s
        if self._ends_s is not None and self._end_s >= self._ends_s - _NEARLY_OVER_S:
            self._be_silent(picture_s - _BEHIND_S)

    def finish(self) -> None:
        """Write out what resampler and encoder hold back."""
        self._drain()
        if self._end_s < self._picture_s - _PAUSE_MAX_S:
            self._be_silent(self._picture_s)
        self._hand_over(self._track.encode(None))
        self._scratch.close()
        for lane in self._lanes:
            lane.end()

    def span_ms(self) -> int:
        """Playing time written."""
        return round(self._end_s * 1000)

    @property
    def _end_s(self) -> float:
        return self._end / self._rate

    def _place(self, frame: AudioFrame) -> None:
        time_base = Fraction(1, frame.sample_rate)
        wanted = None
        if frame.pts is not None and frame.time_base is not None:
            wanted = round((frame.pts * frame.time_base - self._origin) / time_base)
        if wanted is None or (self._next is not None and wanted > self._next + HOLE_MAX):
            wanted = self._next or 0
        frame.pts, frame.time_base = wanted, time_base
        self._next = wanted + frame.samples

    def _drain(self) -> None:
        if self._graph is not None:
            for resampled in self._graph.push(None):
                self._write(resampled)
            self._graph = None

    def _be_silent(self, until_s: float) -> None:
        until = round(until_s * self._rate)
        if self._end == 0 or self._end >= until:
            return  # of a track without any sound nothing is made up
        self._drain()
        while self._end < until:
            frame = AudioFrame(format="fltp", layout="stereo", samples=min(_PIECE, until - self._end))
            frame.sample_rate, frame.pts, frame.time_base = self._rate, self._end, Fraction(1, self._rate)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            self._write(frame)

    def _write(self, frame: AudioFrame) -> None:
        self._end = (frame.pts or 0) + frame.samples
        self._hand_over(self._track.encode(frame))

    def _hand_over(self, packets: list[Packet[AudioStream]]) -> None:
        for packet in packets:
            sample = Sample(
                shown=packet.pts or 0,
                decode=packet.pts or 0,
                duration=packet.duration or 1024,
                keyframe=True,
                data=bytes(packet),
            )
            for lane in self._lanes:
                lane.take(sample)
