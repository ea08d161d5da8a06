"""The queue's memory: the `jobs` table and the status of the videos that wait in it.

Everything here is a short transaction; a job and its video always change together. `JobState` holds the state machine.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.errors import Conflict, NotFound
from server.jobs import places
from server.jobs.turns import Lane
from server.media.messages import Decided, Finished
from server.models import JobRow, VideoRow
from server.values.clock import Clock
from server.values.jobs import Action, JobState
from server.values.videos import VideoStatus

#: Jobs with a child, which may be about to go; and those with none yet.
ACTIVE = (JobState.RUNNING.value, JobState.PAUSING.value, JobState.CANCELLING.value)
_IDLE = (JobState.QUEUED.value, JobState.PAUSED.value)
_LOOK_AHEAD = 20


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A job that the claiming worker, and no other, now runs."""

    job_id: UUID
    video_id: UUID
    attempts: int
    always_transcode: bool


class Unknown(msgspec.Struct, frozen=True, kw_only=True):
    """A waiting job whose file nobody has looked at yet."""

    job_id: UUID
    video_id: UUID
    always_transcode: bool


class JobStore:
    """Reads and writes jobs. Thread-safe."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(self, db: DbSession, video_id: UUID) -> UUID:
        """Queue a new video, within the caller's transaction."""
        now = self._clock()
        row = JobRow(id=uuid4(), video_id=video_id, state=JobState.QUEUED.value, created_at=now)
        places.join_queue(db, row, db.get_one(VideoRow, video_id).uploaded_by)
        db.add(row)
        return row.id

    def claim(self) -> Claimed | None:
        """Take the job whose turn it is, or None when nothing waits."""
        with self._database.write() as db:
            row = places.first(db)
            if row is None:
                return None
            row.state = JobState.RUNNING.value
            row.started_at, row.finished_at = self._clock(), None
            row.progress, row.speed, row.ends_at, row.error, row.detail = 0.0, None, None, None, None
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
                _note(db, row, decision)

    def to_look_at(self) -> list[Unknown]:
        """The next waiting jobs of which nobody knows yet what has to be done."""
        unknown = select(JobRow.id, JobRow.video_id, JobRow.always_transcode).where(
            places.WAITING, JobRow.action.is_(None)
        )
        with self._database.read() as db:
            return [
                Unknown(job_id=job, video_id=video, always_transcode=always)
                for job, video, always in db.execute(unknown.order_by(*places.ORDER).limit(_LOOK_AHEAD))
            ]

    def looked_at(self, job_id: UUID, decision: Decided) -> None:
        """Note what will be done with a waiting job's file; what is done in seconds goes before encodes."""
        with self._database.write() as db:
            row = db.get(JobRow, job_id)
            if row is None or row.state != JobState.QUEUED:
                return
            _note(db, row, decision)
            if row.lane == Lane.ORDINARY and decision.action is not Action.TRANSCODE:
                row.lane = Lane.QUICK.value

    def forget_looks(self) -> None:
        """The settings have changed: what was found of the waiting jobs may no longer be so."""
        with self._database.write() as db:
            db.execute(update(JobRow).where(places.WAITING).values(action=None))
            quick = update(JobRow).where(places.WAITING, JobRow.lane == Lane.QUICK)
            db.execute(quick.values(lane=Lane.ORDINARY.value))

    def progressed(self, job_id: UUID, progress: float, speed: float | None, eta_ms: int | None) -> None:
        """Note how far a job is. The workers call it every few seconds, not for every message."""
        ends_at = self._clock() + timedelta(milliseconds=eta_ms) if eta_ms is not None else None
        with self._database.write() as db:
            row = db.get(JobRow, job_id)
            if row is not None:
                row.progress, row.speed, row.ends_at = progress, speed, ends_at
                _set_video(db, row.video_id, progress=progress)

    def finished(self, job_id: UUID, result: Finished) -> bool:
        """Note that the video is ready. False when it was deleted meanwhile."""
        now = self._clock()
        with self._database.write() as db:
            row = db.get(JobRow, job_id)
            if row is None:
                return False
            row.state, row.progress, row.ends_at, row.finished_at = JobState.DONE.value, 1.0, now, now
            row.action = result.action.value
            if row.speed is None and row.started_at is not None and now > row.started_at:
                # too short to have been measured on the way
                row.speed = result.duration_ms / 1000 / (now - row.started_at).total_seconds()
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
                renditions=",".join(map(str, result.renditions)),
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
            row.speed, row.ends_at, row.finished_at = None, None, self._clock()
            _set_video(db, row.video_id, status=VideoStatus.FAILED.value, error=sentence)
            return True

    def again(
        self, job_id: UUID, *, crashed: bool, detail: str, sentence: str | None = None
    ) -> JobState | None:
        """A job whose child has gone waits again, at its old place, counting the attempt if it crashed.

        `sentence` tells its uploader why it waits.
        One that somebody wanted paused or cancelled meanwhile is that instead. Returns what it is now, None when the
        video was deleted.
        """
        with self._database.write() as db:
            row = db.get(JobRow, job_id)
            if row is None:
                return None
            row.attempts += int(crashed)
            self._settle(db, row, detail, sentence)
            return JobState(row.state)

    def cancel(self, job_id: UUID) -> tuple[JobState, UUID]:
        """Ask for the end of a job: a waiting or paused one is cancelled at once, a running one is `cancelling`.

        Raises `NotFound`, `Conflict` when it has ended already.
        """
        with self._database.write() as db:
            row = _require(db, job_id)
            if row.state in _IDLE:
                self._cancelled(db, row)
            elif row.state in ACTIVE:
                row.state = JobState.CANCELLING.value
            else:
                raise Conflict("This job has ended already.")
            return JobState(row.state), row.video_id

    def pause(self, job_id: UUID) -> tuple[JobState, UUID]:
        """Ask for a pause: a waiting job is paused at once, a running one is `pausing`.

        Raises `NotFound`, `Conflict` for one that has ended, or is about to.
        """
        with self._database.write() as db:
            row = _require(db, job_id)
            if row.state == JobState.QUEUED:
                row.state = JobState.PAUSED.value
            elif row.state == JobState.RUNNING:
                row.state = JobState.PAUSING.value
            elif row.state not in {JobState.PAUSED, JobState.PAUSING}:
                raise Conflict("This job is over, so there is nothing to pause.")
            return JobState(row.state), row.video_id

    def resume(self, job_id: UUID) -> UUID:
        """Let a paused job go on, before all others. Raises `NotFound`, `Conflict` for one that is not paused."""
        with self._database.write() as db:
            row = _require(db, job_id)
            if row.state not in {JobState.PAUSED, JobState.PAUSING}:
                raise Conflict("This job is not paused.")
            places.put_first(db, row)
            # whose child is still being stopped goes on when that has ended
            row.state = (JobState.QUEUED if row.state == JobState.PAUSED else JobState.RUNNING).value
            return row.video_id

    def move(self, job_id: UUID, before: UUID | None) -> None:
        """Let a waiting job go before another one, or after all. Raises `NotFound`, `Conflict`."""
        with self._database.write() as db:
            row = _require_waiting(db, job_id)
            if before is None:
                places.put_last(db, row)
            elif before != job_id:
                places.put_before(db, row, _require_waiting(db, before))

    def move_first(self, job_id: UUID) -> None:
        """Let a waiting job be the next. Raises `NotFound`, `Conflict`."""
        with self._database.write() as db:
            places.put_first(db, _require_waiting(db, job_id))

    def retry(self, job_id: UUID) -> UUID:
        """Queue a failed or cancelled job anew. Raises `NotFound`, `Conflict` when there is nothing to retry."""
        with self._database.write() as db:
            row = _require(db, job_id)
            if row.state not in {JobState.FAILED, JobState.CANCELLED}:
                raise Conflict("Only a failed or cancelled job can be tried again.")
            row.state, row.attempts = JobState.QUEUED.value, 0
            places.join_queue(db, row, db.get_one(VideoRow, row.video_id).uploaded_by)
            row.error = row.detail = row.started_at = row.finished_at = row.speed = row.ends_at = None
            row.progress = 0.0
            _set_video(db, row.video_id, status=VideoStatus.PENDING.value, progress=0.0, error=None)
            return row.video_id

    def recover(self) -> int:
        """After a start: jobs that were running when the last process ended wait again. Returns how many."""
        with self._database.write() as db:
            left = list(db.scalars(select(JobRow).where(JobRow.state.in_(ACTIVE))))
            for row in left:
                self._settle(db, row, row.detail)
            return sum(row.state == JobState.QUEUED for row in left)

    def lately_done(self, number: int) -> list[UUID]:
        """The videos of the `number` jobs that were done last."""
        with self._database.read() as db:
            done = select(JobRow.video_id).where(JobRow.state == JobState.DONE.value)
            return list(db.scalars(done.order_by(JobRow.finished_at.desc()).limit(number)))

    def is_cancelling(self, job_id: UUID) -> bool:
        """Whether somebody wants the end of a running job."""
        with self._database.read() as db:
            return db.scalar(select(JobRow.state).where(JobRow.id == job_id)) == JobState.CANCELLING

    def exists(self, job_id: UUID) -> bool:
        """Whether the job, and so its video, is still there."""
        with self._database.read() as db:
            return db.get(JobRow, job_id) is not None

    def _settle(self, db: DbSession, row: JobRow, detail: str | None, sentence: str | None = None) -> None:
        """What becomes of an unfinished job when its child has gone."""
        if row.state == JobState.CANCELLING:
            self._cancelled(db, row)
            return
        paused = row.state == JobState.PAUSING
        row.state, row.detail = (JobState.PAUSED if paused else JobState.QUEUED).value, detail
        row.speed, row.ends_at, row.error = None, None, sentence
        _set_video(db, row.video_id, status=VideoStatus.PENDING.value, progress=row.progress, error=sentence)

    def _cancelled(self, db: DbSession, row: JobRow) -> None:
        row.state, row.error, row.finished_at = JobState.CANCELLED.value, CANCELLED_SENTENCE, self._clock()
        row.speed = row.ends_at = None
        _set_video(db, row.video_id, status=VideoStatus.FAILED.value, error=CANCELLED_SENTENCE)


CANCELLED_SENTENCE = "Getting this video ready was cancelled."


def _require(db: DbSession, job_id: UUID) -> JobRow:
    row = db.get(JobRow, job_id)
    if row is None:
        raise NotFound("There is no such job.")
    return row


def _require_waiting(db: DbSession, job_id: UUID) -> JobRow:
    row = _require(db, job_id)
    if row.state != JobState.QUEUED:
        raise Conflict("Only a job that waits has a place in the queue.")
    return row


def _note(db: DbSession, row: JobRow, decision: Decided) -> None:
    row.action, row.reasons = decision.action.value, "\n".join(decision.reasons)
    _set_video(
        db,
        row.video_id,
        duration_ms=decision.duration_ms,
        width=decision.width,
        height=decision.height,
    )


def _set_video(db: DbSession, video_id: UUID, **values: object) -> None:
    db.execute(update(VideoRow).where(VideoRow.id == video_id).values(**values))
