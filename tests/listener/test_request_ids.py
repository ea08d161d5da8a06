"""One id goes with a request through every thread that works on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from structlog.contextvars import get_contextvars

from server.web.listener import RequestHead, Streamed
from tests.listener.conftest import RecordingSink, Serve, echo


def _id() -> str | None:
    return get_contextvars().get("request_id")


class _Noting(RecordingSink):
    """Notes the id that a log line would have at each call."""

    def __init__(self, seen: list[tuple[str, str | None]]) -> None:
        super().__init__()
        self._seen = seen

    def write(self, data: bytes) -> None:
        self._seen.append(("write", _id()))
        super().write(data)

    def complete(self) -> None:
        self._seen.append(("complete", _id()))
        super().complete()


def test_the_id_is_the_same_in_every_thread(serve: Serve) -> None:
    seen: list[tuple[str, str | None]] = []

    def decide(_: RequestHead) -> Streamed:
        seen.append(("admit", _id()))
        return Streamed(_Noting(seen))

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        seen.append(("answer", _id()))
        return echo(environ, start_response)

    with serve(app, decide=decide).connect() as client:
        for name in ("upload-0001", "upload-0002"):
            client.request("POST /", f"X-Request-Id: {name}", "Content-Length: 2", body=b"hi")
            answer = client.read_answer()
            assert answer.headers["x-request-id"] == name
            assert seen == [(step, name) for step in ("admit", "write", "complete", "answer")]
            seen.clear()


def test_a_head_that_cannot_be_read_gets_one(serve: Serve) -> None:
    with serve().connect() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        answer = client.read_answer()
        assert (answer.status, len(answer.headers["x-request-id"])) == (400, 16)
