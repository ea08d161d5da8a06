"""The one bridge from the core's events to Qt: what is published on any thread is re-emitted on the main thread."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from clipset_desktop.background import OnError
from server.events import Event, EventBus

T = TypeVar("T")
#: The way off the GUI thread, on somebody's behalf: what to do, and what to do with its answer or its refusal.
Run = Callable[[Callable[[], Any], Callable[[Any], None], OnError], None]


class EventBridge(QObject):
    """Carries every event of the core as the signal `happened`, until `close`."""

    happened = Signal(object)

    def __init__(self, bus: EventBus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._unsubscribe = bus.subscribe(self._emit)

    def close(self) -> None:
        """Hear no more. Asking twice is harmless."""
        self._unsubscribe()

    def _emit(self, event: Event) -> None:
        # Emitted on the bus's thread; the receivers live on the main thread, so Qt queues it for them.
        self.happened.emit(event)


class Throttle(QObject):
    """Lets values through at most once an interval for each key, and always the last one."""

    def __init__(self, interval_ms: int, deliver: Callable[[Any], None], parent: QObject) -> None:
        super().__init__(parent)
        self._deliver = deliver
        self._waiting: dict[Hashable, Any] = {}
        self._quiet = QTimer(self, interval=interval_ms, singleShot=True)
        self._quiet.timeout.connect(self._flush)

    def put(self, key: Hashable, value: Any) -> None:
        """Deliver `value` now or when the interval is over, unless a newer one of the same key has come by then."""
        if self._quiet.isActive():
            self._waiting[key] = value
        else:
            self._quiet.start()
            self._deliver(value)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, {}
        if waiting:
            self._quiet.start()
        for value in waiting.values():
            self._deliver(value)


class Loader(QObject, Generic[T]):
    """Fetches fresh data off the GUI thread however often it is told to, with one request under way at a time.

    So answers cannot overtake each other, and a burst of events costs two requests, not a hundred.
    """

    def __init__(
        self,
        run: Run,
        fetch: Callable[[], T],
        show: Callable[[T], None],
        refused: OnError,
        parent: QObject,
        interval_ms: int = 150,
    ) -> None:
        super().__init__(parent)
        self._run = run
        self._fetch = fetch
        self._show = show
        self._refused = refused
        self._under_way = False
        self._again = False
        self._throttle = Throttle(interval_ms, lambda _: self._start(), self)

    def ask(self) -> None:
        """See to it that data newer than this moment arrives."""
        self._throttle.put(None, None)

    def _start(self) -> None:
        if self._under_way:
            self._again = True
            return
        self._under_way = True
        self._run(self._fetch, partial(self._ended, self._show), partial(self._ended, self._refused))

    def _ended(self, follow: Callable[[Any], None], value: Any) -> None:
        follow(value)
        self._under_way = False
        if self._again:
            self._again = False
            self.ask()
