"""Compares the videos in the database with the files in the library. Changes nothing but what it is told to."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from server.database.engine import Database
from server.models import UploadRow, VideoRow
from server.storage import Storage


class LibraryFiles:
    """One comparison of a database and a library."""

    def __init__(self, database: Database, storage: Storage) -> None:
        self._database = database
        self._storage = storage

    def missing(self) -> list[str]:
        """The titles of the videos that have no file, neither the finished one nor the original."""
        with self._database.read() as db:
            videos = db.execute(select(VideoRow.id, VideoRow.title).order_by(VideoRow.created_at)).all()
        return [
            title
            for video_id, title in videos
            if not self._storage.video(video_id).exists() and not self._storage.source(video_id).exists()
        ]

    def unknown(self) -> list[str]:
        """The names of the library's folders that belong to no video."""
        known = {str(video_id) for video_id in self._known_videos()}
        if not self._storage.library.is_dir():
            return []
        return sorted(entry.name for entry in self._storage.library.iterdir() if entry.name not in known)

    def set_aside(self) -> list[str]:
        """Do what a start does with folders that belong to no video: put them into `orphans`."""
        with self._database.read() as db:
            uploads = list(db.scalars(select(UploadRow.id).where(UploadRow.finished_at.is_(None))))
        return self._storage.sweep(uploads=uploads, videos=self._known_videos())

    def _known_videos(self) -> list[UUID]:
        with self._database.read() as db:
            uploading = select(UploadRow.video_id).where(UploadRow.finished_at.is_(None))
            return [*db.scalars(select(VideoRow.id)), *db.scalars(uploading)]
