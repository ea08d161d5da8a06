"""Turns a file's own times into the result's: starting at 0, strictly rising, without holes where times are
missing.
"""

from __future__ import annotations

from fractions import Fraction


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
        """The result's time for a frame's own, which may be missing, negative or not rising.

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
        if wanted is None:
            wanted = self._last + self._step
        self._last = max(wanted, self._last + 1)
        return self._last
