"""Where segments begin: the same instants in every rendition, whatever its frame rate does."""

from __future__ import annotations

#: A keyframe at least this often, so that segments and seeking are fine-grained.
SEGMENT_S = 2
#: The very first segment is this short, so that somebody can begin to watch.
FIRST_SEGMENT_S = 0.5


class Cuts:
    """Where one track is cut, in its ticks: at the first keyframe from each of these instants on."""

    def __init__(self, timescale: int) -> None:
        self._every = SEGMENT_S * timescale
        self._first = round(FIRST_SEGMENT_S * timescale)

    def after(self, ticks: int) -> int:
        """The earliest time of the next cut when one was made at `ticks`."""
        return self._first if ticks < self._first else (ticks // self._every + 1) * self._every
