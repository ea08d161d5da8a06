"""The one place that builds every long-lived object, starts it, and stops it in reverse order."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from uuid import UUID

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from server import paths
from server.data_lock import DataLock
from server.database.engine import Database
from server.errors import CannotStart
from server.events import EventBus
from server.jobs.forecast import Forecast
from server.jobs.listing import JobListing
from server.jobs.scout import Look, Scout
from server.jobs.store import JobStore
from server.jobs.workers import RunChild, Workers
from server.local_access import LocalAccess
from server.media.child import look, run_child
from server.media.order import Order
from server.models.upgrade import upgrade
from server.network.cards import cards
from server.network.mdns import Announcer, own_name
from server.power import MachinePower, Power
from server.services import restoring
from server.services.accounts import Accounts
from server.services.arrivals import Arrivals
from server.services.attempts import Attempts
from server.services.audience import Audience
from server.services.backups import Backups
from server.services.categories import Categories
from server.services.certificates import Certificates
from server.services.configuration import Configuration
from server.services.endings import Endings
from server.services.health import Health
from server.services.invitations import Invitations
from server.services.lan import Lan
from server.services.links import Links
from server.services.machine import Machine
from server.services.password_resets import PasswordResets
from server.services.passwords import Passwords
from server.services.people import People
from server.services.positions import Positions
from server.services.pulse import EVERY, Pulse
from server.services.queue import Queue
from server.services.quota import Quotas
from server.services.room import Room
from server.services.search import Search
from server.services.segments import Segments
from server.services.sessions import Sessions
from server.services.setup import Setup
from server.services.stats import StatsService
from server.services.tokens import Tokens, load_or_create_key
from server.services.upload_limits import UploadLimits
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
from server.web.cors import Cors
from server.web.https import Https
from server.web.listener import Answered, Listener
from server.web.live import Live
from server.web.metrics import Metrics
from server.web.middleware import SameSite
from server.web.uploads.admission import UploadAdmission

_log = structlog.get_logger(__name__)

_SWEEP_EVERY = timedelta(hours=1)
_VIEWERS_EVERY = timedelta(seconds=10)
_BACKUP_EVERY = timedelta(hours=1)
_CARDS_EVERY = timedelta(seconds=30)
_MACHINE_EVERY = timedelta(seconds=10)
_POSITIONS_EVERY = timedelta(seconds=10)
_EXPIRED_EVERY = timedelta(seconds=1)


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
        self._announcer: Announcer | None = None
        try:
            self._build(settings, clock, run_child, look, power or MachinePower())
        except BaseException:
            self._stops.close()
            raise
        self.port = self._listener.port
        scheme = "https" if host.https else "http"
        self.local_address = f"{scheme}://{_in_url(_dialable(host.host))}:{self.port}"

    @property
    def address(self) -> str:
        """The address to tell people; it may change as network cards come and go."""
        return self.lan.address

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
        sessions = self._sessions = Sessions(database, tokens, lifetime, publish, clock)
        attempts = Attempts()
        self.invitations = Invitations(database, attempts, publish, clock)
        self.accounts = Accounts(database, passwords, sessions, self.invitations, attempts, publish, clock)
        self.password_resets = PasswordResets(database, passwords, sessions, attempts, publish, clock)
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
        room = Room(storage, encodes_at_once=host.effective_workers, keep_originals=host.keep_originals)
        self.upload_limits = UploadLimits(database, room, self.quotas, self.configuration)
        self.uploads = Uploads(
            database=database,
            storage=storage,
            limits=self.upload_limits,
            quotas=self.quotas,
            locks=locks,
            publish=publish,
            clock=clock,
        )
        self.arrivals = Arrivals(
            database=database,
            storage=storage,
            uploads=self.uploads,
            locks=locks,
            configuration=self.configuration,
            quotas=self.quotas,
            jobs=jobs,
            workers=self._workers,
            search=search,
            publish=publish,
            clock=clock,
        )
        self.upload_upkeep = UploadUpkeep(database, storage, self.uploads, self.arrivals, locks, clock)
        self.positions = Positions(database, self.videos, clock)
        self.links = Links(database, attempts, publish, clock)
        self.people = People(database, sessions, self.links, self.videos, self.uploads, publish)
        self.backups = Backups(
            database=database,
            storage=storage,
            data_path=host.data_path,
            schedule=host.backup_schedule,
            keep=host.backups_kept,
            clock=clock,
        )
        self.categories = Categories(database, publish, clock)
        self.watching = Watching(self.videos, storage)
        self.segments = Segments(self.videos, storage)
        self.stats = StatsService(database, listing, self.viewers, storage, lambda: self._listener.bytes_sent)
        self._observe(database, host, storage, clock)
        self._build_http(host, sessions, Health(database, storage), clock)

    def _build_http(self, host: HostSettings, sessions: Sessions, health: Health, clock: Clock) -> None:
        """What faces the network; binds the port."""
        endings = self._endings = Endings(clock, lambda ids: self._listener.cut(ids))  # noqa: PLW0108  built below
        self.events.subscribe(endings.heard)
        metrics = Metrics(
            stats=self.stats,
            uploads=self.uploads,
            listener=lambda: self._listener,
            token=host.metrics_token,
        )
        self.events.subscribe(metrics.heard)
        self._live = Live(videos=self.videos, jobs=self.queue, quotas=self.quotas, accounts=self.accounts)
        self.events.subscribe(self._live.heard)

        def on_answer(answer: Answered) -> None:
            metrics.answered(answer)
            access_log.write(answer)
            self.lan.seen(answer.client_address)

        self._https = self._encryption(clock)
        self._host_access = LocalAccess(host.data_path)
        services = Services(
            accounts=self.accounts,
            arrivals=self.arrivals,
            certificates=self._https.certificates if self._https else None,
            categories=self.categories,
            configuration=self.configuration,
            endings=endings,
            health=health,
            host_access=self._host_access,
            invitations=self.invitations,
            links=self.links,
            live=self._live,
            metrics=metrics,
            password_resets=self.password_resets,
            people=self.people,
            positions=self.positions,
            queue=self.queue,
            quotas=self.quotas,
            segments=self.segments,
            sessions=sessions,
            setup=self.setup,
            stats=self.stats,
            upload_limits=self.upload_limits,
            uploads=self.uploads,
            videos=self.videos,
            viewers=self.viewers,
            watching=self.watching,
        )
        cors = Cors(host.cors_origins)
        same_site = SameSite(host.allowed_hosts, cors)
        self._listener = Listener(
            create_app(services, same_site, cors, paths.web_dist_dir()),
            admission=UploadAdmission(
                sessions,
                endings,
                self.uploads,
                self.upload_limits,
                same_site,
                lambda owners, refusal: self._listener.cut(owners, refusal),  # noqa: PLW0108  made a line below
            ),
            host=host.host,
            port=host.port,
            on_answer=on_answer,
            headers_for=cors.headers_for,
            tls=self._https.context if self._https else None,
        )
        self._stops.callback(self._listener.stop, grace_s=0)

    def _observe(self, database: Database, host: HostSettings, storage: Storage, clock: Clock) -> None:
        """What keeps an eye on viewers, traffic and the network."""
        publish = self.events.publish
        self.audience = Audience(database, self.viewers)
        self.pulse = Pulse(
            bytes_served=lambda: self._listener.bytes_sent,
            free_bytes=storage.free_bytes,
            viewers_now=self.viewers.count,
            publish=publish,
            clock=clock,
        )
        self.events.subscribe(self.pulse.heard)
        self.lan = Lan(
            bound_host=host.host,
            advertised_host=host.advertised_host,
            scheme="https" if host.https else "http",
            port=lambda: self._listener.port,
            publish=publish,
            clock=clock,
        )

    def _open_folder(self, host: HostSettings) -> tuple[Storage, Database]:
        """Take the data folder for this process alone, and bring what is in it to this version."""
        _make_folder(host.data_path)
        lock = DataLock(host.data_path)
        lock.acquire()
        self._stops.callback(lock.release)
        restoring.complete(host)
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
            self._stops.callback(self.positions.flush)
            self._workers.start()
            self._stops.callback(self._workers.stop)
            scheduler = self._schedule()
            scheduler.start()
            self._stops.callback(scheduler.shutdown)
            self._listener.start()
            self._stops.callback(self._listener.stop)
            self._announce()
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
        return Https(Certificates(host.data_path / "tls", clock), self._hosts)

    def _hosts(self) -> set[str]:
        """Every address and name that this server may be opened by now."""
        host, machine = self.settings.host, socket.gethostname().lower()
        names = {
            "localhost",
            machine,
            f"{machine.partition('.')[0]}.local",
            "clipset.local",
            self._own_name(),
        }
        addresses = {"127.0.0.1", "::1", *(card.address for card in cards())}
        return {*names, *addresses, *host.allowed_hosts, *filter(None, (host.advertised_host,))}

    def _own_name(self) -> str:
        # the same data folder on the same machine keeps its name
        return own_name(f"{socket.gethostname()} {self.settings.host.data_path}")

    def _announce(self) -> None:
        """Give the server a name on the network, if it is for others and the setting allows it."""
        if not (self.settings.host.mdns and self.lan.is_for_others):
            return
        label = self.configuration.get().server_name
        self._announcer = Announcer(self._own_name(), label, self.port, self.lan.named)
        self._announcer.start(self.lan.lan_addresses())
        self._stops.callback(self._announcer.stop)

    def _look_at_cards(self) -> None:
        if self.lan.refresh() and self._announcer is not None:
            self._announcer.update(self.lan.lan_addresses())

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
        scheduler.add_job(self._sessions.purge, "cron", hour=4, id="old_sessions")
        if self._https is not None:
            scheduler.add_job(self._https.renew, "cron", minute="*", id="certificate")
        scheduler.add_job(
            self.viewers.refresh, "interval", seconds=_VIEWERS_EVERY.total_seconds(), id="viewers"
        )
        scheduler.add_job(self.pulse.sample, "interval", seconds=EVERY.total_seconds(), id="pulse")
        scheduler.add_job(self._look_at_cards, "interval", seconds=_CARDS_EVERY.total_seconds(), id="cards")
        scheduler.add_job(self.machine.look, "interval", seconds=_MACHINE_EVERY.total_seconds(), id="machine")
        # asked rather than scheduled, so that a machine that is off at night has its backups too
        scheduler.add_job(
            self.backups.make_if_due, "interval", seconds=_BACKUP_EVERY.total_seconds(), id="backup"
        )
        scheduler.add_job(
            self.positions.flush, "interval", seconds=_POSITIONS_EVERY.total_seconds(), id="positions"
        )
        scheduler.add_job(
            self._endings.expire, "interval", seconds=_EXPIRED_EVERY.total_seconds(), id="expired"
        )
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
                further_lines=config.renditions[1:],
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
