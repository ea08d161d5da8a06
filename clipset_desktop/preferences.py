"""What this window remembers for itself, in the data folder: its place, its language, its look, what it tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from clipset_desktop.look.theme import Wanted

Language = Literal["system", "en", "de"]


class Preferences(QObject):
    """Read once at the start; written by Qt when there is time. `changed` after each change."""

    changed = Signal()

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = QSettings(str(file), QSettings.Format.IniFormat, self)

    @property
    def language(self) -> Language:
        """The language of the window."""
        chosen: Language = _one_of(Language, self._store.value("language"))
        return chosen

    @language.setter
    def language(self, language: Language) -> None:
        self._set("language", language)

    @property
    def look(self) -> Wanted:
        """Light, dark, or as the system is."""
        chosen: Wanted = _one_of(Wanted, self._store.value("look"))
        return chosen

    @look.setter
    def look(self, look: Wanted) -> None:
        self._set("look", look)

    @property
    def notifies(self) -> bool:
        """Whether failures and finished queues are told while the window is not in front."""
        return self._flag("notifies")

    @notifies.setter
    def notifies(self, notifies: bool) -> None:
        self._set("notifies", "yes" if notifies else "no")

    @property
    def closes_to_tray(self) -> bool:
        """Whether the server goes on when the window is closed, where there is a tray."""
        return self._flag("closes_to_tray")

    @closes_to_tray.setter
    def closes_to_tray(self, closes: bool) -> None:
        self._set("closes_to_tray", "yes" if closes else "no")

    @property
    def place(self) -> QByteArray | None:
        """Size and place of the window, as Qt keeps them."""
        place = self._store.value("geometry")
        return place if isinstance(place, QByteArray) else None

    @place.setter
    def place(self, place: QByteArray) -> None:
        self._store.setValue("geometry", place)

    def _flag(self, key: str) -> bool:
        return self._store.value(key, "yes") != "no"

    def _set(self, key: str, value: str) -> None:
        self._store.setValue(key, value)
        self.changed.emit()


def _one_of(kind: Any, value: object) -> Any:
    """`value` if it is one of the literal's, else the first of them: a file may have been edited."""
    values = get_args(kind)
    return value if value in values else values[0]
