"""Slows down guessing: failed tries at passwords and invitations are counted, by address and by what is guessed at.

Only failures count, so a whole class that signs in at once behind one address is never in its own way. Who has failed
too often is told so before a password is hashed.
"""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from server.errors import TooManyRequests

_WINDOW_MIN = 5
#: From one address, whatever is guessed at.
_PER_ADDRESS = RateLimitItemPerMinute(60, _WINDOW_MIN)
#: From one address at one account.
_PER_ADDRESS_AND_TARGET = RateLimitItemPerMinute(10, _WINDOW_MIN)
#: At one account from everywhere; high, since it could keep its owner out.
_PER_TARGET = RateLimitItemPerMinute(100, _WINDOW_MIN)
_ONCE = RateLimitItemPerMinute(1, _WINDOW_MIN)


class Attempts:
    """Counts failures in memory. Thread-safe; a restart forgets them."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def require_patience(self, kind: str, address: str, target: str = "") -> None:
        """Raise `TooManyRequests` when `address` has failed too often at `kind`, or at `target` of that kind."""
        for item, keys in _windows(kind, address, target):
            if not self._limiter.test(item, *keys):
                reset_s = self._limiter.get_window_stats(item, *keys).reset_time - time.time()
                raise TooManyRequests(
                    "Too many tries. Wait a little, then try again.", retry_after_s=max(1, math.ceil(reset_s))
                )

    def failed(self, kind: str, address: str, target: str = "") -> None:
        """Count a failure."""
        for item, keys in _windows(kind, address, target):
            self._limiter.hit(item, *keys)

    def guessed(self, kind: str, address: str, guess: str) -> None:
        """Count a wrong `guess` of an address, once: who asks on and on with the same one is not guessing."""
        if self._limiter.hit(_ONCE, kind, address, guess):
            self.failed(kind, address)


def _windows(kind: str, address: str, target: str) -> list[tuple[RateLimitItem, tuple[str, ...]]]:
    windows: list[tuple[RateLimitItem, tuple[str, ...]]] = [(_PER_ADDRESS, (kind, address))]
    if target:
        windows.append((_PER_ADDRESS_AND_TARGET, (kind, address, target)))
        windows.append((_PER_TARGET, (kind, "", target)))
    return windows
