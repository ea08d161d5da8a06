"""A child that ends as one does when FFmpeg has a fault: by a read where there is no memory."""

from __future__ import annotations

import ctypes
from multiprocessing.connection import Connection

from server.media import inside
from server.media.order import Order


def enter(order: Order, _sender: Connection) -> None:
    """What the child runs in the place of `server.media.inside.enter`."""
    inside._let_go(order)
    inside.apply_limits(order.limits)
    ctypes.string_at(0)
