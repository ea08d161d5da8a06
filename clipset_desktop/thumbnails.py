"""Preview pictures of videos, loaded off the GUI thread and kept at the size that rows show."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from clipset_desktop.background import Background

_KEPT = 300
#: Twice the size of a row's picture, for screens with a device pixel ratio of 2.
_SIZE = QSize(256, 144)


class Thumbnails(QObject):
    """A small cache. `get` answers at once; `arrived` says when a picture that was missing is there."""

    arrived = Signal(object)

    def __init__(
        self,
        background: Background,
        path_of: Callable[[UUID], Path | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._path_of = path_of
        self._images: OrderedDict[UUID, QImage | None] = OrderedDict()

    def get(self, video_id: UUID) -> QImage | None:
        """The picture, or None while it is loaded or when there is none yet."""
        if video_id not in self._images:
            self._images[video_id] = None
            self._background.run(
                self, lambda: _read(self._path_of(video_id)), lambda image: self._keep(video_id, image)
            )
        return self._images[video_id]

    def forget(self, video_id: UUID) -> None:
        """Load it anew when it is next asked for."""
        self._images.pop(video_id, None)

    def _keep(self, video_id: UUID, image: QImage | None) -> None:
        self._images[video_id] = image
        while len(self._images) > _KEPT:
            self._images.popitem(last=False)
        if image is not None:
            self.arrived.emit(video_id)


def _read(path: Path | None) -> QImage | None:
    if path is None:
        return None
    reader = QImageReader(str(path))
    reader.setScaledSize(reader.size().scaled(_SIZE, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    image = reader.read()
    return None if image.isNull() else image
