"""Where to begin to decode so that pictures from a given time on come out as if all had been decoded."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from av.packet import Packet

from server.media.facts import VideoFacts

#: Pictures of this long before are decoded too: filters look back, and the first ones after a keyframe may refer to
#: what was before it.
_WARM_UP_S = 1
#: A stretch without keyframes is held back up to this size; then it is decoded, which always is right.
_HELD_MAX_BYTES = 64 * 1024 * 1024


class LateStart:
    """Holds packets of the picture back until it is known which keyframe is the last one before `from_s`."""

    def __init__(self, from_s: Fraction) -> None:
        self._from_s = from_s - _WARM_UP_S
        self._held: list[Packet[Any]] = []
        self._held_bytes = 0
        self._begun = False

    def take(self, packet: Packet[Any]) -> list[Packet[Any]]:
        """The packets to decode now."""
        if self._begun:
            return [packet]
        at_s = packet.dts * packet.time_base if packet.dts is not None else None
        if at_s is not None and at_s < self._from_s and packet.is_keyframe:
            self._held, self._held_bytes = [], 0
        self._held.append(packet)
        self._held_bytes += packet.size
        early = at_s is None or at_s < self._from_s
        return [] if early and self._held_bytes < _HELD_MAX_BYTES else self.end()

    def end(self) -> list[Packet[Any]]:
        """Everything held back; from now on packets are passed on."""
        self._begun = True
        held, self._held = self._held, []
        return held


def may_start_late(facts: VideoFacts) -> bool:
    """Whether a picture's time depends on itself alone. Otherwise everything is decoded from the start."""
    damaged = facts.copy is not None and facts.copy.damaged
    return facts.timed and not facts.decode_timed and not damaged
