"""One writer an upload: who has it, who must stay out, and who waits. In memory; a restart has no writers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from server.errors import Locked


class UploadLocks:
    """A lock for each upload. Thread-safe."""

    def __init__(self) -> None:
        self._released = threading.Condition()
        self._taken: set[UUID] = set()

    def take(self, upload_id: UUID, wait_s: float = 0.0) -> None:
        """Have an upload for oneself until `release`. Raises `Locked` when it is not free within `wait_s`."""
        with self._released:
            if not self._released.wait_for(lambda: upload_id not in self._taken, wait_s):
                raise Locked("This upload is being written just now. Try again in a moment.")
            self._taken.add(upload_id)

    def release(self, upload_id: UUID) -> None:
        """Let the next one in; harmless to repeat."""
        with self._released:
            self._taken.discard(upload_id)
            self._released.notify_all()

    @contextmanager
    def alone(self, upload_id: UUID, *, wait_s: float = 0.0) -> Iterator[None]:
        """Keep everybody else out of an upload while the block runs. Raises `Locked` like `take`."""
        self.take(upload_id, wait_s)
        try:
            yield
        finally:
            self.release(upload_id)
