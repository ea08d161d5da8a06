"""A child that stands still in the middle of its work, for tests of what can be watched meanwhile."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from server.media.child import run_child
from server.media.order import Order


class Held:
    """Runs children for real, and freezes the first as soon as `from_ms` of its video can be watched."""

    def __init__(self, from_ms: int) -> None:
        self._from_ms = from_ms
        self._pid: int | None = None
        self.frozen = threading.Event()

    def __call__(
        self, order: Order, on_message: Callable[[Any], None], should_stop: Callable[[], bool]
    ) -> Any:
        def heard(message: Any) -> None:
            on_message(message)
            if getattr(message, "watchable_ms", 0) >= self._from_ms and self._pid is None:
                (child,) = multiprocessing.active_children()
                assert child.pid is not None
                self._pid = child.pid
                os.kill(child.pid, signal.SIGSTOP)
                self.frozen.set()

        return run_child(order, heard, should_stop)

    def go_on(self) -> None:
        """Let it work again."""
        assert self._pid is not None
        os.kill(self._pid, signal.SIGCONT)
