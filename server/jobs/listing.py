"""The queue as it is shown: jobs with their videos, their places, and when they will be done. Reads only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.errors import NotFound
from server.jobs import places
from server.jobs.forecast import Forecast, left_ms
from server.jobs.store import ACTIVE
from server.models import JobRow, UserRow, VideoRow
from server.values.clock import Clock
from server.values.jobs import Action, Job, JobState
from server.values.paging import Page

_PAUSED = JobState.PAUSED.value
#: In the order they are shown in: what runs, what waits, what is paused, and what ended, the latest first.
_GROUPS: tuple[tuple[ColumnElement[bool], tuple[ColumnElement[Any], ...]], ...] = (
    (JobRow.state.in_(ACTIVE), (JobRow.started_at.asc(), JobRow.id.asc())),
    (places.WAITING, tuple(column.asc() for column in places.ORDER)),
    (JobRow.state == _PAUSED, (JobRow.created_at.asc(), JobRow.id.asc())),
    (
        JobRow.state.not_in((*ACTIVE, _PAUSED, JobState.QUEUED.value)),
        (JobRow.finished_at.desc(), JobRow.id.desc()),
    ),
)


class JobListing:
    """Reads jobs. Thread-safe."""

    def __init__(self, database: Database, forecast: Forecast, clock: Clock) -> None:
        self._database = database
        self._forecast = forecast
        self._clock = clock

    def get(self, job_id: UUID) -> Job:
        """One job. Raises `NotFound`."""
        with self._database.read() as db:
            return self._one(db, JobRow.id == job_id)

    def of_video(self, video_id: UUID) -> Job:
        """The job of a video. Raises `NotFound`."""
        with self._database.read() as db:
            return self._one(db, JobRow.video_id == video_id)

    def list(self, page: int, page_size: int) -> Page[Job]:
        """All jobs: running ones, waiting ones in their order, paused ones, then those that ended, the latest first."""
        items: list[Job] = []
        skip, total = (page - 1) * page_size, 0
        with self._database.read() as db:
            for condition, order in _GROUPS:
                count = db.scalar(select(func.count()).select_from(JobRow).where(condition)) or 0
                here = max(0, skip - total)
                wanted = page_size - len(items)
                if wanted and here < count:
                    found = _joined().where(condition).order_by(*order).limit(wanted).offset(here)
                    for place, (row, video, name) in enumerate(db.execute(found), start=here + 1):
                        items.append(self._value(row, video, name, place))
                total += count
        return Page(items=items, total=total, page=page, page_size=page_size)

    def counts(self) -> tuple[int, int]:
        """How many jobs wait, and how many run."""
        with self._database.read() as db:
            by_state = dict(db.execute(select(JobRow.state, func.count()).group_by(JobRow.state)).all())
        return by_state.get(JobState.QUEUED.value, 0), sum(by_state.get(state, 0) for state in ACTIVE)

    def _one(self, db: DbSession, condition: ColumnElement[bool]) -> Job:
        found = db.execute(_joined().where(condition)).one_or_none()
        if found is None:
            raise NotFound("There is no such job.")
        row, video, name = found
        return self._value(
            row, video, name, places.place_of(db, row) if row.state == JobState.QUEUED else None
        )

    def _value(self, row: JobRow, video: VideoRow, uploader_name: str | None, place: int | None) -> Job:
        waits = row.state == JobState.QUEUED
        return Job(
            id=row.id,
            video_id=row.video_id,
            video_title=video.title,
            uploaded_by=video.uploaded_by,
            uploader_name=uploader_name,
            state=JobState(row.state),
            action=Action(row.action) if row.action else None,
            reasons=tuple(row.reasons.splitlines()),
            progress=row.progress,
            speed=row.speed,
            eta_ms=self._forecast.eta_ms(row.id) if waits else left_ms(row, self._clock()),
            place=place if waits else None,
            attempts=row.attempts,
            error=row.error,
            detail=row.detail,
            created_at=row.created_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
        )


def _joined() -> Select[JobRow, VideoRow, str | None]:
    return (
        select(JobRow, VideoRow, UserRow.username)
        .join(VideoRow, VideoRow.id == JobRow.video_id)
        .outerjoin(UserRow, UserRow.id == VideoRow.uploaded_by)
    )
