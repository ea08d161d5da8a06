"""Who is watching now: sessions with an open transfer of a video, or one that closed a moment ago. In memory only."""

from __future__ import annotations

import threading
import time
from collections import Counter
from uuid import UUID

from server.events import Publish, ViewersChanged

#: A player fetches in pieces; somebody between two of them is still watching.
_LINGER_S = 20.0


class Viewers:
    """Counts distinct viewers. Thread-safe and cheap: it is told of every stream request."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._lock = threading.Lock()
        self._open: Counter[UUID] = Counter()
        self._closed_at_s: dict[UUID, float] = {}
        self._told = 0

    def opened(self, viewer: UUID) -> None:
        """A transfer to `viewer` began."""
        with self._lock:
            self._open[viewer] += 1
        self.refresh()

    def closed(self, viewer: UUID) -> None:
        """That transfer ended, or was cut."""
        with self._lock:
            self._open[viewer] -= 1
            if self._open[viewer] <= 0:
                del self._open[viewer]
                self._closed_at_s[viewer] = time.monotonic()

    def count(self) -> int:
        """How many people are watching."""
        with self._lock:
            horizon = time.monotonic() - _LINGER_S
            self._closed_at_s = {who: at for who, at in self._closed_at_s.items() if at > horizon}
            return len(self._open.keys() | self._closed_at_s.keys())

    def refresh(self) -> None:
        """Publish the count if it changed; the scheduler asks now and then, for those who left."""
        count = self.count()
        if count != self._told:
            self._told = count
            self._publish(ViewersChanged(viewers_now=count))
