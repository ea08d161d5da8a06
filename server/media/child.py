"""The parent's side of a child: starts it, listens, watches the clock, ends it. Imports no PyAV.

A child is a fresh interpreter (spawn), so it holds none of the parent's sockets, threads or locks. It imports
the parent's `__main__` again: an entry point guards what it does by `if __name__ == "__main__":`, calls
`multiprocessing.freeze_support()` first in it, and imports nothing heavy at module level.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

import msgspec
import structlog

from server.media import inside, wire
from server.media.messages import Crashed, Decided, Finished, Progressed, Refused
from server.media.order import Order

_log = structlog.get_logger(__name__)

_LISTEN_S = 0.2
_END_GRACE_S = 2.0
_LOG_TAIL_BYTES = 6000

OnMessage = Callable[[Decided | Progressed], None]


def run_child(
    order: Order, on_message: OnMessage, should_stop: Callable[[], bool]
) -> Finished | Refused | Crashed:
    """Run one job in a child and wait for its end; call from any thread that may block.

    `on_message` gets what comes before the end, on this thread; `should_stop` is asked about five times a
    second. The child is gone when this returns or raises. Raises OSError when no process can be started.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(
        target=inside.enter, args=(order, sender), name=f"clipset-{order.source.parent.name}", daemon=True
    )
    try:
        process.start()
        sender.close()
        return _Watch(order, process, receiver, on_message, should_stop).run()
    finally:
        _end(process)
        sender.close()
        receiver.close()


def look(order: Order, should_stop: Callable[[], bool]) -> Decided | None:
    """What would be done with a file, without doing it; None when it cannot be said or the look was stopped.

    The child ends as soon as it has decided. Raises OSError when no process can be started.
    """
    decisions: list[Decided] = []

    def on_message(message: Decided | Progressed) -> None:
        if isinstance(message, Decided):
            decisions.append(message)

    run_child(order, on_message, lambda: bool(decisions) or should_stop())
    return decisions[0] if decisions else None


class _Watch:
    def __init__(
        self,
        order: Order,
        process: SpawnProcess,
        receiver: Connection,
        on_message: OnMessage,
        should_stop: Callable[[], bool],
    ) -> None:
        self._order = order
        self._process = process
        self._receiver = receiver
        self._on_message = on_message
        self._should_stop = should_stop
        self._started = self._heard = time.monotonic()

    def run(self) -> Finished | Refused | Crashed:
        while True:
            if self._should_stop():
                return Crashed(cause="stopped", detail="It was asked to stop.")
            wait([self._receiver, self._process.sentinel], timeout=_LISTEN_S)
            while self._receiver.poll():
                try:
                    message = wire.unpack(self._receiver.recv_bytes(wire.MAX_BYTES))
                except (EOFError, OSError):
                    return self._gone()
                except msgspec.MsgspecError as error:
                    return Crashed(cause="exit", detail=f"It sent something that is no message: {error}")
                self._heard = time.monotonic()
                if isinstance(message, (Finished, Refused)):
                    return message
                self._on_message(message)
            if not self._process.is_alive() and not self._receiver.poll():
                return self._gone()
            late = self._late()
            if late is not None:
                return late

    def _late(self) -> Crashed | None:
        now, limits = time.monotonic(), self._order.limits
        if now - self._started > limits.wall_s:
            return Crashed(cause="too_long", detail=f"It took longer than {limits.wall_s} s.")
        if now - self._heard > limits.silence_s:
            return Crashed(cause="silent", detail=f"Nothing was heard of it for {limits.silence_s} s.")
        return None

    def _gone(self) -> Crashed:
        self._process.join(_END_GRACE_S)
        code = self._process.exitcode
        detail = _tail(self._order.work / inside.LOG_NAME)
        if code is not None and code < 0:
            return Crashed(cause="signal", code=-code, detail=f"{_signal_name(-code)}. {detail}".strip())
        return Crashed(cause="exit", code=code, detail=f"Exit code {code}. {detail}".strip())


def _end(process: SpawnProcess) -> None:
    """Make sure that the child is gone. It holds nothing that needs a farewell, so it gets none."""
    if process.pid is None:
        return
    process.join(_END_GRACE_S if process.exitcode is not None else 0)
    if process.is_alive():
        process.kill()
        process.join()
    process.close()


def _signal_name(number: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"


def _tail(log: Path) -> str:
    """The last words of a child that died."""
    try:
        text = log.read_bytes()[-_LOG_TAIL_BYTES:].decode("utf-8", "replace")
    except OSError:
        return ""
    return text.partition("\nExtension modules:")[0].strip()
