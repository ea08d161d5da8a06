"""A thin bar that says how much of something is used or done."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clipset_desktop.look.theme import Theme

HEIGHT = 6


def paint_bar(painter: QPainter, rect: QRectF, fraction: float, theme: Theme, *, fill: str) -> None:
    """Draw a bar of `fraction` (0 to 1) with round ends in a token's colour."""
    radius = rect.height() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("line"))
    painter.drawRoundedRect(rect, radius, radius)
    if fraction > 0:
        done = QRectF(rect)
        done.setWidth(max(rect.height(), rect.width() * min(1.0, fraction)))
        painter.setBrush(theme.color(fill))
        painter.drawRoundedRect(done, radius, radius)


class Bar(QWidget):
    """A fraction from 0 to 1, in a token's colour."""

    def __init__(self, theme: Theme, fill: str = "accent") -> None:
        super().__init__()
        self._theme = theme
        self._fill = fill
        self.fraction = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_fraction(self, fraction: float, fill: str = "") -> None:
        """Show `fraction`, and from now on in another colour if one is given."""
        self.fraction = fraction
        self._fill = fill or self._fill
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(80, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The track and what is filled of it."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_bar(painter, QRectF(self.rect()), self.fraction, self._theme, fill=self._fill)
