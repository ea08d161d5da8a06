"""Tells browsers what has happened, over the streams they keep open: who hears of what, and in which words.

Knows no socket and no HTTP: a stream is something that bytes are sent to. What to say is asked of the services, for
whoever may know it, on a thread of its own; nobody's event waits for that.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from uuid import UUID

import msgspec
import structlog

from server.errors import ClipsetError, NotFound
from server.events import (
    CategoryChanged,
    ConfigChanged,
    Event,
    JobChanged,
    JobProgressed,
    UserChanged,
    VideoChanged,
    VideoDeleted,
)
from server.services.accounts import Accounts
from server.services.queue import Queue
from server.services.quota import Quotas
from server.services.videos import Videos
from server.values.accounts import HOST, Caller
from server.values.jobs import JobState
from server.values.videos import VideoStatus
from server.web.listener import Stream, broadcast
from server.web.shapes import LiveJob, LiveVideo, QuotaBody

_log = structlog.get_logger(__name__)

STREAMS_PER_SESSION = 4
"""A browser opens six connections to a server (HTTP/1.1); its tabs need some for everything else."""

KEEP_ALIVE = b":\n\n"
"""A comment, which clients skip (the HTML standard, section 9.2.6)."""

_PROGRESS_EVERY_S = 0.5
_WAITING_AT_MOST = 100
"""Waiting jobs whose place is told when it changes."""

_STATUSES_AT_MOST = 10_000
"""Beyond this some changes are told as additions, too; a client that looks finds nothing new."""

Audience = Callable[[Caller], bool]


class Live:
    """The open streams, and what they are told. Any thread may use it."""

    def __init__(self, *, videos: Videos, jobs: Queue, quotas: Quotas, accounts: Accounts) -> None:
        self._videos = videos
        self._jobs = jobs
        self._quotas = quotas
        self._accounts = accounts
        self._lock = threading.Lock()
        self._listening: dict[Stream, Caller] = {}
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._statuses: dict[UUID, VideoStatus] = {}
        self._places: dict[UUID, int] = {}
        self._progress_told_s: dict[UUID, float] = {}
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)

    @property
    def listening(self) -> int:
        """How many streams are open."""
        return len(self._listening)

    def has_room_for(self, caller: Caller) -> bool:
        """Whether the caller's session may open another stream."""
        with self._lock:
            open_now = sum(each.session_id == caller.session_id for each in self._listening.values())
        return open_now < STREAMS_PER_SESSION

    def join(self, caller: Caller, stream: Stream, *, again: bool) -> None:
        """From now on `stream` hears what `caller` may know.

        Who comes back (`again`) has missed things, and is told to ask anew. The id makes the client say that it comes
        back: it sends it as `Last-Event-ID`.
        """
        with self._lock:
            self._listening[stream] = caller
        stream.send(b"retry: 3000\nid: 1\n\n" + (message("resync", {}) if again else b""))

    def leave(self, stream: Stream) -> None:
        """The stream has ended. Harmless to repeat."""
        with self._lock:
            self._listening.pop(stream, None)

    def heard(self, event: Event) -> None:
        """Something has happened. Returns at once."""
        if self._listening:
            self._events.put(event)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what has not been told is not."""
        self._events.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while (event := self._events.get()) is not None:
            pending: list[Event | None] = [event]
            while not self._events.empty():
                pending.append(self._events.get())
            ending = None in pending
            # of what is waiting already, saying the same twice helps nobody
            for each in dict.fromkeys(one for one in pending if one is not None):
                self._tell(each)
            if ending:
                return

    def _tell(self, event: Event) -> None:
        try:
            self._say(event)
        except NotFound:
            return  # deleted meanwhile, which has an event of its own
        except ClipsetError as error:
            # whoever listens asks again when the next thing happens, or polls
            _log.warning("not_told", event_name=type(event).__name__, reason=error.sentence)
        except Exception:
            _log.exception("not_told", event_name=type(event).__name__)

    def _say(self, event: Event) -> None:
        if isinstance(event, JobProgressed):
            self._progressed(event)
        elif isinstance(event, JobChanged):
            self._job_changed(event)
        elif isinstance(event, VideoChanged):
            self._video_changed(event.video_id)
        elif isinstance(event, VideoDeleted):
            self._statuses.pop(event.video_id, None)
            self._send("library", {}, _everybody)
        elif isinstance(event, CategoryChanged):
            self._send("library", {}, _everybody)
        elif isinstance(event, ConfigChanged):
            self._send("resync", {}, _everybody)
        elif isinstance(event, UserChanged):
            self._user_changed(event.user_id)

    def _video_changed(self, video_id: UUID) -> None:
        video = self._videos.get(HOST, video_id)
        audience = (
            _everybody if video.status is VideoStatus.COMPLETED else _owner_and_admins(video.uploaded_by)
        )
        self._send("video", LiveVideo.of(video), audience)
        if self._statuses.get(video_id) is not video.status:
            if len(self._statuses) >= _STATUSES_AT_MOST:
                self._statuses.clear()
            self._statuses[video_id] = video.status
            self._send("library", {}, audience)

    def _job_changed(self, event: JobChanged) -> None:
        self._progress_told_s.pop(event.job_id, None)
        self._send_job(event.video_id)
        if event.state is not JobState.RUNNING or event.job_id in self._places:
            self._tell_places(event.job_id)

    def _tell_places(self, told: UUID) -> None:
        """When a job comes or goes, those that wait move up or down."""
        waiting = {job.id: job for job in self._jobs.list(1, _WAITING_AT_MOST).items if job.place is not None}
        before, self._places = self._places, {job_id: job.place or 0 for job_id, job in waiting.items()}
        for job_id, job in waiting.items():
            if job_id != told and before.get(job_id) != job.place:
                self._send_job(job.video_id)

    def _progressed(self, event: JobProgressed) -> None:
        now = time.monotonic()
        if now - self._progress_told_s.get(event.job_id, -_PROGRESS_EVERY_S) < _PROGRESS_EVERY_S:
            return
        self._progress_told_s[event.job_id] = now
        self._send_job(event.video_id, event)

    def _send_job(self, video_id: UUID, latest: JobProgressed | None = None) -> None:
        owner = self._videos.get(HOST, video_id).uploaded_by
        audience = _owner_and_admins(owner)
        if self._who(audience):
            job = LiveJob.of(video_id, self._videos.progress(HOST, video_id), latest)
            self._send("job", job, audience)

    def _user_changed(self, user_id: UUID) -> None:
        """A stream goes on as whom it began; for somebody with other rights it has to begin anew."""
        streams = self._who(lambda caller: caller.user_id == user_id)
        if not streams:
            return
        try:
            user = self._accounts.get(user_id)
        except NotFound:
            user = None
        with self._lock:
            roles = {stream: caller.role for stream, caller in self._listening.items()}
        for stream in streams:
            if user is None or not user.is_active or roles.get(stream, user.role) is not user.role:
                stream.end()
        if user is not None:
            self._send(
                "quota", QuotaBody.of(self._quotas.of(user_id)), lambda caller: caller.user_id == user_id
            )

    def _who(self, audience: Audience) -> list[Stream]:
        with self._lock:
            return [stream for stream, caller in self._listening.items() if audience(caller)]

    def _send(self, name: str, payload: object, audience: Audience) -> None:
        streams = self._who(audience)
        if streams:
            broadcast(streams, message(name, payload))


def message(name: str, payload: object) -> bytes:
    """One event as a stream carries it. JSON has no line breaks, so one `data` line holds it."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(payload))


def _everybody(_caller: Caller) -> bool:
    return True


def _owner_and_admins(owner_id: UUID | None) -> Audience:
    return lambda caller: caller.may_edit(owner_id)
