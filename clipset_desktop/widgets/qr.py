"""A QR code that a phone can read off the screen: dark on white in both schemes, with its quiet zone."""

from __future__ import annotations

import segno
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clipset_desktop.look.theme import qcolor
from clipset_desktop.look.tokens import shipped

#: ISO/IEC 18004 asks for four modules of light around the symbol.
_QUIET_ZONE = 4


class QrCode(QWidget):
    """Draws one text as a QR code, as large as it is given room, with whole pixels a module."""

    def __init__(self, size: int = 132) -> None:
        super().__init__()
        self._text = ""
        self._matrix: tuple[bytes, ...] = ()
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """What a phone will read."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show `text`; nothing is drawn for an empty one."""
        self._text = text
        self._matrix = tuple(bytes(row) for row in segno.make(text, error="m").matrix) if text else ()
        self.setAccessibleName(text)
        self.update()

    def set_size(self, size: int) -> None:
        """Give it another side length, in device-independent pixels."""
        if size != self._size:
            self._size = size
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The size it was made with."""
        return QSize(self._size, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """White paper with rounded corners, then the dark modules."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(qcolor(shipped().color["light"]["surface"]))
            radius = shipped().radius["small"]
            painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
            if self._matrix:
                self._draw(painter, qcolor(shipped().color["light"]["text"]))

    def _draw(self, painter: QPainter, ink: QColor) -> None:
        count = len(self._matrix) + 2 * _QUIET_ZONE
        ratio = self.devicePixelRatioF()
        module = max(1, int(min(self.width(), self.height()) * ratio / count)) / ratio
        left = round((self.width() - module * count) / 2 * ratio) / ratio + module * _QUIET_ZONE
        top = round((self.height() - module * count) / 2 * ratio) / ratio + module * _QUIET_ZONE
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for y, row in enumerate(self._matrix):
            for x, dark in enumerate(row):
                if dark:
                    painter.fillRect(QRectF(left + x * module, top + y * module, module, module), ink)
