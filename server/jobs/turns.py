"""Whose job is next: members take turns, so that one member's hundred uploads do not hold up another's one. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from uuid import UUID

import msgspec

_NEVER = datetime.min.replace(tzinfo=UTC)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A job in the queue; lower ranks come first among the jobs of one member."""

    job_id: UUID
    owner_id: UUID | None
    rank: float


def in_turn(waiting: Iterable[Waiting], last_served: Mapping[UUID | None, datetime]) -> list[UUID]:
    """The jobs in the order they will be started.

    Round by round, each member's best-ranked job; within a round whoever was served longest ago comes first.
    """
    by_owner: dict[UUID | None, deque[Waiting]] = defaultdict(deque)
    for job in sorted(waiting, key=lambda each: (each.rank, str(each.job_id))):
        by_owner[job.owner_id].append(job)
    owners = sorted(by_owner, key=lambda owner: (last_served.get(owner, _NEVER), by_owner[owner][0].rank))
    order: list[UUID] = []
    while owners:
        order.extend(by_owner[owner].popleft().job_id for owner in owners)
        owners = [owner for owner in owners if by_owner[owner]]
    return order
