"""Fixtures every test may use: a running server on a free port, people on it, and the media files.

The server is the real one: real database, real files, real children. Nothing waits by sleeping; `Heard` waits for the
server's own events.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import make_url

from server import settings
from server.composition import Clipset, clipset
from server.composition.schedule import schedule
from server.database.engine import Database
from server.events import Event, JobChanged, VideoChanged
from server.models.upgrade import upgrade
from server.values.jobs import JobState
from tests import postgresql
from tests.terminal import Terminal

PASSWORD = "correct horse battery"
_ENDED = {JobState.DONE, JobState.FAILED, JobState.CANCELLED}
_MEDIA = Path(os.environ.get("CLIPSET_TEST_MEDIA") or Path(__file__).parents[2] / "shared" / "media")


@pytest.fixture(scope="session")
def media() -> Callable[[str], Path]:
    """The path of a file of the shared media folder; skips the test where the folder is absent."""

    def path_of(name: str) -> Path:
        if not _MEDIA.is_dir():
            pytest.skip(f"needs the media folder {_MEDIA} (or CLIPSET_TEST_MEDIA)")
        return _MEDIA / name

    return path_of


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """The path of a program that `tasks.py test` installs; skips the test where it could not."""

    def path_of(name: str) -> str:
        if (found := shutil.which(name)) is None:
            pytest.skip(f"needs the program {name}")
        return found

    return path_of


class Heard:
    """Every event since it was made, and a way to wait for one."""

    def __init__(self, clipset: Clipset) -> None:
        self._changed = threading.Condition()
        self._events: list[Event] = []
        clipset.events.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    def wait_for(self, matches: Callable[[Event], bool], *, timeout_s: float = 120) -> Event:
        """The first event, past or future, that `matches`."""
        found: list[Event] = []

        def look() -> bool:
            found.extend(event for event in self._events if matches(event))
            return bool(found)

        with self._changed:
            if not self._changed.wait_for(look, timeout_s):
                raise AssertionError(f"no such event within {timeout_s} s; the last were {self._events[-5:]}")
        return found[0]

    def of(self, kind: type[Event]) -> list[Event]:
        """The events of one kind so far."""
        with self._changed:
            return [event for event in self._events if isinstance(event, kind)]

    def job_of(self, video_id: str, *states: JobState, timeout_s: float = 120) -> JobState:
        """Wait until the job of a video is in one of `states`, or has ended, and return its state."""
        wanted = set(states) or _ENDED

        def matches(event: Event) -> bool:
            return isinstance(event, JobChanged) and str(event.video_id) == video_id and event.state in wanted

        event = self.wait_for(matches, timeout_s=timeout_s)
        assert isinstance(event, JobChanged)
        return event.state

    def video_settled(self, video_id: str) -> None:
        """Wait for a change of the video that comes after its job ended."""
        self.job_of(video_id)
        self.wait_for(lambda event: isinstance(event, VideoChanged) and str(event.video_id) == video_id)


class Person(httpx.Client):
    """Somebody with a browser or a program; cookies and all."""

    def upload(self, path: Path, **fields: str) -> dict[str, Any]:
        """Upload a file by form and return the video."""
        with path.open("rb") as file:
            answer = self.post("/api/videos", files={"file": (path.name, file)}, data=fields)
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def video(self, video_id: str) -> dict[str, Any]:
        """The video as the API shows it."""
        body: dict[str, Any] = self.get(f"/api/videos/{video_id}").raise_for_status().json()
        return body


class Server:
    """A running server with an admin named `anna`."""

    def __init__(self, clipset: Clipset, data_dir: Path) -> None:
        self.clipset = clipset
        self.data_dir = data_dir
        self.url = clipset.local_address
        self.heard = Heard(clipset)
        self._people: list[Person] = []
        self.admin = self.signed_in("anna")

    def stranger(self) -> Person:
        """Somebody who has not signed in."""
        person = Person(base_url=self.url, timeout=60)
        self._people.append(person)
        return person

    def signed_in(self, username: str) -> Person:
        """A new device on which `username` has signed in."""
        person = self.stranger()
        answer = person.post("/api/auth/login", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return person

    def member(self, username: str = "max", **invitation: object) -> Person:
        """A new member, joined by an invitation."""
        token = self.admin.post("/api/invitations", json=invitation).raise_for_status().json()["token"]
        person = self.stranger()
        body = {
            "token": token,
            "email": f"{username}@example.org",
            "username": username,
            "password": PASSWORD,
        }
        answer = person.post("/api/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        return person

    def files(self, folder: str) -> list[str]:
        """The files below a folder of the data folder, as relative paths."""
        root = self.data_dir / folder
        return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())

    def close(self) -> None:
        for person in self._people:
            person.close()


def make_settings(data_dir: Path, **overrides: object) -> settings.Settings:
    """Settings for a server in `data_dir`, on a free port of this machine, with an admin named `anna`."""
    given = {
        "data_dir": str(data_dir),
        "database_url": postgresql.database_url(data_dir),
        "host": "127.0.0.1",
        "port": 0,
        "transcode_preset": "ultrafast",
        "initial_admin_email": "anna@example.org",
        "initial_admin_username": "anna",
        "initial_admin_password": PASSWORD,
    }
    return settings.load({**given, **overrides}, environment={})


@pytest.fixture(autouse=True)
def _databases(tmp_path: Path) -> Iterator[None]:
    """On PostgreSQL, a test's databases go when it has ended."""
    yield
    postgresql.drop_databases(tmp_path)


