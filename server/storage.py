"""Where the bytes of videos live: the only module that knows the folder layout.

    VIDEO_STORAGE_PATH/incoming/UPLOAD_ID/source     an upload, growing
    VIDEO_STORAGE_PATH/library/VIDEO_ID/source       the original, until its encode has been checked
    VIDEO_STORAGE_PATH/library/VIDEO_ID/work/        what a job is making; swept when no job runs
    VIDEO_STORAGE_PATH/library/VIDEO_ID/video.mp4    the finished video
    VIDEO_STORAGE_PATH/orphans/VIDEO_ID/             files that no database row knows, set aside at a start
    THUMBNAIL_STORAGE_PATH/VIDEO_ID.jpg              its preview picture

Everything under VIDEO_STORAGE_PATH is on one file system, so a finished thing is put in place by one rename. A name is
always made of our own ids, never of anything a person typed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from server.errors import CannotStart

_CONDEMNED = "condemned"


class Storage:
    """The folders of the videos. Any thread may use it; that each id has one writer at a time is the callers' care."""

    def __init__(self, videos: Path, thumbnails: Path) -> None:
        self._incoming = videos / "incoming"
        self._library = videos / "library"
        self._orphans = videos / "orphans"
        self._thumbnails = thumbnails

    def prepare(self) -> None:
        """Make the folders. Raises `CannotStart` when one cannot be written."""
        for folder in (self._incoming, self._library, self._thumbnails):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                probe = folder / ".writable"
                probe.touch()
                probe.unlink()
            except OSError as error:
                raise CannotStart(
                    f"The folder {folder} cannot be written ({error.strerror}). "
                    "Choose another folder, or change its rights."
                ) from error

    def incoming(self, upload_id: UUID) -> Path:
        """The growing file of an upload."""
        return self._incoming / str(upload_id) / "source"

    def create_incoming(self, upload_id: UUID) -> Path:
        """Make an empty file for an upload, in a folder of its own."""
        path = self.incoming(upload_id)
        path.parent.mkdir()
        path.touch(exist_ok=False)
        return path

    def received_bytes(self, upload_id: UUID) -> int:
        """How many bytes of an upload are on disk; 0 when there is no file."""
        try:
            return self.incoming(upload_id).stat().st_size
        except FileNotFoundError:
            return 0

    def adopt(self, upload_id: UUID, video_id: UUID) -> Path:
        """Turn a complete upload into the source of a video by one rename; asking twice is harmless."""
        folder = self._library / str(video_id)
        if not folder.exists():
            self.incoming(upload_id).parent.replace(folder)
        return self.source(video_id)

    def discard_incoming(self, upload_id: UUID) -> None:
        """Remove an upload's folder, if it is there."""
        shutil.rmtree(self._incoming / str(upload_id), ignore_errors=True)

    def source(self, video_id: UUID) -> Path:
        """The original of a video."""
        return self._library / str(video_id) / "source"

    def video(self, video_id: UUID) -> Path:
        """The finished MP4 of a video."""
        return self._library / str(video_id) / "video.mp4"

    def thumbnail(self, video_id: UUID) -> Path:
        """The preview picture of a video."""
        return self._thumbnails / f"{video_id}.jpg"

    def work(self, video_id: UUID) -> Path:
        """The folder a job works in; empty when this returns."""
        folder = self._library / str(video_id) / "work"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def ready_source(self, video_id: UUID) -> Path:
        """The source for a job to read.

        A kept file is its own result: if the power went between putting it in place and noting so, it is taken back.
        """
        source = self.source(video_id)
        if not source.exists() and self.video(video_id).exists():
            self.video(video_id).replace(source)
        return source

    def publish(self, video_id: UUID, made: Path, thumbnail: Path | None) -> None:
        """Put the finished MP4 and its picture in place; each by one atomic rename after its bytes are on disk."""
        for path in filter(None, (made, thumbnail)):
            _sync(path)
        if thumbnail is not None:
            self._copy_across(thumbnail, self.thumbnail(video_id))
        made.replace(self.video(video_id))
        _sync(self.video(video_id).parent)

    def tidy(self, video_id: UUID, *, keep_source: bool) -> None:
        """Remove what only the job needed."""
        shutil.rmtree(self._library / str(video_id) / "work", ignore_errors=True)
        if not keep_source:
            self.source(video_id).unlink(missing_ok=True)

    def remove(self, video_id: UUID) -> None:
        """Remove everything of a video."""
        self.thumbnail(video_id).unlink(missing_ok=True)
        shutil.rmtree(self._library / str(video_id), ignore_errors=True)

    def free_bytes(self) -> int:
        """Free space where the videos are."""
        return shutil.disk_usage(self._library).free

    def condemn(self, video_id: UUID) -> None:
        """Mark a video's folder as one to delete, before its row goes: a crash in between must not keep it."""
        folder = self._library / str(video_id)
        if folder.is_dir():
            (folder / _CONDEMNED).touch()

    def sweep(self, uploads: Iterable[UUID], videos: Iterable[UUID]) -> list[str]:
        """Clear away what belongs to none of the given ids, and say what. For the start, before anything runs.

        Unfinished uploads and condemned videos are deleted. Any other unknown video is set aside in `orphans`: an
        older or wrong database must never cost anybody a video.
        """
        known_uploads, known_videos = {str(each) for each in uploads}, {str(each) for each in videos}
        swept = []
        for folder in self._incoming.iterdir():
            if folder.name not in known_uploads:
                shutil.rmtree(folder, ignore_errors=True)
                swept.append(f"incoming/{folder.name}")
        for folder in self._library.iterdir():
            if folder.name in known_videos:
                (folder / _CONDEMNED).unlink(missing_ok=True)
                continue
            if (folder / _CONDEMNED).exists() or not _holds_files(folder):
                shutil.rmtree(folder, ignore_errors=True)
            else:
                self._orphans.mkdir(exist_ok=True)
                folder.replace(self._orphans / folder.name)
            swept.append(f"library/{folder.name}")
        for picture in self._thumbnails.glob("*.jpg"):
            if picture.stem not in known_videos:
                picture.unlink(missing_ok=True)
                swept.append(f"thumbnails/{picture.name}")
        return swept

    @staticmethod
    def _copy_across(made: Path, place: Path) -> None:
        """Like a rename, but the thumbnail folder may be on another file system."""
        staged = place.with_suffix(".new")
        shutil.copyfile(made, staged)
        _sync(staged)
        staged.replace(place)


def _sync(path: Path) -> None:
    """Make sure that `path`, a file or a folder, has reached the disk. Folders cannot be synced on Windows."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _holds_files(folder: Path) -> bool:
    return any((folder / name).exists() for name in ("source", "video.mp4"))
