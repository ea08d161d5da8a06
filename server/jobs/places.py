"""The order of the waiting jobs, in SQL: who is first, what place a job has, where a new or a moved one goes.

Every question is one look into the index over state, lane and rank; none reads the whole queue.
"""

from __future__ import annotations

import math
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select, tuple_, update
from sqlalchemy.orm import Session as DbSession

from server.jobs.turns import Lane, between, fair_rank
from server.models import JobRow, VideoRow
from server.values.jobs import JobState

ORDER = (JobRow.lane, JobRow.rank, JobRow.created_at, JobRow.id)
WAITING = JobRow.state == JobState.QUEUED.value
_FAIR = JobRow.lane > Lane.NEXT


def first(db: DbSession) -> JobRow | None:
    """The job whose turn it is."""
    return db.scalars(select(JobRow).where(WAITING).order_by(*ORDER).limit(1)).one_or_none()


def place_of(db: DbSession, row: JobRow) -> int:
    """The place of a waiting job, from 1."""
    return 1 + (db.scalar(select(func.count()).select_from(JobRow).where(WAITING, _comes_before(row))) or 0)


def join_queue(db: DbSession, row: JobRow, owner_id: UUID | None) -> None:
    """Give a job that begins to wait its lane and rank, after its owner's others and in turn with everybody's."""
    rank = fair_rank(
        last_started=db.scalar(
            select(JobRow.rank)
            .where(JobRow.started_at.is_not(None), _FAIR)
            .order_by(JobRow.started_at.desc())
            .limit(1)
        ),
        lowest_waiting=db.scalar(select(func.min(JobRow.rank)).where(WAITING, _FAIR, JobRow.id != row.id)),
        own_last=_last_of(db, owner_id, but=row.id) if owner_id is not None else None,
    )
    same_round = select(func.max(JobRow.rank)).where(
        WAITING, _FAIR, JobRow.rank >= rank, JobRow.rank < rank + 1, JobRow.id != row.id
    )
    row.lane, row.rank = Lane.ORDINARY.value, db.scalar(same_round) or rank


def put_first(db: DbSession, row: JobRow) -> None:
    """Let a job be the very next."""
    lowest = db.scalar(select(func.min(JobRow.rank)).where(WAITING, JobRow.lane == Lane.NEXT))
    row.lane, row.rank = Lane.NEXT.value, (lowest or 0.0) - 1


def put_last(db: DbSession, row: JobRow) -> None:
    """Let a job wait until all that wait now have had their turn."""
    highest = db.scalar(select(func.max(JobRow.rank)).where(WAITING, _FAIR, JobRow.id != row.id))
    row.lane, row.rank = Lane.ORDINARY.value, math.floor(highest or 0.0) + 1.0


def put_before(db: DbSession, row: JobRow, other: JobRow) -> None:
    """Let a job go directly before another waiting one, in its lane."""
    rank = between(_rank_before(db, row, other), other.rank)
    if rank is None:
        _respace(db, other)
        rank = between(_rank_before(db, row, other), other.rank)
    row.lane, row.rank = other.lane, other.rank if rank is None else rank


def _last_of(db: DbSession, owner_id: UUID, *, but: UUID) -> float | None:
    """The rank of the owner's latest job that has had a turn or waits for one."""
    return db.scalar(
        select(JobRow.rank)
        .join(VideoRow, VideoRow.id == JobRow.video_id)
        .where(
            VideoRow.uploaded_by == owner_id,
            _FAIR,
            WAITING | JobRow.started_at.is_not(None),
            JobRow.id != but,
        )
        .order_by(VideoRow.created_at.desc())
        .limit(1)
    )


def _comes_before(row: JobRow) -> ColumnElement[bool]:
    values = (row.lane, row.rank, row.created_at, row.id)
    return tuple_(*ORDER) < tuple_(
        *(literal(value, column.type) for value, column in zip(values, ORDER, strict=True))
    )


def _rank_before(db: DbSession, row: JobRow, other: JobRow) -> float | None:
    """The rank of the job before `other` in its lane, `row` itself left out."""
    same_lane = (WAITING, JobRow.lane == other.lane, JobRow.id != row.id)
    return db.scalar(select(func.max(JobRow.rank)).where(*same_lane, _comes_before(other)))


def _respace(db: DbSession, near: JobRow) -> None:
    """Spread the jobs of a lane evenly over their rounds, where equal ranks leave no room between two."""
    rounds = (math.floor(near.rank) - 1, math.floor(near.rank))
    for each in rounds:
        ids = db.scalars(
            select(JobRow.id)
            .where(WAITING, JobRow.lane == near.lane, JobRow.rank >= each, JobRow.rank < each + 1)
            .order_by(*ORDER)
        ).all()
        for number, job_id in enumerate(ids):
            db.execute(
                update(JobRow).where(JobRow.id == job_id).values(rank=each + number / len(ids)),
                execution_options={"synchronize_session": False},
            )
    db.expire_all()
