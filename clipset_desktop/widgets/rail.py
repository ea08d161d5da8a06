"""The left rail: the pages with icons and words, and the server's state at its foot."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from clipset_desktop.look.theme import Theme
from clipset_desktop.widgets.labels import ElidedLabel, label

#: The least; a language with long words gets more.
_WIDTH = 184
_BESIDE = 12


class Rail(QFrame):
    """Emits `chosen` with a page's name. The first nine pages have Ctrl+1 to Ctrl+9."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(_WIDTH)
        self._theme = theme
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        self._icons: dict[str, str] = {}
        self._mark = QLabel()
        self.name = ElidedLabel(role="strong")
        head = QHBoxLayout()
        head.setContentsMargins(6, 0, 0, 12)
        head.setSpacing(10)
        head.addWidget(self._mark)
        head.addWidget(self.name, 1)
        self._pages = QVBoxLayout()
        self._pages.setSpacing(2)
        self.dot = StateDot(theme)
        self.address = ElidedLabel(role="small")
        self.viewers = label("", "small")
        foot = QHBoxLayout()
        foot.setContentsMargins(6, 0, 0, 0)
        foot.setSpacing(8)
        foot.addWidget(self.dot, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.address)
        words.addWidget(self.viewers)
        foot.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(_BESIDE, 18, _BESIDE, 14)
        column.addLayout(head)
        column.addLayout(self._pages)
        column.addStretch(1)
        column.addLayout(foot)
        theme.changed.connect(self._dress)
        self._dress()

    def add_page(self, name: str, icon: str, text: str) -> None:
        """Add a page at the end."""
        button = QPushButton(text)
        button.setCheckable(True)
        button.setObjectName(f"rail-{name}")
        button.setIconSize(QSize(24, 20))
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if len(self._buttons) < 9:
            shortcut = f"Ctrl+{len(self._buttons) + 1}"
            button.setShortcut(shortcut)
            button.setToolTip(f"{text} ({shortcut})")
        button.clicked.connect(lambda: self.chosen.emit(name))
        self._group.addButton(button)
        self._pages.addWidget(button)
        self._buttons[name], self._icons[name] = button, icon
        self._dress()
        self.setFixedWidth(max(self.minimumWidth(), button.sizeHint().width() + 2 * _BESIDE))

    def mark_chosen(self, name: str) -> None:
        """Show which page is open."""
        self._buttons[name].setChecked(True)

    def _dress(self) -> None:
        self._mark.setPixmap(self._theme.pixmap("mark", "accent", 24, self.devicePixelRatioF()))
        for name, button in self._buttons.items():
            button.setIcon(self._theme.icon(self._icons[name], "text-quiet", checked="accent", room=0.2))


class StateDot(QWidget):
    """Green when the server can be reached."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._on = False
        self.setFixedSize(8, 16)
        theme.changed.connect(self.update)

    def show_on(self, on: bool) -> None:
        """Green or amber."""
        self._on = on
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A dot."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("good" if self._on else "warn"))
            painter.drawEllipse(QPointF(4, 8), 4, 4)
