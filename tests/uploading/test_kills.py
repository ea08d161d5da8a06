"""Nothing that was acknowledged is lost: the whole server is killed at random points of uploading and encoding."""

from __future__ import annotations

import hashlib
import random
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import av
import httpx
import pytest

from tests.uploading.host_process import HostProcess
from tests.uploading.tus import TUS

KILLS, ALL_KILLS = 3, 200
_BODY_TYPE = "application/offset+octet-stream"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[HostProcess]:
    process = HostProcess(tmp_path / "data")
    yield process
    process.close()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds of noise that have to be encoded; about 2 MB."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    noise = random.Random(3)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 320, 240, "yuv420p", 8_000_000
        for _ in range(50):
            picture = av.VideoFrame(320, 240, "yuv420p")
            for plane in picture.planes:
                plane.update(noise.randbytes(plane.buffer_size))
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path.read_bytes()


class Uploader:
    """Sends one file after another, each to its end however often the server dies; remembers what was promised."""

    def __init__(self, host: HostProcess, clip: bytes, chance: random.Random) -> None:
        self.finished: dict[str, bytes] = {}
        self._host = host
        self._clip = clip
        self._chance = chance
        self._path: str | None = None
        self._data = b""
        self._acknowledged = 0

    def until_killed(self) -> None:
        """Go on where the last life of the server ended, and kill this one at a random moment."""
        moment = self._chance.choice(["in the body", "in the body", "at the answer", "in the encode"])
        offset = self._resume()
        if offset is None:
            return self._kill_in_the_encode()
        if moment == "in the body":
            last = self._chance.randrange(offset, len(self._data))
            with self._patch(offset) as connection:
                connection.sendall(self._data[offset:last])
                self._host.kill()
            return None
        if moment == "at the answer":
            with self._patch(offset) as connection:
                connection.sendall(self._data[offset:])
                threading.Event().wait(self._chance.random() * 0.05)
                self._host.kill()
            return None
        self.to_the_end()
        return self._kill_in_the_encode()

    def to_the_end(self) -> None:
        """Finish the upload that is under way, if one is."""
        offset = self._resume()
        if offset is not None and self._path is not None:
            answer = self._host.person.patch(
                self._path,
                content=self._data[offset:],
                headers={**TUS, "Upload-Offset": str(offset), "Content-Type": _BODY_TYPE},
            )
            assert answer.status_code == 204, answer.text
            self._note_finished(answer)

    def _kill_in_the_encode(self) -> None:
        threading.Event().wait(self._chance.random() * 2)
        self._host.kill()

    def _resume(self) -> int | None:
        """Where to go on, with a new upload if none is under way; None when it turns out to be finished."""
        if self._path is None:
            # a few bytes after the end are no part of the film, and make each file another one
            self._data = self._clip + b"\0\0\0\x14free" + self._chance.randbytes(12)
            headers = {**TUS, "Upload-Length": str(len(self._data))}
            made = self._host.person.post("/api/uploads", headers=headers)
            assert made.status_code == 201, made.text
            self._path = urlsplit(made.headers["location"]).path
            self._acknowledged = 0
            return 0
        head = self._host.person.head(self._path, headers=TUS)
        assert head.status_code == 200, "an upload was lost"
        offset = int(head.headers["upload-offset"])
        assert offset >= self._acknowledged, "acknowledged bytes were lost"
        self._acknowledged = offset
        if "clipset-video-id" in head.headers:
            self._note_finished(head)
            return None
        return offset

    def _note_finished(self, answer: httpx.Response) -> None:
        self.finished[answer.headers["clipset-video-id"]] = self._data
        self._path = None

    def _patch(self, offset: int) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self._host.port), timeout=60)
        connection.sendall(
            f"PATCH {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: {self._host.person.headers['Authorization']}\r\nTus-Resumable: 1.0.0\r\n"
            f"Upload-Offset: {offset}\r\nContent-Type: {_BODY_TYPE}\r\n"
            f"Content-Length: {len(self._data) - offset}\r\n\r\n".encode()
        )
        return connection


@pytest.mark.parametrize("kills", [KILLS, pytest.param(ALL_KILLS, marks=pytest.mark.slow)])
@pytest.mark.timeout(7200)
def test_kill_minus_nine(
    host: HostProcess, clip: bytes, kills: int, record_property: Callable[..., None]
) -> None:
    seed = random.SystemRandom().randrange(1 << 30)
    record_property("seed", seed)
    uploader = Uploader(host, clip, random.Random(seed))
    for _ in range(kills):
        host.start()
        uploader.until_killed()
    host.start()
    uploader.to_the_end()
    assert uploader.finished
    for video_id in uploader.finished:
        _wait_until_done(host.person, video_id)
    _everything_is_there(host, uploader.finished)


def _wait_until_done(person: httpx.Client, video_id: str) -> None:
    for _ in range(12_000):
        progress = person.get(f"/api/videos/{video_id}/progress").raise_for_status().json()
        if progress["state"] == "done":
            return
        assert progress["state"] in {"queued", "running"}, progress
        threading.Event().wait(0.05)
    raise AssertionError("a job did not go on")


def _everything_is_there(host: HostProcess, finished: dict[str, bytes]) -> None:
    """Rows and files agree, every original is what was sent, every result plays, nothing else is left."""
    listed = host.person.get("/api/videos", params={"page_size": 100}).raise_for_status().json()
    assert {video["id"] for video in listed["items"]} == set(finished)
    used = host.person.get("/api/auth/me").json()["quota"]["used_bytes"]
    assert used == sum(map(len, finished.values()))
    host.kill(15)
    videos = host.data_dir / "videos"
    assert {path.name for path in (videos / "library").iterdir()} == set(finished)
    assert not any((videos / "incoming").iterdir())
    assert not (videos / "orphans").exists()
    for video_id, data in finished.items():
        folder = videos / "library" / video_id
        assert not (folder / "work").exists()
        assert hashlib.sha256((folder / "source").read_bytes()).digest() == hashlib.sha256(data).digest()
        with av.open(str(folder / "video.mp4")) as container:
            assert sum(1 for _ in container.decode(video=0)) == 50
    if (host.data_dir / "clipset.db").exists():
        with sqlite3.connect(host.data_dir / "clipset.db") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()
