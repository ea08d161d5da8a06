"""Labels and buttons in the roles that the style sheet knows."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOption,
    QStylePainter,
    QWidget,
)

from clipset_desktop.look.theme import Theme

Role = Literal["title", "heading", "figure", "strong", "quiet", "small", "wrong", ""]
Kind = Literal["primary", "plain", "quiet", "danger", "icon", "chip"]

_ICON_PX = 18
#: Between an icon and its word, besides the 4 that Qt leaves.
_ICON_ROOM_PX = 4

_ICON_COLORS: dict[str, str] = {
    "primary": "on-accent",
    "danger": "bad",
    "quiet": "text-quiet",
    "icon": "text-quiet",
}


def label(text: str = "", role: Role = "", *, wrap: bool = False, select: bool = False) -> QLabel:
    """A label for plain text: nothing in it is ever read as markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    if select:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        made.setCursor(Qt.CursorShape.IBeamCursor)
    return made


def rule() -> QFrame:
    """A hairline."""
    line = QFrame()
    line.setObjectName("rule")
    return line


def restyle(widget: QWidget) -> None:
    """Let the style sheet look again at a widget whose properties have changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class ElidedLabel(QLabel):
    """One line that ends in an ellipsis where there is no room; the whole text is in its tool tip."""

    def __init__(self, text: str = "", role: Role = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as much of the text as fits."""
        with QStylePainter(self) as painter:
            metrics = QFontMetrics(self.font())
            painter.drawText(
                self.contentsRect(),
                int(self.alignment() | Qt.AlignmentFlag.AlignVCenter) | Qt.TextFlag.TextSingleLine,
                metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width()),
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the tool tip only where something is cut off."""
        super().resizeEvent(event)
        cut = QFontMetrics(self.font()).horizontalAdvance(self.text()) > self.contentsRect().width()
        self.setToolTip(self.text() if cut else "")


class Button(QPushButton):
    """A button with an optional icon that follows the look. An `icon` kind shows no word, so it needs a name."""

    def __init__(
        self, theme: Theme, text: str, icon: str = "", kind: Kind = "plain", *, name: str = ""
    ) -> None:
        super().__init__("" if kind == "icon" else text)
        self._theme = theme
        self._icon_name = icon
        self._kind = kind
        self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        room = 0 if kind == "icon" else _ICON_ROOM_PX
        self._room = room / _ICON_PX
        self.setIconSize(QSize(_ICON_PX + room, _ICON_PX))
        if kind == "icon":
            self.setToolTip(text)
            self.setAccessibleName(text)
        if name:
            self.setObjectName(name)
        theme.changed.connect(self._dress)
        self._dress()

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon_name = icon
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """A disabled button's icon is as quiet as its word."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.EnabledChange:
            self._dress()

    def _dress(self) -> None:
        if self._icon_name:
            color = _ICON_COLORS.get(self._kind, "text") if self.isEnabled() else "text-quiet"
            self.setIcon(self._theme.icon(self._icon_name, color, room=self._room))


class Card(QFrame):
    """A sheet of paper on the page."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Let the style sheet draw the frame, also for subclasses."""
        option = QStyleOption()
        option.initFrom(self)
        painter = QStylePainter(self)
        with painter:
            painter.drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option)
