"""The one place that builds every long-lived object, starts it, and stops it in reverse order."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from uuid import UUID

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from server import network, paths
from server.data_lock import DataLock
from server.database.engine import Database
from server.errors import CannotStart
from server.events import Event, EventBus, LinksEnded, SessionsEnded
from server.jobs.forecast import Forecast
from server.jobs.listing import JobListing
from server.jobs.scout import Look, Scout
from server.jobs.store import JobStore
from server.jobs.workers import RunChild, Workers
from server.local_access import LocalAccess
from server.media.child import look, run_child
from server.media.order import Order
from server.models.upgrade import upgrade
from server.power import MachinePower, Power
from server.services.accounts import Accounts
from server.services.attempts import Attempts
from server.services.categories import Categories
from server.services.certificates import Certificates
from server.services.configuration import Configuration
from server.services.health import Health
from server.services.invitations import Invitations
from server.services.links import Links
from server.services.machine import Machine
from server.services.passwords import Passwords
from server.services.people import People
from server.services.queue import Queue
from server.services.quota import Quotas
from server.services.room import Room
from server.services.search import Search
from server.services.sessions import Sessions
from server.services.setup import Setup
from server.services.stats import StatsService
from server.services.tokens import Tokens, load_or_create_key
from server.services.upload_locks import UploadLocks
from server.services.upload_upkeep import UploadUpkeep
from server.services.uploads import Uploads
from server.services.videos import Videos
from server.services.viewers import Viewers
from server.services.watching import Watching
from server.settings import HostSettings, Settings
from server.storage import Storage
from server.values.clock import Clock, utc_now
from server.web import access_log
from server.web.app import Services, create_app
from server.web.https import Https
from server.web.listener import Answered, Listener
from server.web.live import Live
from server.web.metrics import Metrics
from server.web.middleware import SameSite
from server.web.uploads.admission import UploadAdmission

_log = structlog.get_logger(__name__)

_SWEEP_EVERY = timedelta(hours=1)
_VIEWERS_EVERY = timedelta(seconds=10)
_MACHINE_EVERY = timedelta(seconds=10)


class Clipset:
    """The whole server. Building it opens the database and binds the port; `start` begins to serve.

    Every public attribute is a service that any thread may call and that may block on the database.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = utc_now,
        run_child: RunChild = run_child,
        look: Look = look,
        power: Power | None = None,
    ) -> None:
        host = settings.host
        self.settings = settings
        self._stops = contextlib.ExitStack()
        try:
            self._build(settings, clock, run_child, look, power or MachinePower())
        except BaseException:
            self._stops.close()
            raise
        self.port = self._listener.port
        scheme = "https" if host.https else "http"
        self.address = f"{scheme}://{_in_url(network.reachable_host(host.host))}:{self.port}"
        self.local_address = f"{scheme}://{_in_url(_dialable(host.host))}:{self.port}"

    def _build(self, settings: Settings, clock: Clock, run_child: RunChild, look: Look, power: Power) -> None:
        host = settings.host
        storage, database = self._open_folder(host)
        self.events = EventBus()
        publish = self.events.publish
        self.configuration = Configuration(database, settings.first_config, publish, clock)
        self.configuration.load()

        passwords = Passwords()
        tokens = Tokens(host.secret_key or load_or_create_key(host.data_path / "secret.key"))
        lifetime = timedelta(minutes=host.access_token_expire_minutes)
        sessions = Sessions(database, tokens, lifetime, publish, clock)
        attempts = Attempts()
        self.invitations = Invitations(database, attempts, publish, clock)
        self.accounts = Accounts(database, passwords, sessions, self.invitations, attempts, publish, clock)
        self.setup = Setup(database, passwords, sessions, publish, clock)
        self.quotas = Quotas(database, self.configuration, publish, clock)

        self.viewers = Viewers(publish)
        jobs = JobStore(database, clock)
        listing = JobListing(database, Forecast(database, host.effective_workers))
        self.machine = Machine(
            power=power,
            viewers=self.viewers,
            workers=lambda: self._workers,
            worker_count=host.effective_workers,
            wait_on_battery=host.wait_on_battery,
            stay_awake=host.stay_awake,
        )
        self._stops.callback(power.close)
        self.events.subscribe(self.machine.heard)
        self._scout = Scout(
            store=jobs,
            look=look,
            make_look=self._look_maker(storage),
            is_needed=lambda: self._workers.all_busy(),  # noqa: PLW0108  they are made below
            publish=publish,
        )
        self._workers = Workers(
            store=jobs,
            storage=storage,
            run_child=run_child,
            make_order=self._order_maker(storage),
            publish=publish,
            count=host.effective_workers,
            keep_originals=host.keep_originals,
            allowed=self.machine.workers_allowed,
            on_busy=self._scout.wake,
        )
        self.queue = Queue(jobs, listing, self._workers, publish)
        search = Search(database)
        self.videos = Videos(database, listing, self._workers, storage, search, publish, clock)
        locks = UploadLocks()
        self.uploads = Uploads(
            database=database,
            storage=storage,
            room=Room(storage, encodes_at_once=host.effective_workers, keep_originals=host.keep_originals),
            quotas=self.quotas,
            configuration=self.configuration,
            jobs=jobs,
            workers=self._workers,
            locks=locks,
            search=search,
            publish=publish,
            clock=clock,
        )
        self.upload_upkeep = UploadUpkeep(database, storage, self.uploads, locks, clock)
        self.links = Links(database, attempts, publish, clock)
        self.people = People(database, sessions, self.links, self.videos, self.upload_upkeep, publish)
        self.categories = Categories(database, publish, clock)
        self.watching = Watching(self.videos, storage)
        self.stats = StatsService(database, listing, self.viewers, storage, lambda: self._listener.bytes_sent)

        metrics = Metrics(
            stats=self.stats,
            uploads=self.uploads,
            listener=lambda: self._listener,
            token=host.metrics_token,
        )
        self.events.subscribe(metrics.heard)
        self._live = Live(videos=self.videos, jobs=self.queue, quotas=self.quotas, accounts=self.accounts)
        self.events.subscribe(self._live.heard)
        self.events.subscribe(self._cut_off)

        def on_answer(answer: Answered) -> None:
            metrics.answered(answer)
            access_log.write(answer)

        self._https = self._encryption(clock)
        self._host_access = LocalAccess(host.data_path)
        services = Services(
            accounts=self.accounts,
            certificates=self._https.certificates if self._https else None,
            categories=self.categories,
            configuration=self.configuration,
            health=Health(database, storage),
            host_access=self._host_access,
            invitations=self.invitations,
            links=self.links,
            live=self._live,
            metrics=metrics,
            people=self.people,
            queue=self.queue,
            quotas=self.quotas,
            sessions=sessions,
            setup=self.setup,
            stats=self.stats,
            uploads=self.uploads,
            videos=self.videos,
            viewers=self.viewers,
            watching=self.watching,
        )
        same_site = SameSite(host.allowed_hosts, host.cors_origins)
        self._listener = Listener(
            create_app(services, same_site, paths.web_dist_dir()),
            admission=UploadAdmission(
                sessions,
                self.uploads,
                self.configuration,
                same_site,
                lambda owners, refusal: self._listener.cut(owners, refusal),  # noqa: PLW0108  made a line below
            ),
            host=host.host,
            port=host.port,
            on_answer=on_answer,
            tls=self._https.context if self._https else None,
        )
        self._stops.callback(self._listener.stop, grace_s=0)

    def _open_folder(self, host: HostSettings) -> tuple[Storage, Database]:
        """Take the data folder for this process alone, and bring what is in it to this version."""
        _make_folder(host.data_path)
        lock = DataLock(host.data_path)
        lock.acquire()
        self._stops.callback(lock.release)
        storage = Storage(host.videos_path, host.thumbnails_path)
        storage.prepare()
        database = Database(host.effective_database_url)
        self._stops.callback(database.close)
        upgrade(database)
        return storage, database

    def start(self) -> None:
        """Take up what the last process left, then serve. Each start has its stop on the next line."""
        try:
            self.events.start()
            self._stops.callback(self.events.stop)
            self._live.start()
            self._stops.callback(self._live.stop)
            self.setup.from_environment(self.settings.host)
            self.upload_upkeep.recover()
            self.quotas.reset_if_due()
            self._scout.start()
            self._stops.callback(self._scout.stop)
            self.machine.look()
            self._workers.start()
            self._stops.callback(self._workers.stop)
            scheduler = self._schedule()
            scheduler.start()
            self._stops.callback(scheduler.shutdown)
            self._listener.start()
            self._stops.callback(self._listener.stop)
            self._host_access.open(
                local_address=self.local_address,
                address=self.address,
                authority_path=str(self._https.certificates.authority_path) if self._https else "",
            )
            self._stops.callback(self._host_access.close)
        except BaseException:
            self.stop()
            raise
        _log.info("ready", address=self.address)

    def stop(self) -> None:
        """Stop everything in reverse order; uploads keep what arrived, jobs go on at the next start. Repeatable."""
        self._stops.close()

    def __enter__(self) -> Clipset:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def _encryption(self, clock: Clock) -> Https | None:
        host = self.settings.host
        if not host.https:
            return None
        return Https(
            Certificates(host.data_path / "tls", clock),
            lambda: {*network.own_hosts(), *host.allowed_hosts},
        )

    def _cut_off(self, event: Event) -> None:
        """Whose session or link has ended is sent no more of what was begun, nor heard any longer."""
        if isinstance(event, SessionsEnded):
            self._listener.cut(event.session_ids)
        elif isinstance(event, LinksEnded):
            self._listener.cut(event.link_ids)

    def _schedule(self) -> BackgroundScheduler:
        """What happens by the clock. A run missed while the machine slept happens when it wakes."""
        scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        # the hour and zone of the weekly reset can change any time, so the question is asked rather than scheduled
        scheduler.add_job(self.quotas.reset_if_due, "cron", minute="*", id="quota_reset")
        scheduler.add_job(
            self.upload_upkeep.sweep_expired, "interval", seconds=_SWEEP_EVERY.total_seconds(), id="sweep"
        )
        if self._https is not None:
            scheduler.add_job(self._https.renew, "cron", minute="*", id="certificate")
        scheduler.add_job(
            self.viewers.refresh, "interval", seconds=_VIEWERS_EVERY.total_seconds(), id="viewers"
        )
        scheduler.add_job(self.machine.look, "interval", seconds=_MACHINE_EVERY.total_seconds(), id="machine")
        return scheduler

    def _order_maker(self, storage: Storage) -> Callable[[UUID, bool], Order]:
        host = self.settings.host
        # the encoders of several jobs share the processors
        threads = max(1, (os.cpu_count() or 1) // host.effective_workers)

        def make(video_id: UUID, always_transcode: bool) -> Order:
            config = self.configuration.get()
            return Order(
                source=storage.ready_source(video_id),
                work=storage.work(video_id),
                accepted_formats=config.accepted_video_formats,
                max_lines=config.renditions[0],
                preset=host.transcode_preset,
                crf=host.transcode_crf,
                encoder=host.hardware_encoder,
                always_transcode=always_transcode or config.always_transcode,
                threads=threads,
                audio_language=config.audio_language,
            )

        return make

    def _look_maker(self, storage: Storage) -> Callable[[UUID, Path], Order]:
        def make(video_id: UUID, folder: Path) -> Order:
            config = self.configuration.get()
            return Order(
                source=storage.source(video_id),
                work=folder,
                accepted_formats=config.accepted_video_formats,
                max_lines=config.renditions[0],
            )

        return make


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"The data folder {folder} cannot be made ({error.strerror}). Choose another one with --data-dir."
        ) from error


def _dialable(bound_host: str) -> str:
    return "127.0.0.1" if bound_host in {"0.0.0.0", "::", ""} else bound_host  # noqa: S104


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
