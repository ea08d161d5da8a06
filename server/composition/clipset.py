"""Builds the services in the order of their needs; starts them; stops them in reverse."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterable
from datetime import timedelta
from types import TracebackType

import structlog

from server.composition.folder import open_folder
from server.composition.http import bind
from server.composition.orders import Orders
from server.composition.presence import Presence
from server.composition.schedule import schedule
from server.database.engine import Database
from server.events import EventBus
from server.jobs.forecast import Forecast
from server.jobs.listing import JobListing
from server.jobs.scout import Look, Scout
from server.jobs.store import JobStore
from server.jobs.workers import RunChild, Workers
from server.local_access import LocalAccess
from server.media.child import look, run_child
from server.network.cards import EVERY_CARD
from server.network.urls import url
from server.power import MachinePower, Power
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
from server.services.pulse import Pulse
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
from server.web.app import Services
from server.web.https import Https
from server.web.listener import Refusal
from server.web.live import Live
from server.web.metrics import Metrics

_log = structlog.get_logger(__name__)


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
        self.local_address = url(host.scheme, _dialable(host.host), self.port)

    @property
    def address(self) -> str:
        """The address to tell people; it may change as network cards come and go."""
        return self.lan.address

    def _build(self, settings: Settings, clock: Clock, run_child: RunChild, look: Look, power: Power) -> None:
        host = settings.host
        storage, database = open_folder(host, self._stops)
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
        listing = JobListing(database, Forecast(database, host.effective_workers, clock), clock)
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
        orders = Orders(host, self.configuration, storage)
        self._scout = Scout(
            store=jobs,
            look=look,
            make_look=orders.to_look,
            choices=orders.choices,
            is_needed=self._all_workers_busy,
            publish=publish,
        )
        self.events.subscribe(self._scout.heard)
        self._workers = Workers(
            store=jobs,
            storage=storage,
            run_child=run_child,
            make_order=orders.to_encode,
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
        self.stats = StatsService(database, listing, self.viewers, storage, self._bytes_sent)
        self._build_web(host, sessions, database, storage, clock)

    def _build_web(
        self, host: HostSettings, sessions: Sessions, database: Database, storage: Storage, clock: Clock
    ) -> None:
        """What keeps an eye on viewers, traffic and the network, and what faces it; binds the port."""
        publish = self.events.publish
        self.audience = Audience(database, self.viewers)
        self.pulse = Pulse(
            bytes_served=self._bytes_sent,
            free_bytes=storage.free_bytes,
            viewers_now=self.viewers.count,
            publish=publish,
            clock=clock,
        )
        self.lan = Lan(
            bound_host=host.host,
            advertised_host=host.advertised_host,
            scheme=host.scheme,
            port=lambda: self._listener.port,
            publish=publish,
            clock=clock,
        )
        self._presence = Presence(host, self.lan)
        self._endings = Endings(clock, self._cut)
        self._live = Live(videos=self.videos, jobs=self.queue, quotas=self.quotas, accounts=self.accounts)
        self._host_access = LocalAccess(host.data_path)
        self._https = (
            Https(Certificates(host.data_path / "tls", clock), self._presence.hosts) if host.https else None
        )
        metrics = Metrics(
            stats=self.stats, uploads=self.uploads, listener=lambda: self._listener, token=host.metrics_token
        )
        self.events.subscribe(self.pulse.heard)
        self.events.subscribe(self._endings.heard)
        self.events.subscribe(self._live.heard)
        self.events.subscribe(metrics.heard)
        services = Services(
            accounts=self.accounts,
            arrivals=self.arrivals,
            certificates=self._https.certificates if self._https else None,
            categories=self.categories,
            configuration=self.configuration,
            endings=self._endings,
            health=Health(database, storage),
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
        self._listener = bind(host, services, self.lan, self._https, self._cut)
        self._stops.callback(self._listener.stop, grace_s=0)

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
            scheduler = schedule(
                backups=self.backups,
                endings=self._endings,
                https=self._https,
                machine=self.machine,
                positions=self.positions,
                presence=self._presence,
                pulse=self.pulse,
                quotas=self.quotas,
                sessions=self._sessions,
                upload_upkeep=self.upload_upkeep,
                viewers=self.viewers,
            )
            scheduler.start()
            self._stops.callback(scheduler.shutdown)
            self._listener.start()
            self._stops.callback(self._listener.stop)
            self._presence.start(self.configuration.get().server_name, self.port)
            self._stops.callback(self._presence.stop)
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

    # What is built early asks by these for what is built late.

    def _all_workers_busy(self) -> bool:
        return self._workers.all_busy()

    def _bytes_sent(self) -> int:
        return self._listener.bytes_sent

    def _cut(self, owners: Iterable[Hashable], *refusal: Refusal) -> None:
        self._listener.cut(owners, *refusal)


def _dialable(bound_host: str) -> str:
    """The address to call a server by from its own machine."""
    return "127.0.0.1" if bound_host in EVERY_CARD else bound_host
