"""The list of a page: rows to select, with their actions on hover, in the context menu and by key."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QItemSelection, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu

from clipset_desktop.look.theme import Theme
from clipset_desktop.thumbnails import Thumbnails
from clipset_desktop.widgets.row_delegate import RowDelegate
from clipset_desktop.widgets.rows import ROW_ROLE, VALUE_ROLE, Action, Row, RowsModel


class RowList(QListView):
    """Emits `triggered(action key, value)`, `chosen(value or None)`, `moved(value, the value it goes before, or None)`.

    Where rows are movable they are dragged, or moved by Alt and the arrows; whether they move is up to who hears it.
    """

    triggered = Signal(str, object)
    chosen = Signal(object)
    moved = Signal(object, object)

    def __init__(
        self,
        theme: Theme,
        model: RowsModel[Any],
        name: str,
        *,
        thumbnails: Thumbnails | None = None,
        several: bool = False,
        movable: bool = False,
    ) -> None:
        super().__init__()
        self.setObjectName("rows")
        self.setAccessibleName(name)
        self._theme = theme
        self._delegate = RowDelegate(theme, self, thumbnails)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if movable:
            self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
            self.setDropIndicatorShown(True)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if several else mode.SingleSelection)
        theme.changed.connect(self._paint_anew)
        if thumbnails is not None:
            thumbnails.arrived.connect(self._paint_anew)

    @property
    def value(self) -> Any:
        """The value of the selected row, or None."""
        chosen = self.values
        return chosen[0] if chosen else None

    @property
    def values(self) -> list[Any]:
        """The values of the selected rows, from the top."""
        indexes = sorted(self.selectedIndexes(), key=lambda index: index.row())
        return [index.data(VALUE_ROLE) for index in indexes]

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell the page what is selected now."""
        super().selectionChanged(selected, deselected)
        self.chosen.emit(self.value)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the actions of the row under the pointer."""
        super().mouseMoveEvent(event)
        self._point(event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the actions."""
        super().leaveEvent(event)
        self._delegate.hovered, self._delegate.armed = None, ""
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """An action's icon acts, also on a row that is not selected; anywhere else selects."""
        point = event.position().toPoint()
        self._point(point)
        action = self._action_at(point)
        if action is not None and event.button() is Qt.MouseButton.LeftButton:
            self.triggered.emit(action.key, self.indexAt(point).data(VALUE_ROLE))
            return
        super().mousePressEvent(event)
        if not self.indexAt(point).isValid():
            self.clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape lets go of the row; an action's key does it."""
        if event.key() == Qt.Key.Key_Escape:
            self.clearSelection()
            return
        if event.modifiers() == Qt.KeyboardModifier.AltModifier and event.key() in (
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
        ):
            self._move_by_key(up=event.key() == Qt.Key.Key_Up)
            return
        indexes = self.selectedIndexes()
        row: Row | None = indexes[0].data(ROW_ROLE) if indexes else None
        pressed = QKeySequence(event.keyCombination())
        for action in row.actions if row else ():
            if action.shortcut and QKeySequence(action.shortcut) == pressed:
                self.triggered.emit(action.key, self.value)
                return
        super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Say where the dragged row shall go. The model is left alone: the new order comes with the next `replace`."""
        value = self.value
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if value is not None:
            self.move_before(value, self._row_at(event.position().toPoint()))

    def move_before(self, value: Any, row: int) -> None:
        """Say that `value` shall go before the row that is now at `row`; past the last movable one, to the end."""
        model = self.model()
        count = model.rowCount()
        before = next(
            (
                index.data(VALUE_ROLE)
                for index in (model.index(at, 0) for at in range(max(0, row), count))
                if index.data(ROW_ROLE).movable
            ),
            None,
        )
        if before is not value:
            self.moved.emit(value, before)

    def _move_by_key(self, *, up: bool) -> None:
        indexes = self.selectedIndexes()
        if not indexes or not indexes[0].data(ROW_ROLE).movable:
            return
        at = indexes[0].row()
        neighbour = self.model().index(at - 1 if up else at + 1, 0)
        if neighbour.isValid() and neighbour.data(ROW_ROLE).movable:
            self.move_before(self.value, at - 1 if up else at + 2)

    def _row_at(self, point: QPoint) -> int:
        index = self.indexAt(point)
        if not index.isValid():
            return self.model().rowCount()
        below = point.y() > self.visualRect(index).center().y()
        return index.row() + (1 if below else 0)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same actions, in words."""
        index = self.indexAt(event.pos())
        if not index.isValid():
            return
        menu = self.menu_for(index)
        if menu is not None:
            menu.popup(event.globalPos())

    def menu_for(self, index: QModelIndex) -> QMenu | None:
        """The context menu of a row, or None when nothing can be done to it."""
        row: Row = index.data(ROW_ROLE)
        value = index.data(VALUE_ROLE)
        if not row.actions:
            return None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in row.actions:
            entry = menu.addAction(
                self._theme.icon(action.icon, "bad" if action.danger else "text"), action.text
            )
            if action.shortcut:
                entry.setShortcut(QKeySequence(action.shortcut))
                entry.setShortcutVisibleInContextMenu(True)
            entry.triggered.connect(lambda _=False, key=action.key: self.triggered.emit(key, value))
        return menu

    def _paint_anew(self) -> None:
        self.viewport().update()

    def _point(self, point: QPoint) -> None:
        index = self.indexAt(point)
        self._delegate.hovered = QPersistentModelIndex(index) if index.isValid() else None
        action = self._action_at(point)
        self._delegate.armed = action.key if action else ""
        shape = Qt.CursorShape.PointingHandCursor if action else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)
        self.viewport().update()

    def _action_at(self, point: QPoint) -> Action | None:
        index = self.indexAt(point)
        if not index.isValid():
            return None
        return self._delegate.action_at(self.visualRect(index), index.data(ROW_ROLE), point.toPointF())
