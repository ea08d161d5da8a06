"""The one way off the GUI thread. Whatever may wait (database, disk, network) goes through `Background.run`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

import structlog
from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from clipset_desktop.words import tr
from server.errors import ClipsetError

_log = structlog.get_logger(__name__)
T = TypeVar("T")
OnError = Callable[[ClipsetError], None]


class Background(QObject):
    """Runs blocking calls on a few threads of its own and calls back on the main thread."""

    _ended = Signal(object)

    def __init__(self, threads: int = 4, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Python's own pool: Qt's frees a callable on the worker's thread
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="background")
        self._under_way: set[Future[None]] = set()
        self._closed = False
        self._ended.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        owner: QObject,
        fn: Callable[[], T],
        on_done: Callable[[T], None] | None = None,
        on_error: OnError | None = None,
    ) -> None:
        """Call `fn` on another thread, then `on_done` or `on_error` on the main thread while `owner` still lives.

        `on_error` always gets a `ClipsetError`: an exception that nobody expected is logged with its traceback first.
        After `run_last` nothing is run any more, and nothing is called back.
        """
        if self._closed:
            return

        def work() -> None:
            try:
                result = fn()
            except ClipsetError as error:
                self._deliver(owner, on_error, error)
            except Exception:
                _log.exception("background_call_failed")
                self._deliver(owner, on_error, _unexpected())
            else:
                self._deliver(owner, on_done, result)

        self._under_way = {each for each in self._under_way if not each.done()}
        self._under_way.add(self._pool.submit(work))

    def run_last(self, owner: QObject, fn: Callable[[], object], on_ended: Callable[[object], None]) -> None:
        """Call `fn` when everything before it is done, then `on_ended`, also after an error. For stopping."""
        before = self._under_way

        def last() -> None:
            wait(before)
            fn()

        self.run(owner, last, on_ended, on_ended)
        self._closed = True

    def finish(self) -> None:
        """Wait for what is running and run nothing more."""
        self._closed = True
        self._pool.shutdown()

    def _deliver(self, owner: QObject, callback: Callable[[Any], None] | None, value: object) -> None:
        if callback is not None and isValid(self):
            self._ended.emit(lambda: callback(value) if isValid(owner) else None)

    def _call(self, callback: Callable[[], None]) -> None:
        callback()


def _unexpected() -> ClipsetError:
    return ClipsetError(tr("Something went wrong inside Clipset. Try again; the log says more."))
