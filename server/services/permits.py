"""Whether somebody may still have what takes long to send or to take in: a film, an upload, a stream of events.

Rights are asked of the database once, when a request begins; what ends after that is heard of here, in memory. The
ids of what has ended are kept until the program stops, about 100 bytes each, so that none ends unseen.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from server.errors import NotSignedIn
from server.events import Event, LinksEnded, SessionsEnded, VideoDeleted
from server.values.accounts import Caller
from server.values.clock import Clock


class Permit:
    """One caller's right to one thing. Cheap to ask, from any thread, as often as bytes move."""

    def __init__(self, permits: Permits, caller: Caller, video_id: UUID | None) -> None:
        self._permits = permits
        self._expires_at = caller.expires_at
        ids = (caller.session_id, caller.link.link_id if caller.link else None, video_id)
        self._ids = tuple(each for each in ids if each is not None)

    @property
    def is_over(self) -> bool:
        """Whether the session or the link has ended or expired, or the video has gone."""
        return self._permits.ended(self._ids) or (
            self._expires_at is not None and self._permits.now() >= self._expires_at
        )

    def require(self) -> None:
        """Raise `NotSignedIn` once it is over."""
        if self.is_over:
            raise NotSignedIn("Please sign in again.")


class Permits:
    """Gives permits, and hears what ends them. `on_ending` is called then, on the thread of the events."""

    def __init__(self, clock: Clock, on_ending: Callable[[], None]) -> None:
        self.now = clock
        self._on_ending = on_ending
        self._ended: frozenset[UUID] = frozenset()

    def of(self, caller: Caller, video_id: UUID | None = None) -> Permit:
        """The permit of a caller whose rights were checked for this request; for a video, if it is about one."""
        return Permit(self, caller, video_id)

    def ended(self, ids: tuple[UUID, ...]) -> bool:
        """Whether one of these sessions, links and videos has ended."""
        return any(each in self._ended for each in ids)

    def heard(self, event: Event) -> None:
        """A listener of events."""
        if isinstance(event, SessionsEnded):
            self._end(event.session_ids)
        elif isinstance(event, LinksEnded):
            self._end(event.link_ids)
        elif isinstance(event, VideoDeleted):
            self._end(frozenset({event.video_id}))

    def _end(self, ids: frozenset[UUID]) -> None:
        # replaced, never changed, so that other threads may look without a lock
        self._ended |= ids
        self._on_ending()
