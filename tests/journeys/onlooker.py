"""Clipset with somebody who looks on and tells what the window shows and where; it presses nothing and changes nothing.

`python -m tests.journeys.onlooker FD ARGS...` is `clipset ARGS...`. What is seen is what a screen reader is told.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleInterface, QGuiApplication
from PySide6.QtWidgets import QApplication

from clipset_desktop.main import main

#: Between two looks.
_LOOK_MS = 20


class Onlooker(QObject):
    """Is asked for a pattern; answers once something of that name is to be seen: the name, and its middle in pixels."""

    asked = Signal(str)

    def __init__(self, line: Connection) -> None:
        super().__init__()
        self._line = line
        self._wanted = ""
        self.asked.connect(self._begin)
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        while True:
            try:
                self.asked.emit(self._line.recv())
            except EOFError:
                return

    def _begin(self, wanted: str) -> None:
        self._wanted = wanted
        self._look()

    def _look(self) -> None:
        found = [seen for seen in _shown() if re.fullmatch(self._wanted, seen[0])]
        if not found:
            QTimer.singleShot(_LOOK_MS, self, self._look)
            return
        # a caption has the name of what it stands beside, which is what is meant
        name, middle, _ = min(found, key=lambda seen: seen[2] is QAccessible.Role.StaticText)
        self._line.send((name, middle, QGuiApplication.clipboard().text()))


Seen = tuple[str, tuple[int, int], QAccessible.Role]


def _shown() -> Iterator[Seen]:
    """All that is to be seen and not disabled; while something has to be decided, only that."""
    windows = [each for each in QApplication.topLevelWidgets() if each.isVisible()]
    for window in [each for each in windows if each.isModal()] or windows:
        yield from _in(QAccessible.queryAccessibleInterface(window))


def _in(thing: QAccessibleInterface | None) -> Iterator[Seen]:
    if thing is None or not thing.isValid():
        return
    state = thing.state()
    if state.invisible or state.disabled:
        return
    if not state.offscreen:
        middle = thing.rect().center()
        yield thing.text(QAccessible.Text.Name), (middle.x(), middle.y()), thing.role()
    for at in range(thing.childCount()):
        yield from _in(thing.child(at))


if __name__ == "__main__":
    onlooker = Onlooker(Connection(int(sys.argv.pop(1))))
    sys.exit(main())
