"""The queue's memory: the `jobs` table and the status of the videos that wait in it.

Everything here is a short transaction; a job and its video always change together. `JobState` holds the state machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.errors import Conflict, NotFound
from server.jobs.turns import Waiting, in_turn
from server.media.messages import Decided, Finished
from server.models import JobRow, UserRow, VideoRow
from server.values.clock import Clock
from server.values.jobs import Action, Job, JobState
from server.values.paging import Page
from server.values.videos import VideoStatus

_ACTIVE = (JobState.RUNNING.value, JobState.CANCELLING.value)
_UNFINISHED = (JobState.QUEUED.value, *_ACTIVE)


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A job that the claiming worker, and no other, now runs."""

    job_id: UUID
    video_id: UUID
    attempts: int
    always_transcode: bool


class JobStore:
    """Reads and writes jobs. Thread-safe."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(self, db: DbSession, video_id: UUID) -> UUID:
        """Queue a new video, within the caller's transaction."""
        now = self._clock()
        row = JobRow(
            id=uuid4(), video_id=video_id, state=JobState.QUEUED.value, rank=now.timestamp(), created_at=now
        )
        db.add(row)
        return row.id

    def claim(self) -> Claimed | None:
        """Take the job whose turn it is, or None when nothing waits."""
        with self._database.write() as db:
            order = self._order(db)
            if not order:
                return None
            row = db.get_one(JobRow, order[0])
            row.state = JobState.RUNNING.value
            row.started_at, row.finished_at = self._clock(), None
            row.progress, row.speed, row.eta_ms, row.error, row.detail = 0.0, None, None, None, None
            _set_video(db, row.video_id, status=VideoStatus.PROCESSING.value, progress=0.0, error=None)
            return Claimed(
                job_id=row.id,
                video_id=row.video_id,
                attempts=row.attempts,
                always_transcode=row.always_transcode,
            )

    def decided(self, job_id: UUID, decision: Decided) -> None:
        """Note what is done with the file, and why."""
        with self._database.write() as db:
            row = db.get(JobRow, job_id)
            if row is not None:
                row.action, row.reasons = decision.action.value, "\n".join(decision.reasons)
                _set_video(
                    db,
                    row.video_id,
                    duration_ms=decision.duration_ms,
                    width=decision.width,
                    height=decision.height,
                )

    def progressed(self, job_id: UUID, progress: float, speed: float | None, eta_ms: int | None) -> None:
        """Note how far a job is. The workers call it every few seconds, not for every message."""
        with self._database.write() as db:
            row = db.get(JobRow, job_id)
            if row is not None:
                row.progress, row.speed, row.eta_ms = progress, speed, eta_ms
                _set_video(db, row.video_id, progress=progress)

    def finished(self, job_id: UUID, result: Finished) -> bool:
        """Note that the video is ready. False when it was deleted meanwhile."""
        now = self._clock()
        with self._database.write() as db:
            row = db.get(JobRow, job_id)
            if row is None:
                return False
            row.state, row.progress, row.eta_ms, row.finished_at = JobState.DONE.value, 1.0, 0, now
            row.action = result.action.value
            _set_video(
                db,
                row.video_id,
                status=VideoStatus.COMPLETED.value,
                progress=1.0,
                error=None,
                duration_ms=result.duration_ms,
                width=result.width,
                height=result.height,
                size_bytes=result.size_bytes,
                has_thumbnail=result.thumbnail is not None,
                has_storyboard=result.sidecars.has_storyboard,
                has_chapters=result.sidecars.has_chapters,
                subtitles=[msgspec.structs.asdict(track) for track in result.sidecars.subtitles],
                processed_at=now,
            )
            return True

    def ended(self, job_id: UUID, state: JobState, sentence: str, detail: str) -> bool:
        """Note that a job failed or was cancelled, with a sentence for the uploader and details for the admin.

        False when the video was deleted meanwhile.
        """
        with self._database.write() as db:
            row = db.get(JobRow, job_id)
            if row is None:
                return False
            row.state, row.error, row.detail = state.value, sentence, detail
            row.speed, row.eta_ms, row.finished_at = None, None, self._clock()
            _set_video(db, row.video_id, status=VideoStatus.FAILED.value, error=sentence)
            return True

    def again(self, job_id: UUID, *, crashed: bool, detail: str, sentence: str | None = None) -> None:
        """Put a running job back to the front of its owner's jobs, counting the attempt if it crashed.

        `sentence` tells its uploader why it waits.
        One that somebody has asked to cancel meanwhile is cancelled instead.
        """
        with self._database.write() as db:
            row = db.get(JobRow, job_id)
            if row is not None and row.state == JobState.CANCELLING:
                self._cancelled(db, row)
            elif row is not None:
                row.state, row.detail, row.error = JobState.QUEUED.value, detail, sentence
                row.attempts += int(crashed)
                _set_video(db, row.video_id, status=VideoStatus.PENDING.value, progress=0.0, error=sentence)

    def cancel(self, job_id: UUID) -> tuple[JobState, UUID]:
        """Ask for the end of a job: a waiting one is cancelled at once, a running one is `cancelling`.

        Raises `NotFound`, `Conflict` when it has ended already.
        """
        with self._database.write() as db:
            row = _require(db, job_id)
            if row.state == JobState.QUEUED:
                self._cancelled(db, row)
            elif row.state in _ACTIVE:
                row.state = JobState.CANCELLING.value
            else:
                raise Conflict("This job has ended already.")
            return JobState(row.state), row.video_id

    def retry(self, job_id: UUID) -> UUID:
        """Queue a failed or cancelled job anew. Raises `NotFound`, `Conflict` when there is nothing to retry."""
        with self._database.write() as db:
            row = _require(db, job_id)
            if row.state not in {JobState.FAILED, JobState.CANCELLED}:
                raise Conflict("Only a failed or cancelled job can be tried again.")
            row.state, row.attempts, row.rank = JobState.QUEUED.value, 0, self._clock().timestamp()
            row.error = row.detail = row.started_at = row.finished_at = row.speed = row.eta_ms = None
            row.progress = 0.0
            _set_video(db, row.video_id, status=VideoStatus.PENDING.value, progress=0.0, error=None)
            return row.video_id

    def recover(self) -> int:
        """After a start: jobs that were running when the last process ended wait again. Returns how many."""
        with self._database.write() as db:
            for row in db.scalars(select(JobRow).where(JobRow.state == JobState.CANCELLING.value)):
                self._cancelled(db, row)
            running = list(db.scalars(select(JobRow).where(JobRow.state == JobState.RUNNING.value)))
            for row in running:
                row.state = JobState.QUEUED.value
                _set_video(db, row.video_id, status=VideoStatus.PENDING.value, progress=0.0)
            return len(running)

    def lately_done(self, number: int) -> list[UUID]:
        """The videos of the `number` jobs that were done last."""
        with self._database.read() as db:
            done = select(JobRow.video_id).where(JobRow.state == JobState.DONE.value)
            return list(db.scalars(done.order_by(JobRow.finished_at.desc()).limit(number)))

    def _cancelled(self, db: DbSession, row: JobRow) -> None:
        row.state, row.error, row.finished_at = JobState.CANCELLED.value, CANCELLED_SENTENCE, self._clock()
        row.speed = row.eta_ms = None
        _set_video(db, row.video_id, status=VideoStatus.FAILED.value, error=CANCELLED_SENTENCE)

    def exists(self, job_id: UUID) -> bool:
        """Whether the job, and so its video, is still there."""
        with self._database.read() as db:
            return db.get(JobRow, job_id) is not None

    def get(self, job_id: UUID) -> Job:
        """One job. Raises `NotFound`."""
        with self._database.read() as db:
            return self._one(db, JobRow.id == job_id)

    def of_video(self, video_id: UUID) -> Job:
        """The job of a video. Raises `NotFound`."""
        with self._database.read() as db:
            return self._one(db, JobRow.video_id == video_id)

    def list(self, page: int, page_size: int) -> Page[Job]:
        """All jobs: running ones, waiting ones in their order, then those that ended, the latest first."""
        with self._database.read() as db:
            order = self._order(db)
            places = {job_id: place for place, job_id in enumerate(order, start=1)}
            ids = [
                *db.scalars(select(JobRow.id).where(JobRow.state.in_(_ACTIVE)).order_by(JobRow.started_at)),
                *order,
            ]
            total = db.scalar(select(func.count()).select_from(JobRow)) or 0
            first = (page - 1) * page_size
            chosen = ids[first : first + page_size]
            ended_from = max(0, first - len(ids))
            ended = (
                select(JobRow.id)
                .where(JobRow.state.not_in(_UNFINISHED))
                .order_by(JobRow.finished_at.desc(), JobRow.id)
                .limit(page_size - len(chosen))
                .offset(ended_from)
            )
            chosen += db.scalars(ended)
            found = {
                row.id: (row, video, name)
                for row, video, name in db.execute(_joined().where(JobRow.id.in_(chosen)))
            }
            items = [_value(*found[job_id], places.get(job_id)) for job_id in chosen]
        return Page(items=items, total=total, page=page, page_size=page_size)

    def counts(self) -> tuple[int, int]:
        """How many jobs wait, and how many run."""
        with self._database.read() as db:
            by_state = dict(db.execute(select(JobRow.state, func.count()).group_by(JobRow.state)).all())
        return by_state.get(JobState.QUEUED.value, 0), sum(by_state.get(state, 0) for state in _ACTIVE)

    def _one(self, db: DbSession, condition: ColumnElement[bool]) -> Job:
        found = db.execute(_joined().where(condition)).one_or_none()
        if found is None:
            raise NotFound("There is no such job.")
        row, video, name = found
        place = self._order(db).index(row.id) + 1 if row.state == JobState.QUEUED else None
        return _value(row, video, name, place)

    def _order(self, db: DbSession) -> Sequence[UUID]:
        waiting = db.execute(
            select(JobRow.id, VideoRow.uploaded_by, JobRow.rank)
            .join(VideoRow, VideoRow.id == JobRow.video_id)
            .where(JobRow.state == JobState.QUEUED.value)
        )
        jobs = [Waiting(job_id=job_id, owner_id=owner, rank=rank) for job_id, owner, rank in waiting]
        if len(jobs) < 2:
            return [job.job_id for job in jobs]
        served = db.execute(
            select(VideoRow.uploaded_by, func.max(JobRow.started_at))
            .join(VideoRow, VideoRow.id == JobRow.video_id)
            .where(JobRow.started_at.is_not(None))
            .group_by(VideoRow.uploaded_by)
        )
        last_served = {owner: moment for owner, moment in served if moment is not None}
        return in_turn(jobs, last_served)


CANCELLED_SENTENCE = "Getting this video ready was cancelled."


def _joined() -> Select[JobRow, VideoRow, str | None]:
    return (
        select(JobRow, VideoRow, UserRow.username)
        .join(VideoRow, VideoRow.id == JobRow.video_id)
        .outerjoin(UserRow, UserRow.id == VideoRow.uploaded_by)
    )


def _require(db: DbSession, job_id: UUID) -> JobRow:
    row = db.get(JobRow, job_id)
    if row is None:
        raise NotFound("There is no such job.")
    return row


def _set_video(db: DbSession, video_id: UUID, **values: object) -> None:
    db.execute(update(VideoRow).where(VideoRow.id == video_id).values(**values))


def _value(row: JobRow, video: VideoRow, uploader_name: str | None, place: int | None) -> Job:
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
        eta_ms=row.eta_ms,
        place=place,
        attempts=row.attempts,
        error=row.error,
        detail=row.detail,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
