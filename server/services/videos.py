"""Videos as people list, watch, edit and delete them. Who may see what is decided in `listing`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import Row, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.errors import InvalidInput, NotAllowed, NotFound
from server.events import Publish, VideoChanged, VideoDeleted
from server.jobs.listing import JobListing
from server.jobs.workers import Workers
from server.media.segment_index import watchable_ms
from server.models import CategoryRow, VideoRow, ViewRow
from server.services import text
from server.services.listing import NAMED, one_of, page_of, visible_to
from server.services.search import Search
from server.storage import Storage
from server.values.accounts import Caller
from server.values.clock import Clock
from server.values.folded import title_key
from server.values.jobs import VideoProgress
from server.values.paging import Page
from server.values.sidecars import Subtitle
from server.values.videos import Video, VideoChanges, VideoQuery, VideoStatus

_NO_VIDEO = "There is no such video."


class Videos:
    """Lists, edits and deletes videos."""

    def __init__(
        self,
        database: Database,
        jobs: JobListing,
        workers: Workers,
        storage: Storage,
        search: Search,
        publish: Publish,
        clock: Clock,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._workers = workers
        self._storage = storage
        self._search = search
        self._publish = publish
        self._clock = clock

    def list(self, caller: Caller, query: VideoQuery) -> Page[Video]:
        """The videos `caller` may see that fit `query`."""
        with self._database.read() as db:
            rows, total = page_of(db, self._search, caller, query)
            items = [self._value(row, name) for row, name in rows]
        return Page(items=items, total=total, page=query.page, page_size=query.page_size)

    def get(self, caller: Caller, video_id: UUID) -> Video:
        """One video. Raises `NotFound`, also for one the caller may not see."""
        found = self._database.ask(*one_of(caller, video_id))
        if found is None:
            raise NotFound(_NO_VIDEO)
        return self._value(found, found.username)

    def several(self, caller: Caller, video_ids: Iterable[UUID]) -> dict[UUID, Video]:
        """Those of these videos that `caller` may see, by their ids."""
        with self._database.read() as db:
            rows = db.execute(NAMED.where(VideoRow.id.in_(list(video_ids)), visible_to(caller)))
            return {row.id: self._value(row, name) for row, name in rows}

    def update(self, caller: Caller, video_id: UUID, changes: VideoChanges) -> Video:
        """Edit a video. Raises `NotFound`, `NotAllowed`, `InvalidInput`."""
        values: dict[str, object] = {}
        if changes.title is not msgspec.UNSET:
            values["title"] = title = text.title(changes.title)
            values["title_key"] = title_key(title)
        if changes.description is not msgspec.UNSET:
            values["description"] = text.description(changes.description)
        if changes.category_id is not msgspec.UNSET:
            values["category_id"] = changes.category_id
        with self._database.write() as db:
            require_editable(db, caller, video_id)
            if changes.category_id is not msgspec.UNSET:
                require_category(db, changes.category_id)
            if values:
                db.execute(update(VideoRow).where(VideoRow.id == video_id).values(**values))
            video = self._get(db, caller, video_id)
            self._search.learn(db, video_id, video.title, video.description)
        self._publish(VideoChanged(video_id=video_id))
        return video

    def delete(self, caller: Caller, video_id: UUID) -> None:
        """Delete a video with its files and its job, also while it is being made ready or watched.

        The row goes first. If a worker has the video, it removes the files when its child has ended.
        """
        with self._database.write() as db:
            require_editable(db, caller, video_id)
            self._storage.condemn(video_id)
            db.delete(db.get_one(VideoRow, video_id))
        if not self._workers.stop_video(video_id):
            self._storage.remove(video_id)
        self._publish(VideoDeleted(video_id=video_id))

    def count_view(self, caller: Caller, video_id: UUID) -> int:
        """Count a view, once for each viewer's session, and return the number of views."""
        with self._database.write() as db:
            video = self._get(db, caller, video_id)
            seen = ViewRow(
                id=uuid4(),
                video_id=video_id,
                user_id=caller.user_id,
                session_id=caller.session_id,
                seen_at=self._clock(),
            )
            try:
                with db.begin_nested():
                    db.add(seen)
            except IntegrityError:
                return video.view_count
            db.execute(
                update(VideoRow).where(VideoRow.id == video_id).values(view_count=VideoRow.view_count + 1)
            )
        self._publish(VideoChanged(video_id=video_id))
        return video.view_count + 1

    def progress(self, caller: Caller, video_id: UUID) -> VideoProgress:
        """How far a video is. Raises `NotFound`."""
        with self._database.read() as db:
            video = self._get(db, caller, video_id)
        job = self._jobs.of_video(video_id)
        return VideoProgress(
            state=job.state,
            progress=job.progress,
            speed=job.speed,
            eta_ms=job.eta_ms,
            place=job.place,
            error=job.error,
            watchable_ms=video.watchable_ms,
        )

    def _get(self, db: DbSession, caller: Caller, video_id: UUID) -> Video:
        return self._value(*_find(db, caller, video_id))

    def _value(self, row: VideoRow | Row[Any], uploader_name: str | None) -> Video:
        completed = row.status == VideoStatus.COMPLETED
        grown_ms = 0 if completed else watchable_ms(self._storage.growing_index(row.id))
        return Video(
            id=row.id,
            title=row.title,
            description=row.description,
            category_id=row.category_id,
            uploaded_by=row.uploaded_by,
            uploader_name=uploader_name,
            original_filename=row.original_filename,
            size_bytes=row.size_bytes,
            duration_ms=row.duration_ms,
            width=row.width,
            height=row.height,
            status=VideoStatus(row.status),
            progress=row.progress,
            error=row.error,
            view_count=row.view_count,
            has_thumbnail=row.has_thumbnail,
            has_storyboard=row.has_storyboard,
            has_chapters=row.has_chapters,
            subtitles=tuple(Subtitle(**track) for track in row.subtitles),
            watchable_ms=(row.duration_ms or 0) if completed else grown_ms,
            renditions=tuple(map(int, row.renditions.split(","))) if row.renditions else (),
            created_at=row.created_at,
            processed_at=row.processed_at,
        )


def require_category(db: DbSession, category_id: UUID | None) -> None:
    """Raise `InvalidInput` for a category that is not there."""
    if category_id is not None and db.get(CategoryRow, category_id) is None:
        raise InvalidInput("There is no such category.", field="category_id")


def _find(db: DbSession, caller: Caller, video_id: UUID) -> tuple[VideoRow, str | None]:
    found = db.execute(*one_of(caller, video_id)).one_or_none()
    if found is None:
        raise NotFound(_NO_VIDEO)
    return found[0], found[1]


def require_editable(db: DbSession, caller: Caller, video_id: UUID) -> None:
    """Raise `NotFound` for a video that the caller may not see, `NotAllowed` for one they may not change."""
    video, _ = _find(db, caller, video_id)
    if not caller.may_edit(video.uploaded_by):
        raise NotAllowed("Only the person who uploaded this video, or an admin, may change it.")
