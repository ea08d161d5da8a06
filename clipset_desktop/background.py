"""The one way off the GUI thread. Whatever may wait (database, disk, network) goes through `Background.run`."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from clipset_desktop.words import tr
from server.errors import ClipsetError

_log = structlog.get_logger(__name__)
T = TypeVar("T")
OnError = Callable[[ClipsetError], None]


@dataclass(frozen=True)
class _Call:
    owner: QObject
    fn: Callable[[], Any]
    on_done: Callable[[Any], None] | None
    on_error: OnError | None


class Background(QObject):
    """Runs blocking calls on a few threads of its own and calls back on the main thread.

    What a call refers to is let go of on the main thread only: where the last reference to a widget goes, Qt destroys
    it, and on another thread that corrupts memory.
    """

    _ended = Signal(int, bool, object)

    def __init__(self, threads: int = 4, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="background")
        _start(self._pool, threads)
        self._tickets = itertools.count()
        self._calls: dict[int, _Call] = {}
        self._under_way: set[Future[None]] = set()
        self._closed = False
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

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
        ticket = next(self._tickets)
        self._calls[ticket] = _Call(owner, fn, on_done, on_error)
        self._under_way = {each for each in self._under_way if not each.done()}
        self._under_way.add(self._pool.submit(self._work, ticket))

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

    def _work(self, ticket: int) -> None:
        result: object
        try:
            result, failed = self._calls[ticket].fn(), False
        except ClipsetError as error:
            result, failed = error, True
        except Exception:
            _log.exception("background_call_failed")
            result, failed = _unexpected(), True
        self._ended.emit(ticket, failed, result)

    def _on_ended(self, ticket: int, failed: bool, result: Any) -> None:
        call = self._calls.pop(ticket)
        callback = call.on_error if failed else call.on_done
        if callback is not None and isValid(call.owner):
            callback(result)


def _start(pool: ThreadPoolExecutor, threads: int) -> None:
    """Start all threads of a pool: one that is started later keeps the main thread waiting, 10 ms on a busy machine."""
    started = threading.Event()
    for _ in range(threads):
        pool.submit(started.wait)
    started.set()


def _unexpected() -> ClipsetError:
    return ClipsetError(tr("Something went wrong inside Clipset. Try again; the log says more."))
