"""How long a connection may do what it is doing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    """What a connection is doing, as far as patience goes."""

    IDLE = "idle"
    """No byte of a next request has come."""
    HEAD = "head"
    """A head is arriving."""
    BODY = "body"
    """A body is arriving."""
    SERVING = "serving"
    """It is our turn: a decision, a writer or the application is at work."""
    SENDING = "sending"
    """Output waits for the client to take it."""
    STREAMING = "streaming"
    """An answer stays open; something is sent at least every `keep_alive_s`."""
    LINGERING = "lingering"
    """Everything is answered; what the client still sends is read and dropped, so that it can read the answer."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Patience in seconds. `head_s` counts from a head's first byte, so that dribbling does not help; the
    others from the last byte that moved.

    Somebody who paused a video takes no bytes for as long as the pause lasts, so `stalled_s` is long. A
    client that died without a word is found by the kernel: its probes of the closed window go unanswered.
    """

    idle_s: float = 75
    head_s: float = 20
    body_s: float = 90
    stalled_s: float = 3600
    keep_alive_s: float = 15
    streaming_s: float = 60
    linger_s: float = 30
    linger_idle_s: float = 5

    def expired(self, phase: Phase, *, in_phase_s: float, quiet_s: float) -> bool:
        """Whether to close. `in_phase_s` is the age of the phase, `quiet_s` the time since a byte moved."""
        if phase is Phase.SERVING:
            return False
        if phase is Phase.HEAD:
            return in_phase_s > self.head_s
        if phase is Phase.LINGERING:
            return in_phase_s > self.linger_s or quiet_s > self.linger_idle_s
        limits = {
            Phase.IDLE: self.idle_s,
            Phase.BODY: self.body_s,
            Phase.SENDING: self.stalled_s,
            Phase.STREAMING: self.streaming_s,
        }
        return quiet_s > limits[phase]
