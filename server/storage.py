"""Where the bytes of videos live: the only module that knows the folder layout.

    VIDEO_STORAGE_PATH/incoming/UPLOAD_ID/source     an upload, growing
    VIDEO_STORAGE_PATH/library/VIDEO_ID/source       the original, until its encode has been checked
    VIDEO_STORAGE_PATH/library/VIDEO_ID/work/        what a job is making; swept when no job runs
    VIDEO_STORAGE_PATH/library/VIDEO_ID/video.mp4    the finished video
    VIDEO_STORAGE_PATH/library/VIDEO_ID/480.mp4      a further rendition of it
    …/video.index, video.boxes                       its segments (`server.media.segment_index`), beside each of the two
    VIDEO_STORAGE_PATH/library/VIDEO_ID/beside/      its subtitles, chapters and storyboard
    VIDEO_STORAGE_PATH/orphans/VIDEO_ID/             files that no database row knows, set aside at a start
    THUMBNAIL_STORAGE_PATH/VIDEO_ID.jpg              its preview picture

Everything under VIDEO_STORAGE_PATH is on one file system, so a finished thing is put in place by one rename. A name is
always made of our own ids, never of anything a person typed.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable
from io import FileIO
from itertools import count
from pathlib import Path
from uuid import UUID

import structlog

from server.disk import plain_failures, sync, try_to_write
from server.errors import CannotStart
from server.values.renditions import MAIN

_log = structlog.get_logger(__name__)

_CONDEMNED = "condemned"
_WORK = "work"
_STAGED = ".new"


class Storage:
    """The folders of the videos. Any thread may use it; that each id has one writer at a time is the callers' care."""

    def __init__(self, videos: Path, thumbnails: Path) -> None:
        self._incoming = videos / "incoming"
        self._library = videos / "library"
        self._orphans = videos / "orphans"
        self._thumbnails = thumbnails

    @property
    def library(self) -> Path:
        """The folder of all videos, to be read as a whole."""
        return self._library

    @property
    def thumbnails(self) -> Path:
        """The folder of all preview pictures, to be read as a whole."""
        return self._thumbnails

    @staticmethod
    def is_passing(entry: Path) -> bool:
        """Whether a file or folder of these is there for the moment only: work of a job, a mark, half a picture."""
        return entry.name in {_WORK, _CONDEMNED} or entry.suffix == _STAGED

    def prepare(self) -> None:
        """Make the folders. Raises `CannotStart` when one cannot be written."""
        for folder in self._written_to():
            try:
                folder.mkdir(parents=True, exist_ok=True)
                try_to_write(folder)
            except OSError as error:
                raise CannotStart(
                    f"The folder {folder} cannot be written ({error.strerror}). "
                    "Choose another folder, or change its rights."
                ) from error

    def require_writable(self) -> None:
        """See that files can be made in every folder. Raises `OutOfSpace`, `Unavailable`."""
        with plain_failures():
            for folder in self._written_to():
                try_to_write(folder)

    def _written_to(self) -> tuple[Path, ...]:
        return self._incoming, self._library, self._thumbnails

    def incoming(self, upload_id: UUID) -> Path:
        """The growing file of an upload."""
        return self._incoming / str(upload_id) / "source"

    def create_incoming(self, upload_id: UUID) -> Path:
        """Make an empty file for an upload, in a folder of its own. Raises `OutOfSpace`, `Unavailable`."""
        path = self.incoming(upload_id)
        with plain_failures():
            path.parent.mkdir()
            path.touch(exist_ok=False)
        return path

    def open_incoming(self, upload_id: UUID) -> FileIO:
        """The file of an upload, to append to. Raises `OutOfSpace`, `Unavailable`."""
        with plain_failures():
            return FileIO(self.incoming(upload_id), "ab")

    def received_bytes(self, upload_id: UUID, video_id: UUID) -> int:
        """How many bytes of an upload are on disk, be it in its video's place already; 0 when there is no file.

        Raises `Unavailable`.
        """
        with plain_failures():
            for path in (self.incoming(upload_id), self.source(video_id)):
                with contextlib.suppress(FileNotFoundError):
                    return path.stat().st_size
        return 0

    def adopt(self, upload_id: UUID, video_id: UUID) -> Path:
        """Turn a complete upload into the source of a video by one rename; asking twice is harmless.

        The rename has reached the disk when this returns: the database, which may be on another disk, must not
        remember a video whose bytes a power cut has put back among the uploads. Raises `OutOfSpace`, `Unavailable`.
        """
        folder = self._library / str(video_id)
        with plain_failures():
            if not folder.exists():
                self.incoming(upload_id).parent.replace(folder)
            sync(self._library)
            sync(self._incoming)
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

    def rendition(self, video_id: UUID, height: int) -> Path:
        """The finished MP4 of a further rendition."""
        return self._library / str(video_id) / f"{height}.mp4"

    def indexes(self, video_id: UUID) -> list[Path]:
        """The indexes of a video's renditions, those of the finished ones, else those of what is being made.

        Empty when there is neither.
        """
        folder = self._library / str(video_id)
        for place in (folder, folder / _WORK):
            found = sorted(place.glob("*.index"))
            if any(index.stem == MAIN for index in found):
                return found
        return []

    def growing_index(self, video_id: UUID) -> Path:
        """The index of what is being made of a video, if anything is."""
        return self._library / str(video_id) / _WORK / f"{MAIN}.index"

    def open_part(self, index: Path, suffix: str) -> FileIO:
        """Open a file that belongs to `index`, wherever it is: a job may be putting it in place just now.

        Raises FileNotFoundError, and `Unavailable` when it cannot be read.
        """
        name = index.with_suffix(suffix).name
        folder = index.parent.parent if index.parent.name == _WORK else index.parent
        with plain_failures():
            for place in (folder, folder / _WORK, folder):
                with contextlib.suppress(FileNotFoundError):
                    return FileIO(place / name)
        raise FileNotFoundError(name)

    def thumbnail(self, video_id: UUID) -> Path:
        """The preview picture of a video."""
        return self._thumbnails / f"{video_id}.jpg"

    def beside(self, video_id: UUID) -> Path:
        """The folder of a video's sidecars: subtitles, chapters, storyboard."""
        return self._library / str(video_id) / "beside"

    def work(self, video_id: UUID) -> Path:
        """The folder a job works in, with what an earlier try of it has left. Raises `OutOfSpace`, `Unavailable`."""
        folder = self._library / str(video_id) / _WORK
        with plain_failures():
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    def has_work(self, video_id: UUID) -> bool:
        """Whether a job of this video has not been tidied up after."""
        return (self._library / str(video_id) / _WORK).exists()

    def ready_source(self, video_id: UUID) -> Path:
        """The source for a job to read.

        A kept file is its own result: if the power went between putting it in place and noting so, it is taken back.
        """
        source = self.source(video_id)
        if not source.exists() and self.video(video_id).exists():
            self._forget_segments(source.parent)
            self.video(video_id).replace(source)
        return source

    def publish(self, video_id: UUID, made: Path, thumbnail: Path | None, beside: Path | None = None) -> None:
        """Put the finished MP4, its picture, its segments and the folder of its sidecars in place.

        Each by one rename after its bytes are on disk. The indexes of segments go last, `video.index` as the very last:
        where it is, everything is. Raises `OutOfSpace`, `Unavailable`.
        """
        folder = self.video(video_id).parent
        work = folder / _WORK
        with plain_failures():
            indexes = sorted(work.glob("*.index"), key=lambda path: path.stem == MAIN)
            others = [path for path in work.glob("*.mp4") if path.stem != MAIN]
            parts = [*others, *work.glob("*.boxes"), *indexes]
            if beside is not None:
                for path in (*beside.iterdir(), beside):
                    sync(path)
                shutil.rmtree(self.beside(video_id), ignore_errors=True)
                beside.replace(self.beside(video_id))
            for path in filter(None, (made, thumbnail, *parts)):
                sync(path)
            if thumbnail is not None:
                self._copy_across(thumbnail, self.thumbnail(video_id))
            self._forget_segments(folder)
            made.replace(self.video(video_id))
            for path in parts:
                path.replace(folder / path.name)
            sync(folder)

    @staticmethod
    def _forget_segments(folder: Path) -> None:
        for path in (*folder.glob("*.index"), *folder.glob("*.boxes")):
            path.unlink(missing_ok=True)

    def tidy(self, video_id: UUID, *, keep_source: bool) -> None:
        """Remove what only the job needed. `work` goes last: while it is there, this has not been done (`has_work`)."""
        if not keep_source:
            self._unlink(self.source(video_id))
        shutil.rmtree(self._library / str(video_id) / _WORK, ignore_errors=True)

    def remove(self, video_id: UUID) -> None:
        """Remove everything of a video. What cannot be removed now is left, condemned, to the next start."""
        self._unlink(self.thumbnail(video_id))
        shutil.rmtree(self._library / str(video_id), ignore_errors=True)
        self.condemn(video_id)

    def free_bytes(self) -> int:
        """Free space where the videos are. Raises `Unavailable` when that disk has gone."""
        with plain_failures():
            return shutil.disk_usage(self._library).free

    def condemn(self, video_id: UUID) -> None:
        """Mark a video's folder, if it is there, as one to delete, before its row goes: a crash must not keep it.

        Never fails: on a full disk, deleting is what helps, and without the mark a crash only sets the folder aside.
        """
        folder = self._library / str(video_id)
        if folder.is_dir():
            try:
                (folder / _CONDEMNED).touch()
            except OSError as error:
                _log.warning("not_condemned", folder=str(folder), reason=str(error))

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
                self._set_aside(folder)
            swept.append(f"library/{folder.name}")
        for picture in self._thumbnails.iterdir():
            staged = picture.suffix == _STAGED
            if staged or (picture.suffix == ".jpg" and picture.stem not in known_videos):
                self._unlink(picture)
                swept.append(f"thumbnails/{picture.name}")
        return swept

    def _set_aside(self, folder: Path) -> None:
        self._orphans.mkdir(exist_ok=True)
        place = self._orphans / folder.name
        for number in count(2):
            if not place.exists():
                break
            place = self._orphans / f"{folder.name}-{number}"
        folder.replace(place)

    @staticmethod
    def _unlink(file: Path) -> None:
        """Remove a file that nobody needs; one that cannot be removed is no reason to fail."""
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("not_removed", file=str(file), reason=str(error))

    @staticmethod
    def _copy_across(made: Path, place: Path) -> None:
        """Like a rename, but the thumbnail folder may be on another file system."""
        staged = place.with_suffix(_STAGED)
        shutil.copyfile(made, staged)
        sync(staged)
        staged.replace(place)


def _holds_files(folder: Path) -> bool:
    return any((folder / name).exists() for name in ("source", "video.mp4"))
