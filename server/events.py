"""What has happened: a closed list of frozen events in the past tense, and the bus that carries them.

`publish` may be called from any thread and never blocks: it hands the event to one dispatch thread, which calls the
listeners in turn. A listener that raises is logged and the others still hear the event. Events name what changed; who
wants the new state asks a service for it, except progress, which is carried whole because it is frequent.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from uuid import UUID

import msgspec
import structlog

from server.values.jobs import JobState
from server.values.stats import Sample

_log = structlog.get_logger(__name__)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all events."""


class UserChanged(Event, frozen=True, kw_only=True):
    """An account was created, changed or deleted."""

    user_id: UUID


class InvitationChanged(Event, frozen=True, kw_only=True):
    """An invitation was created, used or revoked."""

    invitation_id: UUID


class CategoryChanged(Event, frozen=True, kw_only=True):
    """A category was created, changed or deleted."""

    category_id: UUID


class VideoChanged(Event, frozen=True, kw_only=True):
    """A video appeared, was edited, or changed its status."""

    video_id: UUID


class VideoDeleted(Event, frozen=True, kw_only=True):
    """A video is gone, files and all."""

    video_id: UUID


class JobChanged(Event, frozen=True, kw_only=True):
    """A job entered the queue, left it, or changed its state."""

    job_id: UUID
    video_id: UUID
    state: JobState


class JobProgressed(Event, frozen=True, kw_only=True):
    """A running job got on; at most five a second for each job, and always the last one."""

    job_id: UUID
    video_id: UUID
    progress: float
    speed: float | None
    eta_ms: int | None
    watchable_ms: int = 0


class SessionsEnded(Event, frozen=True, kw_only=True):
    """Sessions have ended; what is still being sent to them has to be cut off."""

    session_ids: frozenset[UUID]


class LinksEnded(Event, frozen=True, kw_only=True):
    """Links were revoked; who watches by one of them has to be cut off."""

    link_ids: frozenset[UUID]


class ConfigChanged(Event, frozen=True, kw_only=True):
    """The settings that members feel were changed."""


class ViewersChanged(Event, frozen=True, kw_only=True):
    """Somebody started or stopped watching."""

    viewers_now: int


class AddressChanged(Event, frozen=True, kw_only=True):
    """The address to tell people, or a name of the server on the network, is another one now."""


class DeviceReached(Event, frozen=True, kw_only=True):
    """Another device was answered: proof that it can reach the server. Not more than twice a minute for each."""

    address: str


class Sampled(Event, frozen=True, kw_only=True):
    """The figures of this moment; every five seconds."""

    sample: Sample


class UploadProgressed(Event, frozen=True, kw_only=True):
    """Bytes of an upload have reached the disk; once for each request that brought some."""

    upload_id: UUID
    user_id: UUID
    offset_bytes: int
    size_bytes: int


Listener = Callable[[Event], None]
Publish = Callable[[Event], None]


class EventBus:
    """Carries events from whoever publishes to whoever listens, on one thread of its own."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._listeners: tuple[Listener, ...] = ()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._dispatch, name="events", daemon=True)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each event, on the dispatch thread; the returned function ends that."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners = tuple(each for each in self._listeners if each is not listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Hand over `event` and return at once. Any thread."""
        self._queue.put(event)

    def start(self) -> None:
        """Begin to dispatch."""
        self._thread.start()

    def stop(self) -> None:
        """Dispatch what was published so far, then end."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _dispatch(self) -> None:
        while (event := self._queue.get()) is not None:
            for listener in self._listeners:
                try:
                    listener(event)
                except Exception:
                    _log.exception("event_listener_failed", event=type(event).__name__)
