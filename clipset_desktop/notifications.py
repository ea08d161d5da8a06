"""What the tray tells while nobody looks: a video that failed, and a queue that has become empty."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from clipset_desktop.background import Background
from clipset_desktop.bridge import EventBridge
from clipset_desktop.words import sentence, tr, trn
from server.composition import Clipset
from server.errors import ClipsetError
from server.events import Event, JobChanged
from server.values.accounts import HOST
from server.values.jobs import JobState
from server.values.videos import Video

Tell = Callable[[str, str, bool], None]
"""A heading, a text, and whether it is bad news."""


class Notifications(QObject):
    """Hears the queue; `tell` is called on the main thread, and decides whether it is wanted now."""

    def __init__(
        self, core: Clipset, background: Background, bridge: EventBridge, tell: Tell, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._core = core
        self._background = background
        self._tell = tell
        self._ready = 0
        bridge.happened.connect(self._on_event)

    def _on_event(self, event: Event) -> None:
        if not isinstance(event, JobChanged):
            return
        if event.state is JobState.FAILED:
            self._background.run(
                self, lambda: self._core.videos.get(HOST, event.video_id), self._on_failed, _ignore
            )
        if event.state is JobState.DONE:
            self._ready += 1
        if event.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED) and self._ready:
            self._background.run(self, self._core.stats.snapshot, self._on_figures, _ignore)

    def _on_failed(self, video: Video) -> None:
        reason = sentence(video.error) if video.error else tr("It could not be made ready.")
        self._tell(tr("{title} could not be made ready", title=video.title), reason, True)

    def _on_figures(self, stats: object) -> None:
        left = getattr(stats, "jobs_queued", 0) + getattr(stats, "jobs_running", 0)
        if left == 0 and self._ready:
            ready, self._ready = self._ready, 0
            self._tell(
                tr("The queue is empty"),
                trn("{n} video is ready to watch.", "{n} videos are ready to watch.", ready),
                False,
            )


def _ignore(_error: ClipsetError) -> None:
    """A video that is gone by now is no news."""
