"""The first steps of a child: lets go of what it must not have, limits itself, watches its parent, then
works.

Imported by the parent too (it has to name the function), so it imports PyAV only once it runs in the child.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.connection import Connection

from server.media import wire
from server.media.limits import apply_limits
from server.media.messages import Message
from server.media.order import Order

#: Where a dying child leaves its last words, in the job's work folder.
LOG_NAME = "child.log"
_PARENT_GONE = 70
_SECRETS_PREFIX = "CLIPSET_"


def enter(order: Order, sender: Connection) -> None:
    """What the child process runs. Everything it has to say goes through `sender`."""
    _watch_parent()
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole terminal group; the parent decides
    _let_go(order)
    apply_limits(order.limits)
    from server.media.work import work

    def send(message: Message) -> None:
        sender.send_bytes(wire.pack(message))

    send(work(order, send))


def _watch_parent() -> None:
    """Exit as soon as the parent is gone, however it went: its end of a pipe closes."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(_PARENT_GONE)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def _let_go(order: Order) -> None:
    """Give up the terminal (whoever reads the server's output must see its end) and the settings, which hold
    secrets.
    """
    for name in [name for name in os.environ if name.startswith(_SECRETS_PREFIX)]:
        del os.environ[name]
    nothing = os.open(os.devnull, os.O_RDWR)
    log = os.open(order.work / LOG_NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for target, replacement in ((0, nothing), (1, nothing), (2, log)):
        os.dup2(replacement, target)
    os.close(nothing)
    os.close(log)
    sys.stdin = sys.stdout = open(os.devnull, "r+", encoding="utf-8")  # noqa: SIM115, PTH123  kept for life
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    faulthandler.enable(sys.stderr)
