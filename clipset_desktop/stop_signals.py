"""SIGTERM and Ctrl-C for a Qt program: Python's handler writes a byte that Qt's event loop wakes up for."""

from __future__ import annotations

import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal


class StopSignals(QObject):
    """Emits `received` on the main thread. `close` puts the former handlers back."""

    received = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read, self._write = socket.socketpair()
        for each in (self._read, self._write):
            each.setblocking(False)
        self._former_fd = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._former = {each: signal.signal(each, _ignore) for each in (signal.SIGTERM, signal.SIGINT)}
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_byte)

    def close(self) -> None:
        """Hear no more."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._former_fd)
        for each, handler in self._former.items():
            signal.signal(each, handler)
        self._read.close()
        self._write.close()

    def _on_byte(self) -> None:
        numbers = self._read.recv(64)
        if any(number in (signal.SIGTERM, signal.SIGINT) for number in numbers):
            self.received.emit()


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """The byte in the wake-up socket is what matters."""
