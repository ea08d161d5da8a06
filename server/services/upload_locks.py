"""One writer an upload: who has it, who must stay out, who waits, and who is asked to leave. In memory only."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from server.errors import Locked, TooManyRequests

WRITERS_PER_MEMBER = 6
"""Uploads of one member whose bytes arrive at the same time; browsers open no more connections to a server."""

_RETRY_AFTER_S = 5

Leave = Callable[[float], bool]
"""Asks a writer to leave if it has been quiet for so many seconds; whether it will."""


class UploadLocks:
    """A lock for each upload. Thread-safe."""

    def __init__(self) -> None:
        self._released = threading.Condition()
        self._taken: dict[UUID, Leave | None] = {}
        self._writers: Counter[UUID] = Counter()

    @property
    def taken(self) -> int:
        """How many uploads somebody has for themselves now."""
        return len(self._taken)

    def take(self, upload_id: UUID, wait_s: float = 0.0) -> None:
        """Have an upload for oneself until `release`. Raises `Locked` when it is not free within `wait_s`."""
        with self._released:
            if not self._released.wait_for(lambda: upload_id not in self._taken, wait_s):
                raise Locked("This upload is being written just now. Try again in a moment.")
            self._taken[upload_id] = None

    def take_from(self, upload_id: UUID, *, quiet_s: float, wait_s: float) -> None:
        """Like `take`, but a writer to whom nothing has come for `quiet_s` is asked to leave, and waited for."""
        with self._released:
            leave = self._taken.get(upload_id)
        leaves = leave is not None and leave(quiet_s)
        self.take(upload_id, wait_s if leaves else 0.0)

    def held_by(self, upload_id: UUID, leave: Leave) -> None:
        """Whoever has the upload can be asked to leave."""
        with self._released:
            if upload_id in self._taken:
                self._taken[upload_id] = leave

    def release(self, upload_id: UUID) -> None:
        """Let the next one in; harmless to repeat."""
        with self._released:
            self._taken.pop(upload_id, None)
            self._released.notify_all()

    @contextmanager
    def alone(self, upload_id: UUID, *, wait_s: float = 0.0) -> Iterator[None]:
        """Keep everybody else out of an upload while the block runs. Raises `Locked` like `take`."""
        self.take(upload_id, wait_s)
        try:
            yield
        finally:
            self.release(upload_id)

    def admit(self, user_id: UUID) -> None:
        """Count one more writer of a member. Raises `TooManyRequests`."""
        with self._released:
            if self._writers[user_id] >= WRITERS_PER_MEMBER:
                raise TooManyRequests(
                    f"You are sending {WRITERS_PER_MEMBER} files already. Wait until one of them is there.",
                    retry_after_s=_RETRY_AFTER_S,
                )
            self._writers[user_id] += 1

    def dismiss(self, user_id: UUID) -> None:
        """One writer of a member has left."""
        with self._released:
            self._writers[user_id] -= 1
            if self._writers[user_id] <= 0:
                del self._writers[user_id]
