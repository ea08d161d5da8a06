"""Encodes the sound: decoded frames of any layout and rate in, packets of a stereo AAC track out."""

from __future__ import annotations

from fractions import Fraction

from av.audio.frame import AudioFrame

from server.media.encoders import add_sound
from server.media.facts import AudioFacts
from server.media.filters import SoundGraph
from server.media.writer import Mp4Writer

_RATES = (44_100, 48_000)


class SoundEncoder:
    """Keeps 44.1 and 48 kHz, brings every other rate to 48 kHz. Rebuilds its graph when the sound changes its
    kind.
    """

    def __init__(self, writer: Mp4Writer, facts: AudioFacts, origin: Fraction) -> None:
        self._writer = writer
        self._origin = origin
        self._rate = facts.sample_rate if facts.sample_rate in _RATES else 48_000
        self._track = add_sound(writer.output, self._rate)
        writer.declared()
        self._kind: tuple[object, ...] | None = None
        self._graph: SoundGraph | None = None
        self._next: int | None = None
        self._written = 0

    def take(self, frame: AudioFrame) -> None:
        """Resample and encode one decoded frame."""
        kind = (frame.sample_rate, frame.format.name, frame.layout.name)
        if kind != self._kind:
            self._drain()
            self._kind, self._graph = kind, SoundGraph(frame, self._rate)
        self._place(frame)
        if self._graph is not None:
            for resampled in self._graph.push(frame):
                self._write(resampled)

    def finish(self) -> None:
        """Write out what resampler and encoder hold back."""
        self._drain()
        self._writer.write(self._track.encode(None))

    def span_ms(self) -> int:
        """Playing time written."""
        return round(self._written * 1000 / self._rate)

    def _place(self, frame: AudioFrame) -> None:
        time_base = Fraction(1, frame.sample_rate)
        if frame.pts is not None and frame.time_base is not None:
            frame.pts = round((frame.pts * frame.time_base - self._origin) / time_base)
        else:
            frame.pts = self._next or 0
        frame.time_base = time_base
        self._next = frame.pts + frame.samples

    def _drain(self) -> None:
        if self._graph is not None:
            for resampled in self._graph.push(None):
                self._write(resampled)
            self._graph = None

    def _write(self, frame: AudioFrame) -> None:
        self._written += frame.samples
        self._writer.write(self._track.encode(frame))
