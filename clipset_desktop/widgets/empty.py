"""What a page shows when there is nothing to list: an icon, what is so, and what to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from clipset_desktop.look.theme import Theme
from clipset_desktop.widgets.labels import Button, label

#: Short lines read better, and the list beside a panel is no wider than this.
_TEXT_WIDTH = 260


class EmptyState(QWidget):
    """One sentence of what is so, one of what to do, and at most one button."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        heading: str,
        advice: str,
        *,
        action: str = "",
        on_action: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        middle = QWidget()
        middle.setFixedWidth(_TEXT_WIDTH)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._picture)
        column.addSpacing(4)
        for text in (label(heading, "heading", wrap=True), label(advice, "quiet", wrap=True)):
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(text)
        if action and on_action is not None:
            column.addSpacing(8)
            button = Button(theme, action, kind="primary")
            button.clicked.connect(on_action)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(middle)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(self._theme.pixmap(self._icon, "line-strong", 48, ratio))
