"""Stands for the child, so that a test decides when a job ends and can watch the order in which jobs begin."""

from __future__ import annotations

import threading

from server.media.messages import Crashed, Decided, Finished, Progressed
from server.values.jobs import Action


class Puppet:
    """Begins a job, tells of half of it, and finishes it when `let_go` allows one more; stops when asked to."""

    def __init__(self, action: Action = Action.KEEP) -> None:
        self.began: list[str] = []
        self._action = action
        self._go = threading.Semaphore(0)

    def let_go(self, jobs: int = 1) -> None:
        self._go.release(jobs)

    def __call__(self, order, on_message, should_stop):
        self.began.append(order.source.parent.name)
        on_message(
            Decided(action=self._action, reasons=("Fine.",), duration_ms=60_000, width=640, height=480)
        )
        on_message(Progressed(progress=0.5, speed=2.0, eta_ms=15_000))
        while not self._go.acquire(timeout=0.05):
            if should_stop():
                return Crashed(cause="stopped", detail="It was asked to stop.")
        return Finished(
            video=order.source,
            thumbnail=None,
            action=self._action,
            duration_ms=60_000,
            width=640,
            height=480,
            size_bytes=order.source.stat().st_size,
            moved_source=True,
        )


def no_look(_order, _should_stop):
    """A look ahead that sees nothing."""
    return
