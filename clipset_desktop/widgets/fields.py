"""Input fields with their label and, below, what is wrong with what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen, QShortcut, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QVBoxLayout, QWidget

from clipset_desktop.look.theme import Theme
from clipset_desktop.widgets.labels import label, restyle

T = TypeVar("T")


class Field(QWidget):
    """A label, an input, a line of help, and a line for what is wrong, which names the field to screen readers."""

    def __init__(self, caption: str, entry: QWidget, help_text: str = "") -> None:
        super().__init__()
        self.entry = entry
        self._wrong = label(role="wrong", wrap=True)
        self._wrong.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        name = label(caption, "strong")
        name.setBuddy(entry)
        column.addWidget(name)
        column.addWidget(entry)
        self._help = label(help_text, "small", wrap=True)
        self._help.setVisible(bool(help_text))
        column.addWidget(self._help)
        column.addWidget(self._wrong)
        entry.setAccessibleName(caption)
        entry.setAccessibleDescription(help_text)

    @property
    def wrong(self) -> str:
        """What is said to be wrong; empty when nothing is."""
        return self._wrong.text()

    def show_wrong(self, sentence: str) -> None:
        """Say what is wrong, or nothing more with an empty text."""
        self._wrong.setText(sentence)
        self._wrong.setVisible(bool(sentence))
        mark_wrong(self.entry, bool(sentence))


def mark_wrong(entry: QWidget, wrong: bool) -> None:
    """Give an input the frame of a wrong one, or take it away."""
    entry.setProperty("wrong", "true" if wrong else "false")
    restyle(entry)


def line(text: str = "", placeholder: str = "", *, secret: bool = False) -> QLineEdit:
    """A line to type in."""
    entry = QLineEdit(text)
    entry.setCursorPosition(0)
    entry.setPlaceholderText(placeholder)
    if secret:
        entry.setEchoMode(QLineEdit.EchoMode.Password)
    return entry


def search_line(theme: Theme, name: str) -> QLineEdit:
    """A line to search with: a magnifier before it, a cross to clear it, Ctrl+F to come to it."""
    entry = line(placeholder=name)
    entry.setObjectName("search")
    entry.setAccessibleName(name)
    entry.setClearButtonEnabled(True)
    entry.setMinimumWidth(120)
    place = entry.addAction(theme.icon("search", "text-quiet"), QLineEdit.ActionPosition.LeadingPosition)
    theme.changed.connect(lambda: place.setIcon(theme.icon("search", "text-quiet")))
    come = QShortcut(QKeySequence.StandardKey.Find, entry)
    come.setContext(Qt.ShortcutContext.WindowShortcut)
    come.activated.connect(entry.setFocus)
    return entry


class Choice(QComboBox, Generic[T]):
    """One of a few values, each with its words."""

    def __init__(self, theme: Theme, options: Sequence[tuple[T, str]], value: T) -> None:
        super().__init__()
        self._theme = theme
        self._values: list[T] = []
        self.set_options(options, value)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    @property
    def value(self) -> T:
        """What is chosen."""
        return self._values[self.currentIndex()]

    def set_options(self, options: Sequence[tuple[T, str]], value: T) -> None:
        """Offer other values, with `value` chosen, or the first where it is none of them. Emits nothing."""
        self.blockSignals(True)
        self.clear()
        self._values = [each for each, _ in options]
        self.addItems([text for _, text in options])
        self.setCurrentIndex(self._values.index(value) if value in self._values else 0)
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page, not the choice."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The arrow is ours; the style sheet draws the rest."""
        super().paintEvent(event)
        with QPainter(self) as painter:
            pixmap = self._theme.pixmap("chevron-down", "text-quiet", 16, self.devicePixelRatioF())
            painter.drawPixmap(self.width() - 24, (self.height() - 16) // 2, pixmap)


class Switch(QAbstractButton):
    """On or off."""

    def __init__(self, theme: Theme, *, on: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self.setCheckable(True)
        self.setChecked(on)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """40 by 24."""
        return QSize(40, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A track and a knob."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            track = QRectF(1, (self.height() - 22) / 2, 38, 22)
            focused = self.hasFocus()
            painter.setPen(QPen(self._theme.color("focus"), 1.5) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent" if self.isChecked() else "line-strong"))
            if not self.isEnabled():
                painter.setOpacity(0.5)
            painter.drawRoundedRect(track, 11, 11)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("on-accent" if self.isChecked() else "surface"))
            left = track.right() - 19 if self.isChecked() else track.left() + 3
            painter.drawEllipse(QRectF(left, track.top() + 3, 16, 16))
