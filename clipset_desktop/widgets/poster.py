"""The preview picture of one video, as wide as its place, on black where the video has another shape."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clipset_desktop.look.theme import Theme
from clipset_desktop.thumbnails import Thumbnails

_RADIUS = 8


class Poster(QWidget):
    """Always 16:9. An icon stands where there is no picture yet."""

    def __init__(self, theme: Theme, thumbnails: Thumbnails, video_id: UUID, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._thumbnails = thumbnails
        self._video_id = video_id
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        thumbnails.arrived.connect(self._on_arrived)

    def sizeHint(self) -> QSize:
        """As wide as a panel."""
        return QSize(240, 135)

    def hasHeightForWidth(self) -> bool:
        """The width decides."""
        return True

    def heightForWidth(self, width: int) -> int:
        """16:9."""
        return width * 9 // 16

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The whole picture, never cut."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            box = QRectF(self.rect())
            path = QPainterPath()
            path.addRoundedRect(box, _RADIUS, _RADIUS)
            painter.setClipPath(path)
            image = self._thumbnails.get(self._video_id)
            if image is None:
                painter.fillRect(box, self._theme.color("line"))
                pixmap = self._theme.pixmap("video", "text-quiet", 32, self.devicePixelRatioF())
                painter.drawPixmap(box.center() - QPointF(16, 16), pixmap)
                return
            painter.fillRect(box, self._theme.color("video"))
            size = image.size().scaled(box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(QPointF(0, 0), size.toSizeF())
            place.moveCenter(box.center())
            painter.drawImage(place, image)

    def _on_arrived(self, video_id: UUID) -> None:
        if video_id == self._video_id:
            self.update()
