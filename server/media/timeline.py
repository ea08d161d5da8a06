"""Turns a file's own times into the result's: starting at 0, strictly rising, without holes where times are
missing or beyond belief.
"""

from __future__ import annotations

from fractions import Fraction

#: More than an MP4 can say of one sample: how long it lasts and how long after decoding it is shown have 32 bits, the
#: latter with a sign (ISO/IEC 14496-12, 8.6.1). At 90,000 ticks a second it is 6.6 hours, at 48,000 samples 12.4. Only
#: damage asks for that.
HOLE_MAX = 1 << 31


class Timeline:
    """Times of one track in ticks of `time_base`, counted from `origin` (seconds), or from the first one if None."""

    def __init__(self, origin: Fraction | None, time_base: Fraction, step: Fraction) -> None:
        self._origin = origin
        self._time_base = time_base
        self._step = max(1, round(step / time_base))
        self._last: int | None = None

    def begin_late(self) -> None:
        """Say that the first frame to come is not the first one of the track."""
        self._last = -1

    @property
    def last(self) -> int | None:
        """The last time given out, in ticks."""
        return self._last

    def place(self, ticks: int | None, time_base: Fraction | None) -> int:
        """The result's time for a frame's own, which may be missing, negative, not rising or hours ahead.

        The first frame is shown from the very start, so that no player begins with nothing.
        """
        if self._last is None:
            self._last = 0
            if self._origin is None:
                self._origin = (ticks or 0) * (time_base or Fraction(0))
            return 0
        wanted = None
        if ticks is not None and time_base is not None and self._origin is not None:
            wanted = round((ticks * time_base - self._origin) / self._time_base)
        if wanted is None or 0 <= self._last < wanted - HOLE_MAX:  # who begins late may begin hours on
            wanted = self._last + self._step
        self._last = max(wanted, self._last + 1)
        return self._last
