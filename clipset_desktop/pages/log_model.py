"""The lines of the log that fit what is looked for, newest first, and how one is painted."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from clipset_desktop.look.theme import Theme
from clipset_desktop.words import clock, tr
from server.recent_log import KEPT, LogEntry

ENTRY_ROLE = Qt.ItemDataRole.UserRole
_HEIGHT = 30
Index = QModelIndex | QPersistentModelIndex


class LogModel(QAbstractListModel):
    """Keeps what the feed gave, up to what the feed itself keeps."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: deque[LogEntry] = deque(maxlen=KEPT)
        self._shown: list[LogEntry] = []
        self._least = 0
        self._words: tuple[str, ...] = ()

    @property
    def last_number(self) -> int:
        """The number of the newest line that is known."""
        return self._all[-1].number if self._all else 0

    @property
    def shown(self) -> Sequence[LogEntry]:
        """What is listed, newest first."""
        return self._shown

    def add(self, entries: Sequence[LogEntry]) -> None:
        """Take in newer lines; those that are not kept any more go."""
        self._all.extend(entries)
        new = [entry for entry in reversed(entries) if self._fits(entry)]
        if new:
            self.beginInsertRows(QModelIndex(), 0, len(new) - 1)
            self._shown[:0] = new
            self.endInsertRows()
        oldest = self._all[0].number if self._all else 0
        stay = len(self._shown)
        while stay and self._shown[stay - 1].number < oldest:
            stay -= 1
        if stay < len(self._shown):
            self.beginRemoveRows(QModelIndex(), stay, len(self._shown) - 1)
            del self._shown[stay:]
            self.endRemoveRows()

    def narrow(self, least_level: int, text: str) -> None:
        """Show the lines of `least_level` and above that have every word of `text` somewhere."""
        self._least, self._words = least_level, tuple(text.casefold().split())
        self.beginResetModel()
        self._shown = [entry for entry in reversed(self._all) if self._fits(entry)]
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many lines are listed."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The entry for the delegate, and one line of words for everybody else."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        entry = self._shown[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return (
                f"{clock(entry.at)} {level_word(entry.level)} {sentence(entry)} {facts_line(entry)}".strip()
            )
        return None

    def _fits(self, entry: LogEntry) -> bool:
        if entry.level < self._least:
            return False
        if not self._words:
            return True
        text = " ".join((sentence(entry), entry.logger, facts_line(entry), entry.trace)).casefold()
        return all(word in text for word in self._words)


def sentence(entry: LogEntry) -> str:
    """What happened: our own events have names such as `job_ended`, others come as text."""
    return entry.event.replace("_", " ").capitalize() if "_" in entry.event else entry.event


def facts_line(entry: LogEntry) -> str:
    """The facts in one line."""
    return "  ".join(f"{name}={value}" for name, value in entry.facts)


def level_word(level: int) -> str:
    """How bad it is, in a word."""
    if level >= logging.ERROR:
        return tr("Error")
    return tr("Warning") if level >= logging.WARNING else tr("Note")


class LogDelegate(QStyledItemDelegate):
    """One line: time, a dot in the level's colour, what happened, then the facts as far as there is room."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """As wide as the list."""
        return QSize(120, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw it."""
        entry: LogEntry = index.data(ENTRY_ROLE)
        theme, rect, state = self._theme, option.rect, option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(rect).adjusted(1, 1, -1, -1)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("sunken"))
            painter.drawRoundedRect(box, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(QPen(theme.color("focus"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 6, 6)
        small, left = theme.font("small"), box.left() + 10
        left = self._word(painter, clock(entry.at), box, left, "text-quiet", small) + 12
        tone = (
            "bad"
            if entry.level >= logging.ERROR
            else "warn"
            if entry.level >= logging.WARNING
            else "line-strong"
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(tone))
        painter.drawEllipse(QPointF(left, box.center().y()), 3.5, 3.5)
        left = self._word(painter, sentence(entry), box, left + 12, "text", theme.font("base")) + 12
        self._word(painter, facts_line(entry), box, left, "text-quiet", small)
        painter.restore()

    def _word(self, painter: QPainter, text: str, box: QRectF, left: float, color: str, font: Any) -> float:
        metrics = QFontMetrics(font)
        room = max(0.0, box.right() - 10 - left)
        shown = metrics.elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, int(room))
        painter.setFont(font)
        painter.setPen(self._theme.color(color))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
        painter.drawText(QRectF(left, box.top(), room + 1, box.height()), int(flags), shown)
        return left + metrics.horizontalAdvance(shown)
