"""One turn of the loop: wait for sockets, then let their channels read and write."""

from __future__ import annotations

import select
from typing import Any

from waitress import wasyncore

_GONE = getattr(select, "POLLHUP", 0) | getattr(select, "POLLERR", 0)


def turn(channels: dict[int, Any], timeout_s: float) -> None:
    """Wait at most `timeout_s` and serve what is ready.

    Waitress's own turn closes a channel as soon as poll reports a reset, and with it whatever the kernel
    still holds unread. Those are bytes of an upload: here such a channel reads on until its socket says that
    it is done.
    """
    if not hasattr(select, "poll"):
        wasyncore.poll(timeout_s, channels)  # Windows, where select reports a reset as readable
        return
    poller = select.poll()
    for descriptor, channel in list(channels.items()):
        wanted = select.POLLIN if channel.readable() else 0
        if channel.writable() and not channel.accepting:
            wanted |= select.POLLOUT
        if wanted:
            poller.register(descriptor, wanted)
    for descriptor, flags in poller.poll(timeout_s * 1000):
        ready = channels.get(descriptor)
        if ready is None:
            continue
        reads_on = flags & _GONE and not flags & select.POLLNVAL and ready.readable()
        wasyncore.readwrite(ready, (flags & ~_GONE) | select.POLLIN if reads_on else flags)
