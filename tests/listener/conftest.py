"""A real listener on a free port, with an admission and sinks that remember what they were asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from server.web.listener import Buffered, Listener, RequestHead, Streamed, Timeouts, Verdict
from tests.listener.raw_client import RawClient


class RecordingSink:
    """Keeps what it is given and what is called; `gate` holds writes back until it is set."""

    def __init__(self, *, gate: threading.Event | None = None, fail_after: int | None = None) -> None:
        self.data = bytearray()
        self.calls: list[str] = []
        self.failure: Exception = OSError(28, "No space left on device")
        self.ended = threading.Event()
        self.writing = threading.Event()
        self._gate = gate
        self._fail_after = fail_after

    def write(self, data: bytes) -> None:
        self.writing.set()
        if self._gate is not None:
            assert self._gate.wait(20)
        if self._fail_after is not None and len(self.data) + len(data) > self._fail_after:
            raise self.failure
        self.data += data

    def complete(self) -> None:
        self._end("complete")

    def abort(self) -> None:
        self._end("abort")

    def wait(self) -> list[str]:
        """The calls that ended it, once there is one."""
        assert self.ended.wait(20)
        return self.calls

    def _end(self, call: str) -> None:
        self.calls.append(call)
        self.ended.set()


class RecordingAdmission:
    """Decides with a function, and keeps the heads it was asked about."""

    def __init__(self, decide: Callable[[RequestHead], Verdict]) -> None:
        self.heads: list[RequestHead] = []
        self._decide = decide

    def admit(self, head: RequestHead) -> Verdict:
        self.heads.append(head)
        return self._decide(head)


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answers with what the application sees of a request."""
    if "clipset.sink_failure" in environ:
        body = repr(environ["clipset.sink_failure"]).encode()
        start_response("507 Insufficient Storage", [("Content-Length", str(len(body)))])
        return [body]
    sink = environ.get("clipset.sink")
    document = {
        "method": environ["REQUEST_METHOD"],
        "path": environ["PATH_INFO"],
        "body": environ["wsgi.input"].read().decode("latin-1"),
        "content_length": environ.get("CONTENT_LENGTH"),
        "streamed": None if sink is None else [len(sink.data), *sink.calls],
        "forwarded": environ.get("HTTP_X_FORWARDED_FOR"),
    }
    body = json.dumps(document).encode()
    start_response("200 OK", [("Content-Length", str(len(body))), ("Content-Type", "application/json")])
    return [body]


class Serving:
    """A running listener and ways to reach it."""

    def __init__(self, listener: Listener, admission: RecordingAdmission) -> None:
        self.listener = listener
        self.admission = admission

    @property
    def url(self) -> str:
        return f"http://{self.listener.host}:{self.listener.port}"

    def connect(self, *, receive_buffer_bytes: int | None = None) -> RawClient:
        return RawClient(self.listener.host, self.listener.port, receive_buffer_bytes=receive_buffer_bytes)


Serve = Callable[..., Serving]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start listeners; they are stopped at the end."""
    running: list[Listener] = []

    def start(
        app: Any = echo,
        *,
        decide: Callable[[RequestHead], Verdict] = lambda _: Buffered(1000),
        threads: int = 4,
        timeouts: Timeouts | None = None,
    ) -> Serving:
        admission = RecordingAdmission(decide)
        listener = Listener(
            app, admission=admission, host="127.0.0.1", port=0, threads=threads, timeouts=timeouts
        )
        listener.start()
        running.append(listener)
        return Serving(listener, admission)

    yield start
    for listener in running:
        listener.stop(0)


@pytest.fixture
def serve_sink(serve: Serve) -> Callable[..., Serving]:
    """Start a listener that streams every body to one sink."""

    def start(sink: RecordingSink, **options: Any) -> Serving:
        return serve(decide=lambda _: Streamed(sink), **options)

    return start
