"""Takes a track over as it is: packets of the source in, the same pictures and sound as samples of the result out."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.stream import VideoStream

from server.media.copyable import DecodingTimes
from server.media.describing import describe_copy
from server.media.inspection import SourceNotSoundError
from server.media.lanes import Lane, Sample
from server.media.nal_units import length_prefixed, length_size_of, stands_alone
from server.media.sei import silenced
from server.media.timeline import HOLE_MAX
from server.media.tracks import TrackHead

_FINE_ENOUGH = 10_000
#: What one packet of AAC holds (ISO/IEC 14496-3, 4.5.2.1.1).
_AAC_SAMPLES = 1024


class PictureCopy:
    """Copies an H.264 track whose times `copyable` has found sound."""

    def __init__(self, stream: VideoStream, lane: Lane, origin: Fraction) -> None:
        self.stream = stream
        self.packets = self.taken = self.damaged = 0
        self._lane = lane
        time_base = stream.time_base or Fraction(1, 1000)
        finer = -(-_FINE_ENOUGH // time_base.denominator)
        self._timescale = time_base.denominator * finer
        self._ticks = time_base.numerator * finer
        self._shift = round(origin * self._timescale)
        length_size = length_size_of(stream.codec_context.extradata or b"")
        self._bare = length_size == 0
        self._length_size = length_size or 4
        self._description = describe_copy(stream)
        self._dating = DecodingTimes()
        self._early: int | None = None
        self._end = 0

    def take(self, packet: Packet[Any]) -> None:
        """Copy one packet."""
        self.packets += 1
        self.taken += 1
        self._write(self._dating.take(packet))

    def end(self) -> None:
        """Hand over what was held back."""
        self._write(self._dating.end())
        self._lane.end()

    def span_ms(self) -> int:
        """Playing time from 0 to the end of the last picture."""
        return round(self._end * 1000 / self._timescale)

    def _write(self, packets: list[Packet[Any]]) -> None:
        for packet in packets:
            if packet.pts is None or packet.dts is None:
                continue  # a cut's lead-in; a track with such packets is not copied
            shown = packet.pts * self._ticks - self._shift
            decode = packet.dts * self._ticks - self._shift
            if self._early is None:
                self._early = min(0, decode)  # fragments know no decode times before 0
                self._declare(delay=-self._early)
            duration = (packet.duration or 0) * self._ticks
            self._end = max(self._end, shown + duration)
            data = length_prefixed(bytes(packet)) if self._bare else bytes(packet)
            self._lane.take(
                Sample(
                    shown=shown,
                    decode=decode - self._early,
                    duration=duration,
                    keyframe=packet.is_keyframe and stands_alone(memoryview(data), self._length_size),
                    data=silenced(data, self._length_size),
                )
            )

    def _declare(self, delay: int) -> None:
        context = self.stream.codec_context
        self._lane.declare(
            TrackHead(
                number=1,
                sound=False,
                timescale=self._timescale,
                sample_description=self._description,
                width=context.width,
                height=context.height,
                delay=delay,
            )
        )


class SoundCopy:
    """Copies an AAC track, to all of `lanes`."""

    def __init__(self, stream: AudioStream, lanes: Sequence[Lane], origin: Fraction) -> None:
        self.stream = stream
        self.packets = self.taken = self.damaged = 0
        self._lanes = lanes
        self._rate = stream.codec_context.sample_rate
        # floats: a day in samples is exact in them, and fractions would cost as much as all the rest
        self._samples_a_tick = float((stream.time_base or Fraction(1, self._rate)) * self._rate)
        self._origin = float(origin * self._rate)
        head = TrackHead(number=2, sound=True, timescale=self._rate, sample_description=describe_copy(stream))
        for lane in lanes:
            lane.declare(head)
        self._next: int | None = None

    def take(self, packet: Packet[Any]) -> None:
        """Copy one packet."""
        self.packets += 1
        if packet.pts is None:
            return
        self.taken += 1
        shown = self._place(round(packet.pts * self._samples_a_tick - self._origin))
        duration = self._duration(packet)
        self._next = shown + duration
        sample = Sample(shown=shown, decode=shown, duration=duration, keyframe=True, data=bytes(packet))
        for lane in self._lanes:
            lane.take(sample)

    def end(self) -> None:
        """No more will come."""
        for lane in self._lanes:
            lane.end()

    def span_ms(self) -> int:
        """When the last packet ends."""
        return round((self._next or 0) * 1000 / self._rate)

    def _place(self, wanted: int) -> int:
        """A packet's time in samples, from what its container says.

        Containers round it, Matroska to a millisecond, so packets follow each other without a gap unless there is one
        of at least half a packet. Raises `SourceNotSoundError` when they go back or hours ahead.
        """
        if self._next is None:
            return wanted
        if wanted < self._next - 2 * _AAC_SAMPLES:
            raise SourceNotSoundError("its times run backwards", in_sound=True)
        if wanted > self._next + HOLE_MAX:
            raise SourceNotSoundError("its times leap ahead by hours", in_sound=True)
        return self._next if wanted - self._next < _AAC_SAMPLES // 2 else wanted

    def _duration(self, packet: Packet[Any]) -> int:
        lasting = round((packet.duration or 0) * self._samples_a_tick)
        return lasting if lasting and abs(lasting - _AAC_SAMPLES) > _AAC_SAMPLES // 8 else _AAC_SAMPLES
