"""Answers that stay open cost no thread, are bounded in memory, and end when their client, their owner or we do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from server.web.listener import Stream, Streamed, Timeouts, broadcast
from server.web.listener.streams import MAX_BEHIND_BYTES
from tests.listener.conftest import RecordingSink, Serve, Serving, echo
from tests.listener.raw_client import RawClient

OWNER = "a session"
FILE_BYTES = 64 << 20


class Feed:
    """An application that keeps /feed open, sends a file at /file, and echoes anything else."""

    def __init__(self, file: Path | None = None) -> None:
        self.open: list[Stream] = []
        self._changed = threading.Condition()
        self._file = file

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        environ["clipset.owners"] = frozenset({environ.get("HTTP_X_OWNER"), "the film"})
        if environ["PATH_INFO"] == "/file" and self._file is not None:
            start_response("200 OK", [("Content-Length", str(self._file.stat().st_size))])
            return environ["wsgi.file_wrapper"](self._file.open("rb"))
        if environ["PATH_INFO"] != "/feed":
            return echo(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        environ["clipset.keep_open"](on_open=self._opened, on_end=self._ended, keep_alive=b":\n\n")
        return iter([b"hello\n"])

    def wait_for(self, number: int) -> list[Stream]:
        """The open streams, once there are `number`."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.open) == number, 30), len(self.open)
            return list(self.open)

    def _opened(self, stream: Stream) -> None:
        with self._changed:
            self.open.append(stream)
            self._changed.notify_all()

    def _ended(self, stream: Stream) -> None:
        with self._changed:
            self.open.remove(stream)
            self._changed.notify_all()


def listen(client: RawClient, *headers: str) -> None:
    """Open the feed and read its first bytes."""
    client.request("GET /feed", *headers)
    head = client.read_head().lower()
    assert head.startswith(b"http/1.1 200")
    assert b"transfer-encoding: chunked" in head
    assert chunk(client) == b"hello\n"


def chunk(client: RawClient) -> bytes:
    """The next chunk of a chunked answer; empty for the last."""
    size = b""
    while not size.endswith(b"\r\n"):
        size += client.read(1)
    return client.read(int(size, 16) + 2)[:-2]


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.mark.parametrize("number", [300, pytest.param(3000, marks=pytest.mark.slow)])
def test_many_listen_and_no_thread_waits(serve: Serve, feed: Feed, number: int) -> None:
    server = serve(feed, threads=2)
    with ExitStack() as stack:
        clients = [stack.enter_context(server.connect()) for _ in range(number)]
        for client in clients:
            listen(client)
        streams = feed.wait_for(number)
        with server.connect() as other:
            other.request("GET /")
            assert other.read_answer().status == 200
        broadcast(streams, b"one")
        streams[0].send(b"two")
        assert {chunk(client) for client in clients} == {b"one"}
        assert sum(len(stream.framed(b"")) > 0 for stream in streams) == number
    feed.wait_for(0)


def test_to_an_old_client_it_goes_without_chunks(serve: Serve, feed: Feed) -> None:
    server = serve(feed)
    with server.connect() as client:
        client.send("GET /feed HTTP/1.0\r\n\r\n")
        assert b"chunked" not in client.read_head().lower()
        (stream,) = feed.wait_for(1)
        stream.send(b"one")
        assert client.read(9) == b"hello\none"
        stream.end()
        assert client.ended()


def test_an_end_in_good_order(serve: Serve, feed: Feed) -> None:
    server = serve(feed)
    with server.connect() as client:
        listen(client)
        (stream,) = feed.wait_for(1)
        stream.send(b"last")
        stream.end()
        assert (chunk(client), chunk(client)) == (b"last", b"")
        assert client.ended()
        feed.wait_for(0)
        stream.send(b"too late")
        stream.end()


def test_silence_is_filled(serve: Serve, feed: Feed) -> None:
    server = serve(feed, timeouts=Timeouts(keep_alive_s=0.2))
    with server.connect() as client:
        listen(client)
        assert chunk(client) == b":\n\n"
        assert chunk(client) == b":\n\n"


def test_who_falls_behind_is_cut_off_and_nobody_else(serve: Serve, feed: Feed) -> None:
    server = serve(feed)
    with server.connect(receive_buffer_bytes=2048) as slow, server.connect() as quick:
        listen(slow)
        (slow_stream,) = feed.wait_for(1)
        listen(quick)
        streams = feed.wait_for(2)
        for number in range(2000):  # 2 MB: more than the kernel holds for a stream on both sides
            broadcast(streams, b"%01000d" % number)
            assert chunk(quick) == b"%01000d" % number
            if len(feed.open) == 1:
                break
        assert slow_stream not in feed.wait_for(1)


