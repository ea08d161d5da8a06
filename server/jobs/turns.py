"""Whose job is next: members take turns, so that one member's hundred uploads do not hold up another's one. Pure.

Each waiting job stands in a lane, and within it by its rank. Ranks are given when a job enters the queue, by start-time
fair queueing (Goyal, Vin and Cheng, 1996) with every job counting as one turn: a rank is the round a job belongs to,
and a member has one job in each round. So nothing ever has to be sorted anew: a place is a count.
"""

from __future__ import annotations

import math
from enum import IntEnum


class Lane(IntEnum):
    """Which jobs go before which, whoever owns them."""

    NEXT = 0
    """What an admin put first, and what goes on after a pause."""
    QUICK = 1
    """Kept or repacked: done in seconds, so nobody has to wait for them behind an encode."""
    ORDINARY = 2


def fair_rank(*, last_started: float | None, lowest_waiting: float | None, own_last: float | None) -> float:
    """The round that a new job joins: the present one, or the one after its owner's last.

    `last_started` is the rank of the job that was started last, `lowest_waiting` the lowest of those that wait: the
    present round is no later than that, and no more than one before it, whatever else was started or deleted meanwhile.
    """
    present = math.floor(last_started or 0.0)
    if lowest_waiting is not None:
        lowest = math.floor(lowest_waiting)
        present = min(max(present, lowest - 1), lowest)
    if own_last is None:
        return float(present)
    return float(max(present, math.floor(own_last) + 1))


def between(before: float | None, after: float) -> float | None:
    """A rank between two neighbours, or before the first; None when there is no room left between them."""
    if before is None:
        return after - 1
    middle = (before + after) / 2
    return middle if before < middle < after else None
