"""The finished files of videos, for those who may watch them."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from server.errors import Conflict, NotFound
from server.services.text import filename
from server.services.videos import Videos
from server.storage import Storage
from server.values.accounts import Caller
from server.values.sidecars import CHAPTERS, STORYBOARD, STORYBOARD_CUES, subtitles_name
from server.values.videos import MediaFile, Video, VideoStatus

_WEBVTT = "text/vtt; charset=utf-8"

_SEPARATORS = dict.fromkeys(map(ord, "/\\:"), "-")


class Watching:
    """Answers which file to send. A file's `version` changes whenever its bytes may have."""

    def __init__(self, videos: Videos, storage: Storage) -> None:
        self._videos = videos
        self._storage = storage

    def stream(self, caller: Caller, video_id: UUID, height: int | None = None) -> MediaFile:
        """The MP4 of a finished video, or of its rendition of that height.

        Raises `NotFound`, also for a height that there is not, `Conflict` (`video_not_ready`) before it is finished.
        """
        video = self._videos.get(caller, video_id)
        if video.status is not VideoStatus.COMPLETED:
            raise Conflict(video.error or "This video is still being got ready.", code="video_not_ready")
        path = self._storage.video(video_id)
        if height is not None and height not in video.renditions[:1]:
            if height not in video.renditions:
                raise NotFound("This video has no such quality.")
            path = self._storage.rendition(video_id, height)
        return MediaFile(
            path=str(path),
            content_type="video/mp4",
            version=_version(video),
            download_name=_download_name(video, ".mp4"),
        )

    def thumbnail(self, caller: Caller, video_id: UUID) -> MediaFile:
        """The preview picture. Raises `NotFound` when there is none."""
        video = self._videos.get(caller, video_id)
        if not video.has_thumbnail:
            raise NotFound("This video has no preview picture.")
        return MediaFile(
            path=str(self._storage.thumbnail(video_id)),
            content_type="image/jpeg",
            version=_version(video),
            download_name=_download_name(video, ".jpg"),
        )

    def storyboard(self, caller: Caller, video_id: UUID) -> MediaFile:
        """The sheet of small pictures. Raises `NotFound` when there is none."""
        return self._beside(caller, video_id, STORYBOARD, "image/jpeg")

    def storyboard_cues(self, caller: Caller, video_id: UUID) -> MediaFile:
        """Which part of that sheet shows which moment. Raises `NotFound` when there is none."""
        return self._beside(caller, video_id, STORYBOARD_CUES, _WEBVTT)

    def chapters(self, caller: Caller, video_id: UUID) -> MediaFile:
        """The chapters. Raises `NotFound` when there are none."""
        return self._beside(caller, video_id, CHAPTERS, _WEBVTT)

    def subtitles(self, caller: Caller, video_id: UUID, n: int) -> MediaFile:
        """The `n`th track of subtitles, from 1. Raises `NotFound` when there is none."""
        return self._beside(caller, video_id, subtitles_name(n), _WEBVTT)

    def _beside(self, caller: Caller, video_id: UUID, name: str, content_type: str) -> MediaFile:
        video = self._videos.get(caller, video_id)
        present = {subtitles_name(track.n) for track in video.subtitles}
        present |= {CHAPTERS} if video.has_chapters else set()
        present |= {STORYBOARD, STORYBOARD_CUES} if video.has_storyboard else set()
        if name not in present:
            raise NotFound("This video has no such track.")
        return MediaFile(
            path=str(self._storage.beside(video_id) / name),
            content_type=content_type,
            version=_version(video),
            download_name=_download_name(video, f" {name}"),
        )

    def thumbnail_path(self, video_id: UUID) -> Path | None:
        """The preview picture's file, for the window at the host."""
        path = self._storage.thumbnail(video_id)
        return path if path.exists() else None


def _version(video: Video) -> str:
    moment = video.processed_at or video.created_at
    return f"{video.id.hex[:12]}-{int(moment.timestamp() * 1000):x}"


def _download_name(video: Video, suffix: str) -> str:
    """The title as a file's name; a slash in it separates no folders, a colon names no drive."""
    return filename(video.title.translate(_SEPARATORS) + suffix)
