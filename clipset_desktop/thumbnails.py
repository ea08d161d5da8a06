"""Preview pictures of videos, loaded off the GUI thread when they come into view, and kept at a size for rows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from clipset_desktop.background import Background
from clipset_desktop.bridge import EventBridge
from server.events import Event, JobChanged, VideoChanged, VideoDeleted
from server.values.jobs import JobState

_KEPT = 200
#: Twice the width of a panel, for screens with a device pixel ratio of 2: 200 of them take 100 MB at most.
_SIZE = QSize(480, 270)


class Thumbnails(QObject):
    """A small cache. `get` answers at once; `arrived` says when a picture that was missing is there.

    What events say has changed is loaded anew when it is next looked at.
    """

    arrived = Signal(object)

    def __init__(
        self,
        background: Background,
        bridge: EventBridge,
        path_of: Callable[[UUID], Path | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._path_of = path_of
        self._images: OrderedDict[UUID, QImage | None] = OrderedDict()
        bridge.happened.connect(self._on_event)

    def get(self, video_id: UUID) -> QImage | None:
        """The picture, or None while it is loaded or when there is none yet."""
        if video_id not in self._images:
            self._images[video_id] = None
            self._background.run(
                self, lambda: _read(self._path_of(video_id)), lambda image: self._keep(video_id, image)
            )
        self._images.move_to_end(video_id)
        return self._images[video_id]

    def forget(self, video_id: UUID) -> None:
        """Load it anew when it is next asked for, which `arrived` has its painters do."""
        if video_id in self._images:
            del self._images[video_id]
            self.arrived.emit(video_id)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, JobChanged) and event.state is not JobState.DONE:
            return
        if isinstance(event, (JobChanged, VideoDeleted)) or (
            isinstance(event, VideoChanged) and self._images.get(event.video_id) is None
        ):
            self.forget(event.video_id)

    def _keep(self, video_id: UUID, image: QImage | None) -> None:
        # none was found, perhaps before it was made; the answer to a later question may be here already
        if image is None or video_id not in self._images:
            return
        self._images[video_id] = image
        while len(self._images) > _KEPT:
            self._images.popitem(last=False)
        self.arrived.emit(video_id)


def _read(path: Path | None) -> QImage | None:
    if path is None:
        return None
    reader = QImageReader(str(path))
    reader.setScaledSize(reader.size().scaled(_SIZE, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    image = reader.read()
    return None if image.isNull() else image
