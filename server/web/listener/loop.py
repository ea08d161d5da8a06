"""Waits for sockets and lets their channels read and write. What is waited for is kept, not asked anew each turn.

Asking each of 1,200 connections in every turn cost more than sending to those that were ready, and the answers to
everybody else waited for it.
"""

from __future__ import annotations

import select
import selectors
from collections import deque
from typing import Any

from waitress import wasyncore

_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE

MAX_SOCKETS = None if hasattr(select, "poll") else 500
"""Windows waits for 512 at most (FD_SETSIZE); None elsewhere."""


class Interests:
    """Which sockets are waited for, and for what. Everything but `changed` is the loop's own.

    A channel's wish (`readable`, `writable`) is looked at after each event of its own, and when somebody says that it
    may have changed.

    Waitress closes a channel as soon as poll reports a reset, and with it whatever the kernel still holds unread. Those
    are bytes of an upload: here a reset only makes a socket ready, and reading or writing finds out.
    """

    def __init__(self, channels: dict[int, Any]) -> None:
        self._channels = channels
        self._selector = selectors.DefaultSelector()
        self._wanted: dict[int, int] = {}
        self._changed: deque[Any] = deque()

    def changed(self, channel: Any) -> None:
        """Look at the channel again in the next turn. Any thread; waking the loop is the caller's."""
        self._changed.append(channel)

    def reconsider(self, channel: Any) -> None:
        """Wait for what the channel wants now."""
        descriptor = channel._fileno  # None once it is closed
        if descriptor is None:
            return
        wanted = (_READ if channel.readable() else 0) | (
            _WRITE if channel.writable() and not channel.accepting else 0
        )
        known = self._wanted.get(descriptor, 0)
        if wanted == known:
            return
        if not wanted:
            self._selector.unregister(descriptor)
            del self._wanted[descriptor]
            return
        if known:
            self._selector.modify(descriptor, wanted, channel)
        else:
            self._selector.register(descriptor, wanted, channel)
        self._wanted[descriptor] = wanted

    def forget(self, descriptor: int) -> None:
        """A socket is about to be closed; its number may be another one's a moment later."""
        if self._wanted.pop(descriptor, 0):
            self._selector.unregister(descriptor)

    def turn(self, timeout_s: float) -> None:
        """Wait at most `timeout_s` and serve what is ready."""
        for _ in range(len(self._changed)):
            self.reconsider(self._changed.popleft())
        for key, ready in self._selector.select(timeout_s):
            channel = key.data
            if ready & _READ and self._channels.get(key.fd) is channel:
                wasyncore.read(channel)
            if ready & _WRITE and self._channels.get(key.fd) is channel:
                wasyncore.write(channel)
            self.reconsider(channel)

    def close(self) -> None:
        """Wait for nothing any more. Repeatable."""
        self._wanted.clear()
        self._selector.close()
