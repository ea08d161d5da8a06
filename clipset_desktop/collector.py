"""Python's cycle collector, run on the GUI thread alone and only through what is new.

Left to itself it runs on whichever thread has just made an object. A widget that is destroyed on a thread of the
server's may take the program down with it. And now and then it goes through everything that modules hold, while every
thread waits: 60 to 130 ms (measured on Python 3.11, over some 170,000 objects).
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_LOOK_EVERY_MS = 1000
#: As in Python itself: so many new objects are worth a pass, every tenth of which goes further, and every hundredth
#: through everything that is not spared.
_NEW_OBJECTS = 700
_FURTHER_EVERY, _ALL_EVERY = 10, 100


class Collector(QObject):
    """Collects from now on, until `close`; made and used on the GUI thread."""

    def __init__(self, parent: QObject | None = None, *, look_every_ms: int = _LOOK_EVERY_MS) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        gc.disable()
        self._passes = 0
        self._timer = QTimer(self, interval=look_every_ms)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def spare_what_is_there(self) -> None:
        """Take what lives now as living for ever: no pass goes through it again."""
        gc.freeze()

    def close(self) -> None:
        """Leave all as it was found."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_on:
            gc.enable()

    def _look(self) -> None:
        if gc.get_count()[0] < _NEW_OBJECTS:
            return
        self._passes += 1
        if self._passes % _ALL_EVERY == 0:
            gc.collect(2)
        elif self._passes % _FURTHER_EVERY == 0:
            gc.collect(1)
        else:
            gc.collect(0)
