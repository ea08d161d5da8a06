"""What ends while it is being sent or taken in: sessions, links and videos, by somebody's will or by the clock.

Rights are asked of the database when a request begins. A film takes longer than that, so whose it is and what it is of
is remembered by those ids, and `cut` is told as soon as one of them has ended.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from server.events import Event, LinksEnded, SessionsEnded, VideoDeleted
from server.values.accounts import Caller
from server.values.clock import Clock


class Endings:
    """Passes on what has ended. In memory only."""

    def __init__(self, clock: Clock, cut: Callable[[frozenset[UUID]], None]) -> None:
        self._clock = clock
        self._cut = cut
        self._lock = threading.Lock()
        self._expires_at: dict[UUID, datetime] = {}

    def owners(self, caller: Caller, video_id: UUID | None = None) -> frozenset[UUID]:
        """The ids that a request hangs on: its session or link, and its video."""
        holder = caller.link.link_id if caller.link else caller.session_id
        if holder is not None and caller.expires_at is not None:
            with self._lock:
                self._expires_at[holder] = caller.expires_at
        return frozenset(each for each in (holder, video_id) if each is not None)

    def heard(self, event: Event) -> None:
        """A listener of events."""
        if isinstance(event, SessionsEnded):
            self._end(event.session_ids)
        elif isinstance(event, LinksEnded):
            self._end(event.link_ids)
        elif isinstance(event, VideoDeleted):
            self._end(frozenset({event.video_id}))

    def expire(self) -> None:
        """End what the clock has ended; the scheduler asks every second."""
        now = self._clock()
        with self._lock:
            over = frozenset(each for each, expires_at in self._expires_at.items() if expires_at <= now)
        if over:
            self._end(over)

    def _end(self, ids: frozenset[UUID]) -> None:
        with self._lock:
            for each in ids:
                self._expires_at.pop(each, None)
        self._cut(ids)
