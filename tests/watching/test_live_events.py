"""What has happened reaches open browsers at once, and only those who may know it."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from server.web.live import STREAMS_PER_SESSION
from tests.conftest import Person, Server

pytestmark = pytest.mark.database

Told = tuple[str, dict[str, Any]]


class Listening:
    """An open stream of somebody, read on a thread of its own."""

    def __init__(self, person: Person, *, last_event_id: str | None = None) -> None:
        headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
        self._stops = ExitStack()
        self.answer = self._stops.enter_context(
            person.stream("GET", "/api/events", headers=headers, timeout=60)
        )
        assert self.answer.status_code == 200
        self.told: list[Told] = []
        self.ended = threading.Event()
        self._told: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self._opened = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        assert self._opened.wait(30)

    def wait_for(self, name: str, **fields: object) -> dict[str, Any]:
        """The next event of that name with those fields."""
        while True:
            kind, payload = self._told.get(timeout=60)
            self.told.append((kind, payload))
            if kind == name and fields.items() <= payload.items():
                return payload

    def close(self) -> None:
        self.ended.wait(60)
        self._reader.join()
        self._stops.close()

    def _read(self) -> None:
        name = ""
        for line in self.answer.iter_lines():
            field, _, value = line.partition(": ")
            if field == "id":
                self._opened.set()
            elif field == "event":
                name = value
            elif field == "data":
                self._told.put((name, json.loads(value)))
        self.ended.set()


@pytest.fixture
def listening(server: Server) -> Iterator[Callable[..., Listening]]:
    """Open streams; the server ends them when it stops."""
    streams: list[Listening] = []

    def listen(person: Person, **options: Any) -> Listening:
        stream = Listening(person, **options)
        streams.append(stream)
        return stream

    yield listen
    server.clipset.stop()
    for stream in streams:
        stream.close()


def test_a_stream_is_what_browsers_expect(server: Server, listening: Callable[..., Listening]) -> None:
    stream = listening(server.admin)
    assert stream.answer.headers["content-type"] == "text/event-stream"
    assert stream.answer.headers["cache-control"] == "no-store"


def test_an_upload_and_its_way_to_the_library(
    server: Server, listening: Callable[..., Listening], media: Callable[[str], Path]
) -> None:
    max_, eva = server.member("max"), server.member("eva")
    streams = {"max": listening(max_), "eva": listening(eva), "anna": listening(server.admin)}
    video_id = max_.upload(media("gr_a.mp4"))["id"]
    for name in ("max", "anna"):
        stream = streams[name]
        stream.wait_for("job", video_id=video_id, state="done")
        done = stream.wait_for("video", id=video_id, status="completed")
        assert (done["progress"], done["watchable_ms"] > 0) == (100, True)
    streams["eva"].wait_for("video", id=video_id, status="completed")
    streams["eva"].wait_for("library")
    assert [name for name, _ in streams["eva"].told] == ["video", "library"]
    assert any(name == "quota" and said["used_bytes"] for name, said in streams["max"].told)
    assert not any(name == "quota" for name, _ in streams["anna"].told)


def test_the_library_changes_for_everybody(server: Server, listening: Callable[..., Listening]) -> None:
    stream = listening(server.member())
    server.admin.post("/api/categories", json={"name": "Summer"}).raise_for_status()
    stream.wait_for("library")


def test_settings_that_members_feel(server: Server, listening: Callable[..., Listening]) -> None:
    stream = listening(server.member())
    server.admin.patch("/api/admin/config", json={"server_name": "Attic"}).raise_for_status()
    stream.wait_for("resync")


def test_who_comes_back_is_told_to_ask_anew(server: Server, listening: Callable[..., Listening]) -> None:
    listening(server.admin, last_event_id="1").wait_for("resync")


def test_a_session_that_ends_takes_its_streams_along(
    server: Server, listening: Callable[..., Listening]
) -> None:
    phone, laptop = server.member(), server.signed_in("max")
    ending, staying = listening(phone), listening(laptop)
    phone.post("/api/auth/logout").raise_for_status()
    assert ending.ended.wait(30)
    server.admin.post("/api/categories", json={"name": "Summer"}).raise_for_status()
    staying.wait_for("library")


def test_other_rights_need_another_stream(server: Server, listening: Callable[..., Listening]) -> None:
    member = server.member()
    stream = listening(member)
    user_id = member.get("/api/auth/me").json()["id"]
    server.admin.patch(f"/api/users/{user_id}/role", json={"role": "admin"}).raise_for_status()
    assert stream.ended.wait(30)


def test_a_disabled_account_hears_no_more(server: Server, listening: Callable[..., Listening]) -> None:
    member = server.member()
    stream = listening(member)
    user_id = member.get("/api/auth/me").json()["id"]
    server.admin.patch(f"/api/users/{user_id}/active", json={"is_active": False}).raise_for_status()
    assert stream.ended.wait(30)


def test_no_more_streams_than_a_browser_can_spare(
    server: Server, listening: Callable[..., Listening]
) -> None:
    for _ in range(STREAMS_PER_SESSION):
        listening(server.admin)
    assert server.admin.get("/api/events").status_code == 204  # to which EventSource does not come back
    listening(server.member())
