"""Waiting for what no event tells of."""

from __future__ import annotations

import threading
from collections.abc import Callable


def wait_until(is_so: Callable[[], bool], *, timeout_s: float = 60) -> None:
    """Look again and again, up to `timeout_s`, until `is_so`."""
    for _ in range(int(timeout_s * 100)):
        if is_so():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not come to that")