def test_one_message_that_is_too_long(serve: Serve, feed: Feed) -> None:
    server = serve(feed)
    with server.connect() as client:
        listen(client)
        (stream,) = feed.wait_for(1)
        stream.send(bytes(MAX_BEHIND_BYTES + 1))
        assert client.ended()
        feed.wait_for(0)


def test_who_takes_nothing_is_given_up(serve: Serve, feed: Feed) -> None:
    server = serve(feed, timeouts=Timeouts(streaming_s=0.5))
    with server.connect() as client:
        listen(client)
        feed.wait_for(1)
        feed.wait_for(0)
        assert client.ended()


def test_what_a_listener_says_meanwhile_is_held(serve: Serve, feed: Feed) -> None:
    server = serve(feed)
    with server.connect() as client:
        listen(client)
        (stream,) = feed.wait_for(1)
        client.request("GET /")
        stream.send(b"one")
        assert chunk(client) == b"one"
        stream.end()
        assert (chunk(client), client.ended()) == (b"", True)


def test_stopping_ends_streams_at_once(serve: Serve, feed: Feed) -> None:
    server = serve(feed)
    with server.connect() as client:
        listen(client)
        feed.wait_for(1)
        server.listener.stop(grace_s=60)
        assert chunk(client) == b""
        assert client.ended()
    assert feed.open == []


def test_a_head_question_is_answered_and_not_kept_open(serve: Serve, feed: Feed) -> None:
    server = serve(feed)
    with server.connect() as client:
        client.request("HEAD /feed")
        assert client.read_head().startswith(b"HTTP/1.1 200")
        assert client.read_to_end() == b""
    assert feed.open == []


def test_a_stream_that_nobody_takes(serve: Serve) -> None:
    def refuse(_stream: Stream) -> None:
        raise RuntimeError("no")

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        start_response("200 OK", [])
        environ["clipset.keep_open"](on_open=refuse, on_end=lambda _: None, keep_alive=b"")
        return iter([b"hello"])

    server = serve(app)
    with server.connect() as client:
        client.request("GET /feed")
        client.read_head()
        assert client.read_to_end() == b"5\r\nhello\r\n"


# --- owners that are cut off


@pytest.fixture
def serving(serve: Serve, tmp_path: Path) -> Iterator[tuple[Serving, Feed]]:
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate(FILE_BYTES)
    feed = Feed(path)
    yield serve(feed), feed


def _rest(client: RawClient) -> int:
    """How many bytes still come until the server closes."""
    try:
        return len(client.read_to_end())
    except ConnectionResetError:
        return 0


def test_cut_off(serving: tuple[Serving, Feed]) -> None:
    server, feed = serving
    with ExitStack() as stack:
        theirs, others, sending, others_file = (stack.enter_context(server.connect()) for _ in range(4))
        listen(theirs, f"X-Owner: {OWNER}")
        feed.wait_for(1)
        listen(others, "X-Owner: somebody else")
        feed.wait_for(2)
        sending.request("GET /file", f"X-Owner: {OWNER}")
        sending.read_head()
        others_file.request("GET /file", "X-Owner: somebody else")
        others_file.read_head()
        server.listener.cut([OWNER])
        assert (chunk(theirs), theirs.ended()) == (b"", True)
        assert _rest(sending) < FILE_BYTES
        (left,) = feed.wait_for(1)
        left.send(b"still here")
        assert chunk(others) == b"still here"
        assert len(others_file.read(FILE_BYTES)) == FILE_BYTES


def test_cut_off_while_the_answer_was_being_made(serving: tuple[Serving, Feed]) -> None:
    """The owner was asked for before the end of the session, and the answer began after it."""
    server, feed = serving
    server.listener.cut([OWNER])
    with server.connect() as stream, server.connect() as file:
        listen(stream, f"X-Owner: {OWNER}")
        assert (chunk(stream), stream.ended()) == (b"", True)
        file.request("GET /file", f"X-Owner: {OWNER}")
        file.read_head()
        assert _rest(file) < FILE_BYTES
    feed.wait_for(0)


def test_small_answers_are_still_given_to_who_was_cut_off(serving: tuple[Serving, Feed]) -> None:
    server, _ = serving
    server.listener.cut([OWNER])
    with server.connect() as client:
        for _ in range(3):
            client.request("GET /", f"X-Owner: {OWNER}")
            assert client.read_answer().status == 200


def test_an_upload_of_who_is_cut_off(serve: Serve) -> None:
    sink = RecordingSink()
    server = serve(decide=lambda _: Streamed(sink, owners=frozenset({OWNER})))
    with server.connect() as client:
        client.request("PATCH /", "Content-Length: 100000000", body=b"kept")
        assert sink.writing.wait(20)
        server.listener.cut([OWNER])
        answer = client.read_answer()
        assert (answer.status, sink.wait(), bytes(sink.data)) == (401, ["abort"], b"kept")
        assert b"sign in again" in answer.body
