"""A small, calm plot: the last half hour of one figure, with its largest value written beside the top."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from clipset_desktop.look.theme import Theme

_HEIGHT = 52
_FILL_ALPHA = 40


class Plot(QWidget):
    """Draws values from left to right, zero at the foot. `say` puts the largest value into words."""

    def __init__(self, theme: Theme, name: str, say: Callable[[float], str], points: int, color: str) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._say = say
        self._points = points
        self._color = color
        self.values: list[float] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def show_values(self, values: Sequence[float]) -> None:
        """Show other values, the newest last; the oldest of too many are left out."""
        self.values = list(values[-self._points :])
        self.setAccessibleDescription(self._say(self.values[-1]) if self.values else "")
        self.setToolTip(f"{self._name}: {self._say(self.values[-1])}" if self.values else self._name)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(120, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A base line, the area, the line above it, and what the top stands for."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect()).adjusted(1, 16, -1, -2)
            painter.setPen(QPen(self._theme.color("line"), 1))
            painter.drawLine(box.bottomLeft(), box.bottomRight())
            largest = max(self.values, default=0.0)
            painter.setFont(self._theme.font("small"))
            painter.setPen(self._theme.color("text-quiet"))
            words = QRectF(0, 0, self.width(), 15)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
            painter.drawText(words, int(flags | Qt.AlignmentFlag.AlignLeft), self._name)
            if largest > 0:
                painter.drawText(words, int(flags | Qt.AlignmentFlag.AlignRight), self._say(largest))
            if len(self.values) < 2 or largest <= 0:
                return
            line = self._line(box, largest)
            area = QPainterPath(line)
            area.lineTo(box.bottomRight())
            area.lineTo(line.elementAt(0).x, box.bottom())
            area.closeSubpath()
            ink = self._theme.color(self._color)
            fill = QColor(ink)
            fill.setAlpha(_FILL_ALPHA)
            painter.fillPath(area, fill)
            painter.setPen(
                QPen(ink, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            )
            painter.drawPath(line)

    def _line(self, box: QRectF, largest: float) -> QPainterPath:
        step = box.width() / max(1, self._points - 1)
        left = box.right() - step * (len(self.values) - 1)
        points = [
            QPointF(left + at * step, box.bottom() - value / largest * (box.height() - 1))
            for at, value in enumerate(self.values)
        ]
        line = QPainterPath(points[0])
        for point in points[1:]:
            line.lineTo(point)
        return line
