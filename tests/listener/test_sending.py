"""Files go out without a thread: slow readers hold nobody up, and nothing but the promised bytes is ever sent."""

from __future__ import annotations

import os
import random
import subprocess
import threading
from collections.abc import Callable
from io import BytesIO, FileIO
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from server.web.listener import FilePart, FileParts
from server.web.listener.outgoing import READ_AHEAD_BYTES, OutgoingFile
from server.web.listener.sending import SendingChannel
from tests.listener.conftest import Serve, echo
from tests.listener.raw_client import ConnectionEnded
from tests.waiting import wait_until

SIZE = 24 << 20


class CountedFile(FileIO):
    """Counts how often it was closed while open."""

    def __init__(self, path: Path, closed: list[str]) -> None:
        super().__init__(path)
        self._log = closed

    def close(self) -> None:
        self._log.append("closed")
        super().close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(random.Random(7).randbytes(SIZE))
    return path


def sender(path: Path, closed: list[str], length: int = SIZE, offset: int = 0) -> Callable[..., Any]:
    """An application that sends part of a file at /file, and echoes anything else."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] != "/file":
            return echo(environ, start_response)
        opened = CountedFile(path, closed)
        opened.seek(offset)
        start_response("200 OK", [("Content-Length", str(length))])
        return environ["wsgi.file_wrapper"](opened)

    return app


@pytest.fixture(params=[True, False], ids=["sendfile", "copied"])
def way_of_sending(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param and not SendingChannel.can_sendfile:
        pytest.skip("this system has no sendfile")
    monkeypatch.setattr(SendingChannel, "can_sendfile", request.param)


@pytest.mark.usefixtures("way_of_sending")
class TestFiles:
    def test_a_file(self, serve: Serve, file: Path) -> None:
        closed: list[str] = []
        server = serve(sender(file, closed, SIZE - 1000, 123))
        with server.connect() as client:
            for _ in range(2):
                client.request("GET /file")
                assert client.read_answer().body == file.read_bytes()[123 : 123 + SIZE - 1000]
        server.listener.stop()
        assert closed == ["closed", "closed"]

    def test_parts(self, serve: Serve, file: Path) -> None:
        content = file.read_bytes()
        closed: list[str] = []
        parts: list[bytes | FilePart] = [b"<", FilePart(5, 1), b"|", FilePart(1000, SIZE - 1000), b"", b">"]

        def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            body = FileParts(CountedFile(file, closed), parts)
            start_response("200 OK", [("Content-Length", str(body.length))])
            return environ["wsgi.file_wrapper"](body)

        server = serve(app)
        with server.connect() as client:
            client.request("GET /")
            assert client.read_answer().body == b"<" + content[5:6] + b"|" + content[1000:] + b">"
        server.listener.stop()
        assert closed == ["closed"]

    def test_pipelined(self, serve: Serve, file: Path) -> None:
        server = serve(sender(file, [], 1_000_000))
        with server.connect() as client:
            client.send(b"GET /file HTTP/1.1\r\nHost: t\r\n\r\nGET / HTTP/1.1\r\nHost: t\r\n\r\n" * 5)
            for _ in range(5):
                assert client.read_answer().body == file.read_bytes()[:1_000_000]
                assert client.read_answer().status == 200

    def test_a_deleted_file_is_sent_to_its_end(self, serve: Serve, file: Path) -> None:
        content = file.read_bytes()
        server = serve(sender(file, []))
        with server.connect(receive_buffer_bytes=4096) as client:
            client.request("GET /file")
            client.read_head()
            file.unlink()
            assert client.read(SIZE) == content

    def test_a_truncated_file_ends_the_connection(self, serve: Serve, file: Path) -> None:
        content = file.read_bytes()
        closed: list[str] = []
        server = serve(sender(file, closed))
        with capture_logs() as logs, server.connect(receive_buffer_bytes=4096) as client:
            client.request("GET /file")
            client.read_head()
            with file.open("r+b") as other:
                other.truncate(SIZE // 2)
            with pytest.raises(ConnectionEnded) as ended:
                client.read(SIZE)
        assert ended.value.received == content[: SIZE // 2]
        server.listener.stop()
        assert closed == ["closed"]
        assert {each["event"] for each in logs} == {"file_shrank_while_sent"}

    def test_clients_that_go_away(self, serve: Serve, file: Path) -> None:
        closed: list[str] = []
        server = serve(sender(file, closed))
        for number in range(30):
            client = server.connect(receive_buffer_bytes=4096)
            client.request("GET /file")
            client.read(100)
            (client.close if number % 2 else client.reset)()
        with server.connect() as client:
            client.request("GET /")
            assert client.read_answer().status == 200
        server.listener.stop()
        assert closed == ["closed"] * 30


def test_a_file_that_is_shorter_than_promised(serve: Serve, file: Path) -> None:
    server = serve(sender(file, [], SIZE + 1))
    with server.connect() as client:
        client.request("GET /file")
        with pytest.raises(ConnectionEnded):
            client.read_answer()


def test_what_is_no_file_is_sent_as_well(serve: Serve) -> None:
    content = random.Random(9).randbytes(3_000_000)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        start_response("200 OK", [("Content-Length", str(len(content)))])
        return environ["wsgi.file_wrapper"](BytesIO(content))

    server = serve(app)
    with server.connect() as client:
        client.request("GET /")
        assert client.read_answer().body == content


def test_60_slow_readers_on_4_threads(serve: Serve, file: Path) -> None:
    closed: list[str] = []
    server = serve(sender(file, closed), threads=4)
    readers = [server.connect(receive_buffer_bytes=4096) for _ in range(60)]
    try:
        for reader in readers:
            reader.request("GET /file")
        for reader in readers:
            assert reader.read_head().startswith(b"HTTP/1.1 200")
        assert closed == []  # all of them are being sent
        with server.connect() as client:
            for _ in range(100):
                client.request("GET /")
                assert client.read_answer().status == 200
        assert closed == []
        assert server.listener.open_connections >= 60
        assert readers[30].read(SIZE) == file.read_bytes()
    finally:
        for reader in readers:
            reader.close()


def test_a_slow_reader_of_several_ranges_holds_no_thread(serve: Serve, file: Path) -> None:
    parts: list[bytes | FilePart] = [b"a", FilePart(0, SIZE // 2), b"b", FilePart(SIZE // 2, SIZE // 2)]

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] == "/":
            return echo(environ, start_response)
        body = FileParts(FileIO(file), parts)
        start_response("206 Partial Content", [("Content-Length", str(body.length))])
        return environ["wsgi.file_wrapper"](body)

    server = serve(app, threads=1)
    with server.connect(receive_buffer_bytes=4096) as slow, server.connect() as client:
        slow.request("GET /parts")
        assert slow.read(12) == b"HTTP/1.1 206"
        client.request("GET /")
        assert client.read_answer().status == 200


def test_counters(serve: Serve, file: Path) -> None:
    server = serve(sender(file, [], 1_000_000))
    with server.connect() as client:
        request = b"GET /file HTTP/1.1\r\nHost: t\r\n\r\n"
        client.send(request)
        head = client.read_head()
        client.read(1_000_000)
        assert server.listener.open_connections == 1
        wait_until(
            lambda: server.listener.bytes_sent == len(head) + 1_000_000
        )  # counted after they were sent
        assert server.listener.bytes_received == len(request)
    server.listener.stop()
    assert server.listener.open_connections == 0
    assert server.listener.bytes_sent == len(head) + 1_000_000


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_answers_without_a_body_keep_the_connection(serve: Serve, status: str) -> None:
    def app(_: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response(status, [])
        return []

    server = serve(app)
    with server.connect() as client:
        for _ in range(2):
            client.request("GET /")
            answer = client.read_answer()
            assert (answer.status, "connection" in answer.headers) == (int(status[:3]), False)
        client.request("GET /", "Connection: close")
        assert client.read_answer().headers["connection"] == "close"
        assert client.ended()


def test_an_application_error_is_answered(serve: Serve) -> None:
    def app(_: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        raise RuntimeError("a bug of ours")

    server = serve(app)
    with server.connect() as client:
        client.request("GET /")
        answer = client.read_answer()
        assert answer.status == 500
        assert b"a bug of ours" not in answer.body


def test_a_large_answer_from_memory_makes_no_file(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    made = threading.Event()
    monkeypatch.setattr("tempfile.TemporaryFile", lambda *_: made.set())
    body = bytes(5 << 20)

    def app(_: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    server = serve(app)
    with server.connect(receive_buffer_bytes=4096) as client:
        client.request("GET /")
        assert client.read_answer().body == body
    assert not made.is_set()


def test_curl_keeps_its_connection(serve: Serve, file: Path, tmp_path: Path) -> None:
    server = serve(sender(file, []))
    command = ["curl", "-sS", "-m", "20", "-w", "%{num_connects} "]
    for number in range(3):
        command += ["-o", str(tmp_path / f"got{number}"), f"{server.url}/file"]
    assert subprocess.run(command, capture_output=True, check=True, text=True).stdout.split() == [
        "1",
        "0",
        "0",
    ]
    assert {(tmp_path / f"got{number}").read_bytes() for number in range(3)} == {file.read_bytes()}


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="this system is not asked to read ahead")
@pytest.mark.parametrize("in_memory", [True, False])
def test_only_what_is_not_in_memory_is_read_ahead(
    file: Path, monkeypatch: pytest.MonkeyPatch, in_memory: bool
) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(
        os, "posix_fadvise", lambda _file, start, length, _advice: asked.append((start, length))
    )

    def look(*_: object) -> int:
        if in_memory:
            return 1
        raise BlockingIOError

    monkeypatch.setattr(os, "preadv", look, raising=False)
    with file.open("rb") as opened:
        sending = OutgoingFile(opened)
        sending.prepare(SIZE)
        for offset in range(0, SIZE, 1 << 20):
            sending.read_ahead(offset)
    step = READ_AHEAD_BYTES
    wanted = [(start, step) for start in range(0, SIZE + step // 2, step)]
    assert asked == ([] if in_memory else wanted)
