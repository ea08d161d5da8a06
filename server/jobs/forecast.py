"""When the waiting jobs will be done: by the speeds measured lately, the lengths of their videos, and their order."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from server.database.engine import Database
from server.jobs import places
from server.models import JobRow, VideoRow
from server.values.clock import Clock
from server.values.jobs import Action, JobState

#: The last so many finished jobs say how fast this machine is.
_MEASURED = 50
#: A forecast serves everybody who asks within this time.
_KEPT_S = 2.0
#: Starting a child, reading the file and checking the result, besides encoding (measured: 0.8 to 1.5 s).
_AROUND_MS = 1_000


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What a job takes: `left_ms` on one worker, None when nobody can say."""

    job_id: UUID
    left_ms: int | None


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """A job as the speeds are taken from it; `speed` is a multiple of playing time, `took_ms` from start to end."""

    action: str | None
    speed: float | None
    duration_ms: int | None
    pixels: int
    took_ms: int | None = None


class Speeds:
    """How long a job takes on this machine, by what was measured lately. Pure."""

    def __init__(self, measured: Sequence[Measured]) -> None:
        encodes = [
            (each.duration_ms / each.speed, each.duration_ms * each.pixels)
            for each in measured
            if each.action == Action.TRANSCODE and each.speed and each.duration_ms and each.pixels
        ]
        pixels_shown = sum(shown for _, shown in encodes)
        #: milliseconds of work for each millisecond that a pixel is shown
        self._encode = sum(took for took, _ in encodes) / pixels_shown if pixels_shown else None
        quick = [
            each.took_ms
            for each in measured
            if each.action not in {None, Action.TRANSCODE} and each.took_ms is not None
        ]
        self._quick_ms = sum(quick) / len(quick) if quick else _AROUND_MS

    def takes_ms(self, action: str | None, duration_ms: int | None, pixels: int) -> int | None:
        """How long a job takes from its start, None when that cannot be said."""
        if action is None:
            return None
        if action != Action.TRANSCODE:
            return round(self._quick_ms)
        if self._encode is None or not duration_ms or not pixels:
            return None
        return round(self._encode * duration_ms * pixels) + _AROUND_MS


def foretell(running: Sequence[int | None], waiting: Sequence[Work], workers: int) -> dict[UUID, int]:
    """When each waiting job will be done, in milliseconds from now; those of which nobody can tell are left out. Pure.

    `running` is what each running job has left. The jobs start in order, each on the worker that is free first; after
    one of unknown length nothing more can be told.
    """
    if None in running:
        return {}
    free = [left for left in running if left is not None]
    free += [0] * (workers - len(free))
    heapq.heapify(free)
    told: dict[UUID, int] = {}
    for work in waiting:
        if work.left_ms is None:
            break
        told[work.job_id] = heapq.heappop(free) + work.left_ms
        heapq.heappush(free, told[work.job_id])
    return told


class Forecast:
    """Answers from memory, and looks at the queue anew every two seconds at most. Thread-safe."""

    def __init__(self, database: Database, workers: int, clock: Clock) -> None:
        self._database = database
        self._workers = workers
        self._clock = clock
        self._lock = threading.Lock()
        self._told: dict[UUID, int] = {}
        self._told_s: float | None = None

    def eta_ms(self, job_id: UUID) -> int | None:
        """How long until a waiting job is done, None when that cannot be said."""
        with self._lock:
            now = time.monotonic()
            if self._told_s is None or now - self._told_s >= _KEPT_S:
                self._told, self._told_s = self._look(), now
            told_ms = self._told.get(job_id)
            return None if told_ms is None else max(0, told_ms - round((now - self._told_s) * 1000))

    def _look(self) -> dict[UUID, int]:
        jobs = select(JobRow, VideoRow.duration_ms, VideoRow.width, VideoRow.height).join(
            VideoRow, VideoRow.id == JobRow.video_id
        )
        done = jobs.where(JobRow.state == JobState.DONE.value).order_by(JobRow.finished_at.desc())
        with self._database.read() as db:
            running = db.execute(jobs.where(JobRow.state == JobState.RUNNING.value)).all()
            speeds = Speeds([_measured(*each) for each in (*running, *db.execute(done.limit(_MEASURED)))])
            now = self._clock()
            left = [
                told if (told := left_ms(row, now)) is not None else _left(speeds, row, *of)
                for row, *of in running
            ]
            waiting = [
                Work(job_id=row.id, left_ms=_left(speeds, row, *of))
                for row, *of in db.execute(jobs.where(places.WAITING).order_by(*places.ORDER))
            ]
        return foretell(left, waiting, self._workers)


def left_ms(row: JobRow, now: datetime) -> int | None:
    """How long until a job that runs is done, by its own last report; None when it has not said."""
    return None if row.ends_at is None else max(0, round((row.ends_at - now).total_seconds() * 1000))


def _measured(row: JobRow, duration_ms: int | None, width: int | None, height: int | None) -> Measured:
    took = row.finished_at - row.started_at if row.finished_at and row.started_at else None
    return Measured(
        action=row.action,
        speed=row.speed,
        duration_ms=duration_ms,
        pixels=(width or 0) * (height or 0),
        took_ms=round(took.total_seconds() * 1000) if took is not None else None,
    )


def _left(
    speeds: Speeds, row: JobRow, duration_ms: int | None, width: int | None, height: int | None
) -> int | None:
    """What a job still takes; one that was interrupted goes on from where it was."""
    takes = speeds.takes_ms(row.action, duration_ms, (width or 0) * (height or 0))
    return None if takes is None else round(takes * (1 - row.progress))
