"""The log's way into the window: lines are handed over in memory, as they are written; no file is read."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from server.recent_log import LogEntry, RecentLog


class LogFeed(QObject):
    """Emits `grew` on the main thread when there is something new; `since` answers at once."""

    grew = Signal()

    def __init__(self, recent: RecentLog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._recent = recent
        recent.listen(self._tell)

    def since(self, number: int) -> list[LogEntry]:
        """The lines after `number`, oldest first."""
        return self._recent.since(number)

    def close(self) -> None:
        """Hear no more."""
        self._recent.listen(None)

    def _tell(self) -> None:
        # Emitted on whichever thread logs; the receivers live on the main thread, so Qt queues it for them.
        self.grew.emit()
