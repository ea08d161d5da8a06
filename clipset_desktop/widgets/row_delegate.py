"""Paints a row of 56 px: picture or initial, one strong line, one quiet line, progress, badges, actions on hover."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from clipset_desktop.look.theme import Theme
from clipset_desktop.thumbnails import Thumbnails
from clipset_desktop.widgets.bar import paint_bar
from clipset_desktop.widgets.rows import ROW_ROLE, Action, Badge, Row

HEIGHT = 56
_PAD = 10
_ROUND = 36
_WIDE = QSize(71, 40)
_ACTION = 30
#: Only pictures fade; words stay readable.
_FADED = 0.5
#: Ground and ink of a badge; the ink is also that of a quiet line in this tone. All at least 4.5:1, see the test.
_TONES = {
    "plain": ("sunken", "text-quiet"),
    "warn": ("warn-soft", "warn"),
    "bad": ("bad-soft", "bad"),
    "accent": ("accent-soft", "accent-hover"),
}


class RowDelegate(QStyledItemDelegate):
    """Draws `Row`s in the colours of the look. `armed` is the action under the pointer."""

    def __init__(self, theme: Theme, parent: QObject, thumbnails: Thumbnails | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self.hovered: QPersistentModelIndex | None = None
        self.armed: str = ""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as the list, 56 px high."""
        return QSize(120, HEIGHT)

    def action_at(self, rect: QRect, row: Row, point: QPointF) -> Action | None:
        """Which action of a row painted in `rect` is at `point`."""
        for action, place in self._action_places(rect, row):
            if place.contains(point):
                return action
        return None

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Name the action under the pointer in a tool tip."""
        row: Row | None = index.data(ROW_ROLE)
        action = self.action_at(option.rect, row, event.pos().toPointF()) if row is not None else None
        if action is None:
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), action.text, view)
        return True

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        row: Row = index.data(ROW_ROLE)
        rect, state = option.rect, option.state
        hovered = self.hovered is not None and self.hovered.row() == index.row()
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, rect, state, hovered=hovered, selected=selected)
        painter.setOpacity(_FADED if row.faded else 1.0)
        left = self._leading(painter, rect, row)
        painter.setOpacity(1.0)
        right = float(rect.right() - _PAD)
        if hovered and row.actions:
            right = self._actions(painter, rect, row)
        elif row.trailing:
            right = self._trailing(painter, rect, row, right)
        self._lines(painter, rect, row, left, right - 8)
        painter.restore()

    def _ground(
        self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, *, hovered: bool, selected: bool
    ) -> None:
        box = QRectF(rect).adjusted(1, 1, -1, -1)
        if hovered or selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("sunken" if selected else "paper"))
            painter.drawRoundedRect(box, 8, 8)
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(QPen(self._theme.color("focus"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)

    def _leading(self, painter: QPainter, rect: QRect, row: Row) -> float:
        middle = rect.top() + HEIGHT / 2
        size = _WIDE if row.wide_picture else QSize(_ROUND, _ROUND)
        box = QRectF(rect.left() + _PAD, middle - size.height() / 2, size.width(), size.height())
        radius = 6 if row.wide_picture else _ROUND / 2
        painter.setPen(Qt.PenStyle.NoPen)
        picture = self._thumbnails.get(row.picture) if self._thumbnails and row.picture else None
        if picture is not None:
            path = QPainterPath()
            path.addRoundedRect(box, radius, radius)
            painter.save()
            painter.setClipPath(path)
            painter.fillRect(box, self._theme.color("video"))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box, picture, covering(picture, box))
            painter.restore()
        else:
            painter.setBrush(self._theme.color("line"))
            painter.drawRoundedRect(box, radius, radius)
            if row.icon:
                ratio = painter.device().devicePixelRatio()
                pixmap = self._theme.pixmap(row.icon, "text-quiet", 18, ratio)
                painter.drawPixmap(box.center() - QPointF(9, 9), pixmap)
            else:
                painter.setFont(self._theme.font("medium", strong=True))
                painter.setPen(self._theme.color("text-quiet"))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, row.initial)
        return box.right() + 12

    def _lines(self, painter: QPainter, rect: QRect, row: Row, left: float, right: float) -> None:
        with_bar = row.progress is not None
        top = rect.top() + (5 if with_bar else 8)
        badges = sum(self._badge_width(badge) + 6 for badge in row.badges)
        font = self._theme.font("base", strong=True)
        text_width = max(24.0, right - left - badges)
        title = QFontMetrics(font).elidedText(row.strong, Qt.TextElideMode.ElideRight, int(text_width))
        painter.setFont(font)
        painter.setPen(self._theme.color("text-quiet" if row.faded else "text"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
        painter.drawText(QRectF(left, top, text_width, 20), int(flags), title)
        at = left + QFontMetrics(font).horizontalAdvance(title) + 8
        for badge in row.badges:
            at = self._badge(painter, badge, at, top + 1)
        small = self._theme.font("small")
        painter.setFont(small)
        painter.setPen(self._theme.color(_TONES[row.tone][1]))
        quiet = QFontMetrics(small).elidedText(
            row.quiet, Qt.TextElideMode.ElideRight, int(max(24.0, right - left))
        )
        painter.drawText(QRectF(left, top + 20, max(24.0, right - left), 18), int(flags), quiet)
        if row.progress is not None:
            bar = QRectF(left, top + 41, max(24.0, right - left), 4)
            paint_bar(painter, bar, row.progress, self._theme, fill=row.progress_tone)

    def _trailing(self, painter: QPainter, rect: QRect, row: Row, right: float) -> float:
        font = self._theme.font("small")
        painter.setFont(font)
        painter.setPen(self._theme.color("text-quiet"))
        width = min(QFontMetrics(font).horizontalAdvance(row.trailing), rect.width() * 0.4)
        box = QRectF(right - width, rect.top(), width, HEIGHT)
        text = QFontMetrics(font).elidedText(row.trailing, Qt.TextElideMode.ElideRight, int(width) + 1)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), text)
        return right - width - 4

    def _badge_width(self, badge: Badge) -> float:
        return QFontMetrics(self._theme.font("small")).horizontalAdvance(badge.text) + 14

    def _badge(self, painter: QPainter, badge: Badge, left: float, top: float) -> float:
        ground, ink = _TONES[badge.tone]
        box = QRectF(left, top, self._badge_width(badge), 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("line" if ground == "sunken" else ground))
        painter.drawRoundedRect(box, 9, 9)
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.color("text" if ground == "sunken" else ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, badge.text)
        return box.right() + 6

    def _action_places(self, rect: QRect, row: Row) -> list[tuple[Action, QRectF]]:
        top = rect.top() + (HEIGHT - _ACTION) / 2
        left = rect.right() - _PAD + 4 - _ACTION * len(row.actions)
        return [
            (action, QRectF(left + at * _ACTION, top, _ACTION, _ACTION))
            for at, action in enumerate(row.actions)
        ]

    def _actions(self, painter: QPainter, rect: QRect, row: Row) -> float:
        places = self._action_places(rect, row)
        ratio = painter.device().devicePixelRatio()
        for action, box in places:
            armed = action.key == self.armed
            if armed:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._theme.color("bad-soft" if action.danger else "line"))
                painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 6, 6)
            color = ("bad" if action.danger else "text") if armed else "text-quiet"
            painter.drawPixmap(
                box.center() - QPointF(9, 9), self._theme.pixmap(action.icon, color, 18, ratio)
            )
        return places[0][1].left()


def covering(image: QImage, box: QRectF) -> QRectF:
    """The part of `image` that fills `box` without being stretched."""
    scale = min(image.width() / box.width(), image.height() / box.height())
    width, height = box.width() * scale, box.height() * scale
    return QRectF((image.width() - width) / 2, (image.height() - height) / 2, width, height)