@pytest.fixture
def load_settings(tmp_path: Path) -> Callable[..., settings.Settings]:
    """`make_settings` for the test's own folder."""
    return partial(make_settings, tmp_path / "data")


@pytest.fixture
def week_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of this test do not look at each full minute whether a week has begun: only the test does."""

    def without_it(**services: Any) -> BackgroundScheduler:
        scheduler = schedule(**services)
        scheduler.remove_job("quota_reset")
        return scheduler

    monkeypatch.setattr(clipset, "schedule", without_it)


@pytest.fixture
def start(load_settings: Callable[..., settings.Settings]) -> Iterator[Callable[..., Server]]:
    """Start servers; each is stopped when the test ends."""
    with ExitStack() as stops:

        def start(**overrides: Any) -> Server:
            keywords = {
                key: overrides.pop(key) for key in ("clock", "run_child", "look", "power") if key in overrides
            }
            return stops.enter_context(running(load_settings(**overrides), **keywords))

        yield start


@cache
def _migrated() -> bytes:
    """SQLite's file after all migrations, which take a server 0.15 s."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.db"
        database = Database(f"sqlite:///{path}")
        upgrade(database)
        database.close()
        return path.read_bytes()


def _lay_out(host: settings.HostSettings) -> None:
    """Give a folder that is not there yet a database that needs no migration."""
    url = make_url(host.effective_database_url)
    if url.database and url.get_backend_name() == "sqlite" and not host.data_path.exists():
        host.data_path.mkdir(parents=True)
        Path(url.database).write_bytes(_migrated())


@contextmanager
def running(loaded: settings.Settings, **keywords: Any) -> Iterator[Server]:
    """A server for as long as the block runs."""
    _lay_out(loaded.host)
    with Clipset(loaded, **keywords) as clipset:
        server = Server(clipset, Path(loaded.host.data_dir))
        try:
            yield server
        finally:
            server.close()


@pytest.fixture
def server(start: Callable[..., Server]) -> Server:
    """A running server with an admin named `anna`."""
    return start()


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal for the data folder of `server` and `start`."""
    return Terminal(tmp_path / "data", monkeypatch, capsys)


@pytest.fixture(scope="session")
def common_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for tests that only add to it."""
    with running(make_settings(tmp_path_factory.mktemp("common") / "data")) as server:
        yield server
