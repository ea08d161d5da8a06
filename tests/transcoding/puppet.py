"""Stand for the child, so that a test decides when and how a job ends and can watch the order in which jobs begin."""

from __future__ import annotations

import threading
from pathlib import Path

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
        return keep(order, action=self._action)


def keep(order, _on_message=None, _should_stop=None, *, action: Action = Action.KEEP):
    """A child that takes the upload as it is."""
    return _finished(order.source, action)


def remux(order, _on_message=None, _should_stop=None):
    """A child whose result has the upload's bytes in a file of its own."""
    made = order.work / "video.mp4"
    made.write_bytes(order.source.read_bytes())
    return _finished(made, Action.REMUX, moved_source=False)


def _finished(video: Path, action: Action, *, moved_source: bool = True) -> Finished:
    return Finished(
        video=video,
        thumbnail=None,
        action=action,
        duration_ms=60_000,
        width=640,
        height=480,
        size_bytes=video.stat().st_size,
        moved_source=moved_source,
    )


def no_look(_order, _should_stop):
    """A look ahead that sees nothing."""
    return
