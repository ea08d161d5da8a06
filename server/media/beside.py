"""Makes what stands beside a video: subtitles, chapters, storyboard. Their failure is not the video's."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
from av.video.frame import VideoFrame

from server.media.chapters import Chapter, read_chapters, write_chapters
from server.media.facts import FileFacts
from server.media.source import open_source
from server.media.storyboard import Storyboard
from server.media.subtitles import write_subtitles
from server.values.sidecars import CHAPTERS, STORYBOARD, STORYBOARD_CUES, Sidecars, subtitles_name

_log = logging.getLogger(__name__)


class Beside:
    """The sidecars of one job, in `folder`, which has to be there. Show it every picture; it takes those it needs."""

    def __init__(self, facts: FileFacts, folder: Path) -> None:
        self._facts = facts
        self._folder = folder
        self._made = Sidecars()
        self.chapters: tuple[Chapter, ...] = ()
        """Known once `write_words` has been called."""
        self._storyboard = Storyboard(facts.duration_ms)

    def write_words(self, source: Path) -> None:
        """Write subtitles and chapters; they are there before the picture is. Raises OSError when the disk fails."""
        if not self._facts.has_words:
            return
        try:
            self._made = self._words(source)
        except (OSError, MemoryError):
            raise
        except Exception:
            _log.exception("the words of this file could not be read")

    def look(self, frame: VideoFrame) -> None:
        """Consider one upright picture for the storyboard."""
        self._storyboard.add(frame, round((frame.time or 0.0) * 1000))

    def start_over(self) -> None:
        """Forget the pictures seen: they come again."""
        self._storyboard = Storyboard(self._facts.duration_ms)

    def finish(self, duration_ms: int) -> Sidecars:
        """Write the storyboard, and say what there is. Raises OSError when the disk fails."""
        has_storyboard = self._storyboard.write(
            self._folder / STORYBOARD, self._folder / STORYBOARD_CUES, duration_ms=duration_ms
        )
        return msgspec.structs.replace(self._made, has_storyboard=has_storyboard)

    def _words(self, source: Path) -> Sidecars:
        origin_ms = self._facts.origin_ms
        with open_source(source) as container:
            self.chapters = read_chapters(container, origin_ms=origin_ms, duration_ms=self._facts.duration_ms)
            if self.chapters:
                write_chapters(self.chapters, self._folder / CHAPTERS)
            subtitles = write_subtitles(
                container, source, lambda n: self._folder / subtitles_name(n), origin_ms=origin_ms
            )
        return Sidecars(has_chapters=bool(self.chapters), subtitles=subtitles)
