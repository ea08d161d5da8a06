"""Turns steps of work into progress messages: share, speed and time left, at most five a second."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from server.media.messages import Progressed

_EVERY_S = 0.2
_MIN_FOR_ETA_S = 1.0
#: What is left will go as fast as the last minute did: scenes differ, and other programs come and go.
_MARKS = 60
_MARK_EVERY_S = 1.0


class Meter:
    """Counts several stages, each worth a share of the whole."""

    def __init__(
        self, send: Callable[[Progressed], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._send = send
        self._clock = clock
        self._last_sent = 0.0
        self._base = 0.0
        self._weight = 0.0
        self._stage_started = clock()
        self._done = 0.0
        self._skipped_share = 0.0
        self._marks: deque[tuple[float, float]] = deque(maxlen=_MARKS)
        """(when, how much was done) about every second."""
        self._speed: float | None = None
        self._watchable_ms = 0

    def stage(self, weight: float) -> None:
        """Begin a stage worth `weight` of the whole (all weights together make 1)."""
        self._base += self._weight
        self._weight = weight
        self._stage_started = self._clock()
        self._skipped_share = 0.0

    def resumed(self, share: float) -> None:
        """This share of the stage was done before; it says nothing about the time that the rest takes."""
        self._skipped_share = share
        self._done = min(0.999, self._base + self._weight * share)

    def tell(self, share: float, media_s: float | None = None, *, steady: bool = True) -> None:
        """`share` (0 to 1) of this stage is done; `media_s` is the playing time worked off in it, for the speed.

        While the work is not `steady` yet, nothing is concluded from how fast it goes.
        """
        now = self._clock()
        if not steady:
            self._marks.clear()
        elif not self._marks:
            self._marks.append((now, self._done))  # decoders and encoders are open by now
        self._done = max(self._done, min(0.999, self._base + self._weight * min(1.0, max(0.0, share))))
        if now - self._last_sent < _EVERY_S:
            return
        elapsed = now - self._stage_started
        self._speed = None
        if media_s is not None and share > 0 and elapsed > 0:
            self._speed = max(0.0, media_s * (1 - self._skipped_share / share)) / elapsed
        self._report(now)

    def grown(self, watchable_ms: int) -> None:
        """So much of the video can be watched now."""
        self._watchable_ms = watchable_ms
        self._report(self._clock())

    def _report(self, now: float) -> None:
        self._last_sent = now
        self._send(
            Progressed(
                progress=self._done,
                speed=self._speed,
                eta_ms=self._eta_ms(now),
                watchable_ms=self._watchable_ms,
            )
        )

    def _eta_ms(self, now: float) -> int | None:
        if not self._marks:
            return None
        since, done = self._marks[0]
        if now - self._marks[-1][0] >= _MARK_EVERY_S:
            self._marks.append((now, self._done))
        if self._done <= done or now - since < _MIN_FOR_ETA_S:
            return None
        return round((now - since) * (1 - self._done) / (self._done - done) * 1000)
