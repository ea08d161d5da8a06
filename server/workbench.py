"""The services of a data folder without a server of its own: what the command line works with.

Beside a running server it uses the same database, where writes take turns; what that server itself has to do is asked
of it over HTTP. Without one it keeps the folder's lock, so that none starts meanwhile.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Any
from uuid import UUID

import msgspec

from server import local_access
from server.data_lock import DataLock
from server.database.engine import Database
from server.errors import AlreadyRunning, CannotStart
from server.jobs.forecast import Forecast
from server.jobs.listing import JobListing
from server.jobs.store import JobStore
from server.jobs.workers import Workers
from server.models.upgrade import require_current, upgrade
from server.network.cards import reachable_host
from server.network.urls import url
from server.remote import RemoteQueue, RemoteServer
from server.services import restoring
from server.services.accounts import Accounts
from server.services.attempts import Attempts
from server.services.backups import Backups
from server.services.configuration import Configuration
from server.services.invitations import Invitations
from server.services.links import Links
from server.services.passwords import Passwords
from server.services.people import People
from server.services.queue import Queue
from server.services.quota import Quotas
from server.services.room import Room
from server.services.search import Search
from server.services.sessions import Sessions
from server.services.tokens import Tokens, load_or_create_key
from server.services.upload_limits import UploadLimits
from server.services.upload_locks import UploadLocks
from server.services.uploads import Uploads
from server.services.videos import Videos
from server.settings import Settings
from server.storage import Storage
from server.values.accounts import HOST, Invitation, Role, User
from server.values.clock import Clock, utc_now
from server.values.paging import MAX_PAGE_SIZE, Page
from server.web import shapes

#: A server that is just starting or stopping holds the lock without an address to be asked at.
_PATIENCE_S = 3.0
_LOOK_EVERY_S = 0.1


class Workbench:
    """Open for one command. Not for threads."""

    def __init__(self, settings: Settings, *, clock: Clock = utc_now) -> None:
        self.settings = settings
        self.running: local_access.Running | None = None
        self._stops = contextlib.ExitStack()
        try:
            self._take_folder()
            self._build(clock)
        except BaseException:
            self._stops.close()
            raise

    def __enter__(self) -> Workbench:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stops.close()

    def _take_folder(self) -> None:
        host = self.settings.host
        if not host.data_path.is_dir():
            raise CannotStart(
                f"There is no Clipset in {host.data_path}. Name its data folder with --data-dir, "
                "or start it once with: clipset serve"
            )
        lock = DataLock(host.data_path)
        until_s = time.monotonic() + _PATIENCE_S
        while True:
            try:
                lock.acquire()
            except AlreadyRunning:
                self.running = local_access.read(host.data_path)
                if self.running is not None:
                    return
                if time.monotonic() > until_s:
                    raise
                time.sleep(_LOOK_EVERY_S)
            else:
                self._stops.callback(lock.release)
                return

    def _build(self, clock: Clock) -> None:
        host = self.settings.host
        self.storage = Storage(host.videos_path, host.thumbnails_path)
        if self.running is None:
            restoring.complete(host)
        self.database = Database(host.effective_database_url)
        self._stops.callback(self.database.close)
        if self.running is None:
            self.storage.prepare()
            upgrade(self.database)
        else:
            require_current(self.database)
        tokens = Tokens(host.secret_key or load_or_create_key(host.data_path / "secret.key"))
        sessions = Sessions(
            self.database, tokens, timedelta(minutes=host.access_token_expire_minutes), _nobody_listens, clock
        )
        attempts = Attempts()
        self.invitations = Invitations(self.database, attempts, _nobody_listens, clock)
        self.accounts = Accounts(
            self.database, Passwords(), sessions, self.invitations, attempts, _nobody_listens, clock
        )
        configuration = Configuration(self.database, self.settings.first_config, _nobody_listens, clock)
        configuration.load()
        jobs = JobStore(self.database, clock)
        listing = JobListing(self.database, Forecast(self.database, host.effective_workers, clock), clock)
        workers = _idle_workers(jobs, self.storage)
        search = Search(self.database)
        videos = Videos(self.database, listing, workers, self.storage, search, _nobody_listens, clock)
        quotas = Quotas(self.database, configuration, _nobody_listens, clock)
        room = Room(self.storage, encodes_at_once=host.effective_workers, keep_originals=host.keep_originals)
        uploads = Uploads(
            database=self.database,
            storage=self.storage,
            limits=UploadLimits(self.database, room, quotas, configuration),
            quotas=quotas,
            locks=UploadLocks(),
            publish=_nobody_listens,
            clock=clock,
        )
        self.people = People(
            self.database,
            sessions,
            Links(self.database, attempts, _nobody_listens, clock),
            videos,
            uploads,
            _nobody_listens,
        )
        self.backups = Backups(
            database=self.database,
            storage=self.storage,
            data_path=host.data_path,
            schedule=host.backup_schedule,
            keep=host.backups_kept,
            clock=clock,
        )
        self._queue = Queue(jobs, listing, workers, _nobody_listens)

    @property
    def address(self) -> str:
        """Where other machines reach the server, or will when it runs."""
        if self.running is not None:
            return self.running.address
        host = self.settings.host
        return url(host.scheme, host.advertised_host or reachable_host(host.host), host.port)

    def queue(self) -> LocalQueue | RemoteQueue:
        """The queue: the running server's, or the one that waits for the next start."""
        return RemoteQueue(self._remote()) if self.running is not None else LocalQueue(self._queue)

    def set_role(self, user_id: UUID, role: Role) -> None:
        """Make somebody an admin or a user. Raises `NotFound`, `Conflict`."""
        if self.running is not None:
            self._remote().patch(f"/api/users/{user_id}/role", {"role": role})
        else:
            self.people.set_role(HOST, user_id, role)

    def set_active(self, user_id: UUID, is_active: bool) -> None:
        """Let somebody in or keep them out. Raises `NotFound`, `Conflict`."""
        if self.running is not None:
            # it also ends what is being sent to them
            self._remote().patch(f"/api/users/{user_id}/active", {"is_active": is_active})
        else:
            self.people.set_active(HOST, user_id, is_active)

    def sign_out(self, user_id: UUID) -> None:
        """End all sessions of somebody. Raises `NotFound`."""
        if self.running is not None:
            self._remote().delete(f"/api/users/{user_id}/sessions")
        else:
            self.people.sign_out_everywhere(HOST, user_id)

    def set_password(self, user_id: UUID, password: str) -> None:
        """Give somebody a new password, and end all their sessions. Raises `NotFound`, `InvalidInput`."""
        self.accounts.set_password(user_id, password)
        self.sign_out(user_id)

    def delete_user(self, user_id: UUID, *, keep_videos: bool) -> None:
        """Delete an account. Raises `NotFound`, `Conflict`."""
        if self.running is not None:
            # it may be encoding one of the videos, and has to end that
            self._remote().delete(f"/api/users/{user_id}?videos={'keep' if keep_videos else 'delete'}")
        else:
            self.people.delete(HOST, user_id, keep_videos=keep_videos)

    def all_users(self) -> list[dict[str, Any]]:
        """Everybody, as the API shows them."""
        return [self.user_row(user) for user in _all(self.people.list)]

    def all_invitations(self) -> list[dict[str, Any]]:
        """All invitations, as the API shows them."""
        return [self.invitation_row(invitation) for invitation in _all(self.invitations.list)]

    @staticmethod
    def user_row(user: User) -> dict[str, Any]:
        """An account as the API shows it to an admin."""
        row: dict[str, Any] = msgspec.to_builtins(shapes.ProfileBody.of(user, HOST))
        return row

    @staticmethod
    def invitation_row(invitation: Invitation) -> dict[str, Any]:
        """An invitation as the API shows it."""
        row: dict[str, Any] = msgspec.to_builtins(invitation)
        return row

    def _remote(self) -> RemoteServer:
        assert self.running is not None
        return RemoteServer(self.running)


