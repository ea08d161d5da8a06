"""Looks at pictures from outside that are taken over as they are, and says why something does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from av.video.frame import VideoFrame

from server.media.geometry import Size


class NotSoundError(Exception):
    """The result does not hold; the message says why in plain words, `in_sound` whether the picture is innocent."""

    def __init__(self, why: str, *, in_sound: bool = False) -> None:
        super().__init__(why)
        self.in_sound = in_sound


class SourceNotSoundError(NotSoundError):
    """It lies in what was taken over as it is, and no encoder is to blame."""


@contextmanager
def blamed_on_source(taken_over: bool = True) -> Iterator[None]:
    """What does not hold in here lies in a track that is taken over as it is, if one is."""
    try:
        yield
    except NotSoundError as error:
        if not taken_over:
            raise
        raise SourceNotSoundError(str(error), in_sound=error.in_sound) from error


class Inspection:
    """Looks at the decoded pictures of a track that came from outside, in order and at each of them."""

    def __init__(self, size: Size) -> None:
        self.pictures = 0
        self._size = size
        self._last_pts: int | None = None

    def look(self, frame: VideoFrame) -> None:
        """Look at the next one. Raises `SourceNotSoundError`."""
        self.pictures += 1
        if frame.pts is None or (self._last_pts is not None and frame.pts <= self._last_pts):
            raise SourceNotSoundError("its pictures are out of order")
        self._last_pts = frame.pts
        if frame.is_corrupt:
            raise SourceNotSoundError("its pictures are damaged")
        if frame.interlaced_frame:
            raise SourceNotSoundError("its picture is interlaced")
        if Size(frame.width, frame.height) != self._size:
            raise SourceNotSoundError("the picture changes its size on the way")
