"""Who is watching now: sessions and links with an open transfer of a video, or one that closed a moment ago.

In memory only, and cheap: it is told of every stream request and of every piece that is sent.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from uuid import UUID

from server.events import Publish, ViewersChanged
from server.values.stats import Viewing, Watched

#: A player fetches in pieces; somebody between two of them is still watching.
_LINGER_S = 20.0
#: Speed is what was sent in these last whole seconds: players fetch in bursts.
_SPEED_OVER_S = 10


class Viewers:
    """Counts distinct viewers. Thread-safe."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._lock = threading.Lock()
        self._seen: dict[UUID, _Seen] = {}
        self._told = 0

    def opened(self, viewing: Viewing) -> None:
        """A transfer began."""
        with self._lock:
            seen = self._seen.setdefault(viewing.viewer, _Seen(viewing))
            seen.viewing = viewing
            seen.open += 1
        self.refresh()

    def sent(self, viewer: UUID, count_bytes: int) -> None:
        """So many bytes of it went out. Called on the listener's thread."""
        with self._lock:
            seen = self._seen.get(viewer)
            if seen is not None:
                seen.add(count_bytes)

    def waits(self, viewer: UUID, waits: bool) -> None:
        """Their player stands still, or goes on: it says so itself, for nobody else can know."""
        with self._lock:
            seen = self._seen.get(viewer)
            if seen is not None:
                seen.waits = waits

    def closed(self, viewer: UUID) -> None:
        """That transfer ended, or was cut."""
        with self._lock:
            seen = self._seen[viewer]
            seen.open -= 1
            seen.closed_at_s = time.monotonic()

    def count(self) -> int:
        """How many people are watching."""
        with self._lock:
            self._forget()
            return len(self._seen)

    def now(self) -> list[Watched]:
        """Who watches what and how it goes, whoever came first above."""
        with self._lock:
            self._forget()
            return [
                Watched(viewing=seen.viewing, bytes_per_s=seen.bytes_per_s(), waits=seen.waits)
                for seen in self._seen.values()
            ]

    def refresh(self) -> None:
        """Publish the count if it changed; the scheduler asks now and then, for those who left."""
        count = self.count()
        if count != self._told:
            self._told = count
            self._publish(ViewersChanged(viewers_now=count))

    def _forget(self) -> None:
        horizon = time.monotonic() - _LINGER_S
        gone = [who for who, seen in self._seen.items() if seen.open <= 0 and seen.closed_at_s < horizon]
        for who in gone:
            del self._seen[who]


class _Seen:
    """One viewer: open transfers, and the bytes of each of the last seconds."""

    def __init__(self, viewing: Viewing) -> None:
        self.viewing = viewing
        self.open = 0
        self.waits = False
        self.closed_at_s = 0.0
        self._seconds: deque[tuple[int, int]] = deque(maxlen=_SPEED_OVER_S + 1)

    def add(self, count_bytes: int) -> None:
        second = int(time.monotonic())
        if self._seconds and self._seconds[-1][0] == second:
            count_bytes += self._seconds.pop()[1]
        self._seconds.append((second, count_bytes))

    def bytes_per_s(self) -> float:
        since = int(time.monotonic()) - _SPEED_OVER_S
        return sum(count for second, count in self._seconds if second >= since) / _SPEED_OVER_S