class LocalQueue:
    """The queue while no server runs: what is changed takes effect at the next start."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def list(self) -> list[dict[str, Any]]:
        """All jobs, as the API shows them."""
        return [msgspec.to_builtins(shapes.JobBody.of(job)) for job in _all(self._queue.list)]

    def act(self, job_id: UUID, what: str) -> dict[str, Any]:
        """`cancel`, `retry`, `pause`, `resume` or `next`. Raises `NotFound`, `Conflict`."""
        does = {
            "cancel": self._queue.cancel,
            "retry": self._queue.retry,
            "pause": self._queue.pause,
            "resume": self._queue.resume,
            "next": self._queue.move_next,
        }[what]
        row: dict[str, Any] = msgspec.to_builtins(shapes.JobBody.of(does(HOST, job_id)))
        return row


def _all(pages: Callable[[int, int], Page[Any]]) -> list[Any]:
    items: list[Any] = []
    number = 1
    while True:
        page = pages(number, MAX_PAGE_SIZE)
        items += page.items
        if not page.items or len(items) >= page.total:
            return items
        number += 1


def _nobody_listens(_event: object) -> None:
    """Events of a command have no listeners: a running server asks the database."""


def _idle_workers(jobs: JobStore, storage: Storage) -> Workers:
    """Workers of whom there are none: they let jobs wait."""

    def refuse(*_: object) -> Any:
        raise RuntimeError("no job is done without a server")

    return Workers(
        store=jobs,
        storage=storage,
        run_child=refuse,
        make_order=refuse,
        publish=_nobody_listens,
        count=0,
        keep_originals=True,
    )
