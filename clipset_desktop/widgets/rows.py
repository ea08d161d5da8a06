"""What a row shows, and the model that keeps the rows of one page. Painting is in `row_delegate`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

Tone = Literal["plain", "warn", "bad", "accent"]
V = TypeVar("V")
Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = Qt.ItemDataRole.UserRole
VALUE_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, kw_only=True)
class Badge:
    """One or two words in a soft colour."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something that can be done to a row: an icon on hover, a word in the menu, and a key."""

    key: str
    text: str
    icon: str
    shortcut: str = ""
    danger: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of 56 px. `progress` is 0 to 1; `picture` is the video whose preview is shown once it is loaded.

    Until then, and without one, `icon` is shown, or else `initial`.
    """

    strong: str
    quiet: str = ""
    trailing: str = ""
    initial: str = ""
    icon: str = ""
    picture: UUID | None = None
    wide_picture: bool = False
    badges: tuple[Badge, ...] = ()
    progress: float | None = None
    progress_tone: str = "accent"
    tone: Tone = "plain"
    actions: tuple[Action, ...] = ()
    movable: bool = False
    faded: bool = False


class RowsModel(QAbstractListModel, Generic[V]):
    """The values of a page in order, each with the row it is shown as; selection survives a refresh.

    A view that comes to the end of the rows while `has_more` says so is told by `more_wanted`, once for each `replace`.
    """

    more_wanted = Signal()

    def __init__(
        self, key_of: Callable[[V], Hashable], row_of: Callable[[V], Row], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._key_of = key_of
        self._row_of = row_of
        self._values: list[V] = []
        self._rows: list[Row] = []
        self._places: dict[Hashable, int] = {}
        self.has_more = False

    @property
    def values(self) -> Sequence[V]:
        """What is shown, in order."""
        return self._values

    def replace(self, values: Sequence[V]) -> None:
        """Show `values` instead. Rows that stay keep their place in the selection."""
        old, new = [self._key_of(each) for each in self._values], [self._key_of(each) for each in values]
        if old == new:
            for value in values:
                self.update(value)
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        places = {key: at for at, key in enumerate(new)}
        self._values, self._rows, self._places = list(values), [self._row_of(each) for each in values], places
        after = [self._moved(places.get(old[index.row()])) for index in before]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def update(self, value: V) -> bool:
        """Show the new state of one value; False when it is not here. Nothing is painted if the row looks the same."""
        at = self.place(self._key_of(value))
        if at is None:
            return False
        self._values[at] = value
        row = self._row_of(value)
        if row != self._rows[at]:
            self._rows[at] = row
            self.dataChanged.emit(self.index(at), self.index(at))
        return True

    def refresh(self) -> None:
        """Make every row anew, for texts that depend on the time."""
        self._rows = [self._row_of(each) for each in self._values]
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def place(self, key: Hashable) -> int | None:
        """Where the value with `key` stands, from 0."""
        return self._places.get(key)

    def get(self, key: Hashable) -> V | None:
        """The value with `key`."""
        at = self.place(key)
        return None if at is None else self._values[at]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows whose order people decide can be dragged; anything may be dropped between rows."""
        flags = super().flags(index)
        if not index.isValid():
            return flags | Qt.ItemFlag.ItemIsDropEnabled
        return flags | Qt.ItemFlag.ItemIsDragEnabled if self._rows[index.row()].movable else flags

    def supportedDropActions(self) -> Qt.DropAction:
        """Rows move; nothing is copied."""
        return Qt.DropAction.MoveAction

    def canFetchMore(self, _parent: Index) -> bool:
        """Whether a view at its end shall ask for more."""
        return self.has_more

    def fetchMore(self, _parent: Index) -> None:
        """Ask once; the answer is the next `replace`."""
        self.has_more = False
        self.more_wanted.emit()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many rows there are."""
        return 0 if parent is not None and parent.isValid() else len(self._values)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row for the delegate, the value for the page, and words for screen readers."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == VALUE_ROLE:
            return self._values[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.strong
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = (row.strong, *(badge.text for badge in row.badges), row.quiet, row.trailing)
            return ", ".join(word for word in words if word)
        return None

    def _moved(self, at: int | None) -> QModelIndex:
        return QModelIndex() if at is None else self.index(at)
