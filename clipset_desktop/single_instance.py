"""One window for one data folder: a second start tells the first to come forward, and ends."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_WAIT_MS = 1000
_MESSAGE = b"show\n"


class SingleInstance(QObject):
    """Listens on a local socket named after the data folder; only this user may connect."""

    asked_forward = Signal()

    def __init__(self, data_path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        digest = hashlib.sha256(str(data_path.resolve()).encode()).hexdigest()
        self._name = f"clipset-{digest[:16]}"
        self._server: QLocalServer | None = None

    def is_first(self) -> bool:
        """Become the one instance, or bring the running one forward and answer False."""
        if self._call_running():
            return False
        # Nobody answers: what is left of the socket belongs to a process that was killed.
        QLocalServer.removeServer(self._name)
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._on_connection)
        server.listen(self._name)
        self._server = server
        return True

    def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    def _call_running(self) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_WAIT_MS):
            return False
        socket.write(_MESSAGE)
        socket.waitForBytesWritten(_WAIT_MS)
        socket.disconnectFromServer()
        return True

    def _on_connection(self) -> None:
        assert self._server is not None
        socket = self._server.nextPendingConnection()
        socket.disconnected.connect(socket.deleteLater)
        self.asked_forward.emit()
