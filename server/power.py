"""The machine's power: whether it runs on its battery, and keeping it from falling asleep. The only user of `psutil`'s
battery and of `wakepy`; both are loaded when first needed, and where the platform offers neither, nothing happens.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

import structlog

_log = structlog.get_logger(__name__)


class Power(Protocol):
    """What the server wants of the machine's power."""

    def on_battery(self) -> bool:
        """Whether the machine runs on its battery now; False where it has none or does not tell."""

    def keep_awake(self, awake: bool) -> None:
        """Keep the machine from falling asleep by itself, or let it. Returns at once; repeating is harmless."""

    def close(self) -> None:
        """Let it sleep, and end."""


class MachinePower:
    """The real one. A thread of its own holds the machine awake: on Windows that belongs to a thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wanted = self._closed = False
        self._thread: threading.Thread | None = None

    def on_battery(self) -> bool:
        """Whether the machine runs on its battery now; False where it has none or does not tell."""
        import psutil

        if not hasattr(psutil, "sensors_battery"):
            return False
        battery = psutil.sensors_battery()
        return battery is not None and battery.power_plugged is False

    def keep_awake(self, awake: bool) -> None:
        """Keep the machine from falling asleep by itself, or let it. Returns at once; repeating is harmless."""
        with self._changed:
            self._wanted = awake
            if awake and self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._hold, name="awake", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def close(self) -> None:
        """Let it sleep, and end."""
        with self._changed:
            self._wanted, self._closed = False, True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _hold(self) -> None:
        from wakepy import keep

        while self._wait_until(lambda: self._wanted):
            with keep.running(on_fail="pass") as mode:
                _log.info("kept_awake", works=mode.active)
                self._wait_until(lambda: not self._wanted)

    def _wait_until(self, is_so: Callable[[], bool]) -> bool:
        """Wait for a change of mind; False when it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or is_so())
            return not self._closed


def can_stay_awake() -> bool:
    """Try whether this machine can be kept awake from this process."""
    from wakepy import keep

    works: list[bool] = []
    with keep.running(on_fail="pass") as mode:
        works.append(mode.active)
    return any(works)
