"""The last lines of the log, kept in memory for whoever looks on. Reads no file, waits for nobody, never grows."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

#: About 1 MB.
KEPT = 2000
#: A line may carry what somebody typed; more than this of it helps nobody.
_LONGEST = 4000
#: What structlog adds to each line and an entry has a place for.
_OWN = frozenset({"event", "level", "logger", "timestamp", "exc_info", "stack_info"})


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line: `number` counts from 1, `level` is one of `logging`'s numbers, `trace` a traceback or empty."""

    number: int
    at: datetime
    level: int
    logger: str
    event: str
    facts: tuple[tuple[str, str], ...]
    trace: str


class RecentLog(logging.Handler):
    """A handler that keeps the newest `KEPT` lines."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: deque[LogEntry] = deque(maxlen=KEPT)
        self._count = 0
        self._told = False
        self._on_more: Callable[[], None] | None = None
        # not the handler's own: that one is held while other handlers' work is waited for
        self._guard = threading.Lock()

    def listen(self, on_more: Callable[[], None] | None) -> None:
        """Call `on_more`, on any thread, when there is a line that `since` has not given; once until it is asked."""
        with self._guard:
            self._on_more, self._told = on_more, False

    def since(self, number: int) -> list[LogEntry]:
        """The lines after `number` that are still kept, oldest first. Takes microseconds: any thread may ask."""
        with self._guard:
            self._told = False
            newer = min(self._count - number, len(self._entries))
            return [self._entries[at] for at in range(len(self._entries) - newer, len(self._entries))]

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        try:
            parts = _parts(record)
        except Exception:
            self.handleError(record)
            return
        with self._guard:
            self._count += 1
            self._entries.append(LogEntry(number=self._count, **parts))
            tell, self._told = (None if self._told else self._on_more), True
        if tell is not None:
            tell()


def _parts(record: logging.LogRecord) -> dict[str, Any]:
    if isinstance(record.msg, dict):
        event, given = str(record.msg.get("event", "")), record.msg
        logger, raised = str(given.get("logger", record.name)), given.get("exc_info")
    else:
        event, given = record.getMessage(), {}
        logger, raised = record.name, record.exc_info
    return {
        "at": datetime.fromtimestamp(record.created, UTC),
        "level": record.levelno,
        "logger": logger,
        "event": event[:_LONGEST],
        "facts": tuple((key, str(value)[:_LONGEST]) for key, value in given.items() if key not in _OWN),
        "trace": _trace(raised),
    }


def _trace(raised: Any) -> str:
    """The traceback of `exc_info` in any of the forms that `logging` and structlog take."""
    if raised is True:
        raised = sys.exc_info()
    error = raised[1] if isinstance(raised, tuple) else raised
    return "".join(traceback.format_exception(error)) if isinstance(error, BaseException) else ""
