"""Videos as HTTP Live Streaming has them: renditions cut into segments, finished or still growing."""

from __future__ import annotations

import os
from io import FileIO
from pathlib import Path
from uuid import UUID

from server.errors import Conflict, NotFound, Unavailable
from server.media.segment_index import Index, read_index, segment_parts
from server.services.videos import Videos
from server.storage import Storage
from server.values.accounts import Caller
from server.values.renditions import Rendition, SegmentBytes
from server.values.videos import VideoStatus

_BOXES, _MP4 = ".boxes", ".mp4"


class Segments:
    """Answers what can be played of a video now. What exists is asked of the disk each time, so it is never behind."""

    def __init__(self, videos: Videos, storage: Storage) -> None:
        self._videos = videos
        self._storage = storage

    def renditions(self, caller: Caller, video_id: UUID) -> list[Rendition]:
        """The renditions of a video, the largest first; at least one.

        Raises `NotFound`, also for a finished video of an older version, and `Conflict` (`video_not_ready`) before the
        first segment is there.
        """
        found = [_described(index) for _, index in self._indexes(caller, video_id)]
        return sorted(found, key=lambda rendition: -rendition.height)

    def rendition(self, caller: Caller, video_id: UUID, height: int) -> Rendition:
        """One of them. Raises like `renditions`, and `NotFound` for another height."""
        return _described(self._find(caller, video_id, height)[1])

    def init(self, caller: Caller, video_id: UUID, height: int) -> tuple[bytes, str]:
        """The initialisation segment and its version. Raises like `rendition`."""
        path, index = self._find(caller, video_id, height)
        with self._open(path, _BOXES) as boxes:
            return boxes.read(index.head.init_bytes), _version(index)

    def segment(self, caller: Caller, video_id: UUID, height: int, number: int) -> SegmentBytes:
        """Segment `number`, from 0. Raises like `rendition`, `NotFound` for one that is not there, `Unavailable`."""
        path, _ = self._find(caller, video_id, height)
        # the MP4 first: see `RenditionWriter._move`
        file = self._open(path, _MP4)
        try:
            index = self._read(path)
            if index is None or not 0 <= number < len(index.segments):
                raise NotFound("There is no such segment.")
            if index.ended and os.fstat(file.fileno()).st_size != index.file_bytes:
                raise Unavailable("This video is just being put in place. Try again.")
            with self._open(path, _BOXES) as boxes:
                start, ranges = segment_parts(index, number, boxes)
        except BaseException:
            file.close()
            raise
        version = f"{index.segments[number].checksum:08x}-{number}"
        return SegmentBytes(start=start, ranges=tuple(ranges), file=file, version=version)

    def _find(self, caller: Caller, video_id: UUID, height: int) -> tuple[Path, Index]:
        for path, index in self._indexes(caller, video_id):
            if index.head.height == height:
                return path, index
        raise NotFound("This video has no such rendition.")

    def _indexes(self, caller: Caller, video_id: UUID) -> list[tuple[Path, Index]]:
        video = self._videos.get(caller, video_id)
        found = [(path, self._read(path)) for path in self._storage.indexes(video_id)]
        playable = [(path, index) for path, index in found if index is not None and index.segments]
        if playable:
            return playable
        if video.status is VideoStatus.COMPLETED:
            raise NotFound("This video is not cut into segments. Play its MP4.")
        raise Conflict(video.error or "This video is still being got ready.", code="video_not_ready")

    def _read(self, path: Path) -> Index | None:
        try:
            with self._storage.open_part(path, path.suffix) as file:
                return read_index(file)
        except FileNotFoundError:
            return None

    def _open(self, path: Path, suffix: str) -> FileIO:
        try:
            return self._storage.open_part(path, suffix)
        except FileNotFoundError:
            raise NotFound("This video is no longer there.") from None


def _described(index: Index) -> Rendition:
    durations_ms = tuple(segment.duration_ms for segment in index.segments)
    rates = [segment.media_bytes * 8000 // segment.duration_ms for segment in index.segments]
    average = sum(segment.media_bytes for segment in index.segments) * 8000 // sum(durations_ms)
    return Rendition(
        height=index.head.height,
        width=index.head.width,
        frame_rate=index.head.frame_rate,
        codecs=index.head.codecs,
        peak_bits_per_s=max(rates),
        average_bits_per_s=average,
        durations_ms=durations_ms,
        ended=index.ended,
        version=_version(index),
    )


def _version(index: Index) -> str:
    """The first segment tells one making of a video from another."""
    return f"{index.segments[0].checksum:08x}"
