"""Who may send a body is decided from the headers; what is not admitted is not read, not kept, not written."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from server.web.listener import Buffered, Refusal, RequestHead, Streamed, Verdict, problem
from tests.listener.conftest import RecordingSink, Serve, Serving

BIG = 1 << 30


def _only_with_token(sink: RecordingSink) -> Callable[[RequestHead], Verdict]:
    def decide(head: RequestHead) -> Verdict:
        if head.headers.get("authorization") != "Bearer good":
            return problem(401, "Sign in first.", code="not_signed_in")
        return Streamed(sink)

    return decide


def test_refusal_before_the_body(serve: Serve) -> None:
    sink = RecordingSink()
    server = serve(decide=_only_with_token(sink))
    with server.connect() as client:
        client.request("POST /api/videos", f"Content-Length: {BIG}")  # and not one byte of it
        answer = client.read_answer()
        assert answer.status == 401
        assert answer.headers["connection"] == "close"
        assert answer.headers["content-type"] == "application/problem+json"
        assert json.loads(answer.body)["code"] == "not_signed_in"
        assert client.ended()
    assert sink.data == b""
    assert sink.calls == []


def test_a_client_that_goes_on_sending_can_read_the_refusal(serve: Serve) -> None:
    server = serve(decide=_only_with_token(RecordingSink()))
    sent = 32 << 20
    with server.connect() as client:
        client.request("POST /api/videos", f"Content-Length: {BIG}")
        for _ in range(sent >> 20):
            client.send(bytes(1 << 20))  # no reset comes back
        assert client.read_answer().status == 401


def test_unadmitted_bytes_reach_no_disk(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    opened: list[object] = []
    monkeypatch.setattr("tempfile.TemporaryFile", lambda *args, **_: opened.append(args))
    server = serve(
        decide=lambda head: Buffered(4 << 20) if head.path == "/kept" else Refusal("403 Forbidden")
    )
    body = bytes(3 << 20)
    with server.connect() as client:
        client.request("POST /kept", f"Content-Length: {len(body)}", body=body)
        assert len(json.loads(client.read_answer().body)["body"]) == len(body)
        client.request("POST /refused", f"Content-Length: {len(body)}", body=body)
        assert client.read_answer().status == 403
    assert opened == []
    assert list(tmp_path.iterdir()) == []


def test_the_head_as_it_is_asked_about(serve: Serve) -> None:
    server = serve()
    with server.connect() as client:
        client.request(
            "PATCH //api/%C3%BC?a=%20b",
            "Content-Length: 2",
            "X-Twice: 1",
            "x-twice: 2",
            "X-Forwarded-For: 10.1.1.1",
            body=b"hi",
        )
        seen = json.loads(client.read_answer().body)
    (head,) = server.admission.heads
    assert (head.method, head.path, head.query, head.content_length) == ("PATCH", "/api/ü", "a=%20b", 2)
    assert head.client_address == "127.0.0.1"
    assert head.headers["X-TWICE"] == "1, 2"
    assert "x-forwarded-for" not in head.headers
    assert seen["path"].encode("latin-1").decode() == head.path
    assert seen["forwarded"] is None


@pytest.mark.parametrize("line", ["GET /", "POST /", "DELETE /"])
def test_nobody_is_asked_about_no_body(serve: Serve, line: str) -> None:
    server = serve()
    with server.connect() as client:
        client.request(line, "Content-Length: 0")
        assert client.read_answer().status == 200
    assert server.admission.heads == []


def test_a_chunked_body_has_no_length_to_ask_about(serve: Serve) -> None:
    server = serve()
    with server.connect() as client:
        client.request("POST /", "Transfer-Encoding: chunked", body=b"2\r\nhi\r\n0\r\n\r\n")
        seen = json.loads(client.read_answer().body)
    assert server.admission.heads[0].content_length is None
    assert (seen["body"], seen["content_length"]) == ("hi", "2")


def test_a_failing_admission_is_answered_and_logged(serve: Serve) -> None:
    def decide(_: RequestHead) -> Verdict:
        raise RuntimeError("a bug of ours")

    server = serve(decide=decide)
    with server.connect() as client, capture_logs() as logs:
        client.request("POST /", "Content-Length: 5")
        answer = client.read_answer()
        assert (answer.status, json.loads(answer.body)["code"]) == (500, "internal_error")
        assert client.ended()
    assert [(each["event"], each["exc_info"]) for each in logs] == [("admission_failed", True)]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param(["Content-Length: 1001"], b"", id="announced"),
        pytest.param(["Transfer-Encoding: chunked"], b"3e9\r\n" + bytes(1001), id="chunked"),
        pytest.param([f"Content-Length: {2**50}"], b"", id="more than any file"),
        pytest.param([f"Content-Length: {'9' * 19}"], b"", id="absurd"),
    ],
)
def test_more_than_admitted(serve: Serve, headers: list[str], body: bytes) -> None:
    server = serve(decide=lambda _: Buffered(1000))
    with server.connect() as client:
        client.request("POST /", *headers, body=body)
        answer = client.read_answer()
        assert (answer.status, json.loads(answer.body)["code"]) == (413, "file_too_large")
        assert client.ended()


def test_exactly_what_was_admitted(serve: Serve) -> None:
    server = serve(decide=lambda _: Buffered(1000))
    with server.connect() as client:
        client.request("POST /", "Content-Length: 1000", body=b"a" * 1000)
        assert json.loads(client.read_answer().body)["body"] == "a" * 1000


class TestContinue:
    """`Expect: 100-continue`: RFC 9110, section 10.1.1."""

    def test_only_after_the_verdict(self, serve: Serve) -> None:
        decided = threading.Event()

        def decide(_: RequestHead) -> Verdict:
            assert decided.wait(20)
            return Buffered(10)

        server = serve(decide=decide)
        with server.connect() as client:
            client.request("POST /", "Content-Length: 2", "Expect: 100-continue")
            client.socket.setblocking(False)
            with pytest.raises(BlockingIOError):
                client.socket.recv(1)
            client.socket.settimeout(20)
            decided.set()
            assert client.read_answer().status == 100
            client.send(b"hi")
            assert json.loads(client.read_answer().body)["body"] == "hi"

    def test_not_with_a_refusal(self, serve: Serve) -> None:
        server = serve(decide=lambda _: problem(401, "Sign in first."))
        with server.connect() as client:
            client.request("POST /", "Content-Length: 2", "Expect: 100-continue")
            assert client.read_answer().status == 401
            assert client.ended()

    def test_not_when_the_body_is_there_already(self, serve: Serve) -> None:
        server = serve()
        with server.connect() as client:
            client.request("POST /", "Content-Length: 2", "Expect: 100-continue", body=b"hi")
            assert client.read_answer().status == 200

    def test_nothing_else_can_be_expected(self, serve: Serve) -> None:
        server = serve()
        with server.connect() as client:
            client.request("POST /", "Content-Length: 2", "Expect: 200-ok")
            assert client.read_answer().status == 417
            assert client.ended()
        assert server.admission.heads == []

    def test_after_the_answers_before_it(self, serve: Serve) -> None:
        server = serve()
        with server.connect() as client:
            head = "POST /b HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
            client.send("GET /a HTTP/1.1\r\nHost: t\r\n\r\n" + head)
            assert json.loads(client.read_answer().body)["path"] == "/a"
            assert client.read_answer().status == 100
            client.send(b"hi")
            assert json.loads(client.read_answer().body)["path"] == "/b"


def test_pipelined_requests_are_answered_in_order(serve_sink: Callable[..., Serving]) -> None:
    server = serve_sink(RecordingSink())
    with server.connect() as client:
        body = b"POST /no HTTP/1.1\r\n\r\n"  # a body that looks like a request
        client.send(
            b"GET /1 HTTP/1.1\r\nHost: t\r\n\r\n"
            b"PATCH /2 HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n%b"
            % (len(body), body)
            + b"GET /3 HTTP/1.1\r\nHost: t\r\n\r\n"
            b"GET /4 HTTP/1.1\r\nHost: t\r\n\r\n"
        )
        seen = [json.loads(client.read_answer().body) for _ in range(4)]
    assert [each["path"] for each in seen] == ["/1", "/2", "/3", "/4"]
    assert seen[1]["streamed"] == [len(body), "complete"]
    assert [head.path for head in server.admission.heads] == ["/2"]


@pytest.mark.parametrize("extra", [[], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect:"]], ids=str)
def test_curl(serve: Serve, tmp_path: Path, extra: list[str]) -> None:
    sink = RecordingSink()
    server = serve(decide=_only_with_token(sink))
    file = tmp_path / "file"
    file.write_bytes(bytes(range(256)) * 20_000)

    def upload(*headers: str) -> str:
        command = ["curl", "-sS", "-m", "20", "-T", str(file), "-w", "%{http_code}", "-o", "/dev/null"]
        done = subprocess.run(
            [*command, *headers, *extra, f"{server.url}/up"], capture_output=True, check=False
        )
        assert done.stderr == b""
        return done.stdout.decode()

    assert upload() == "401"
    assert sink.data == b""
    assert upload("-H", "Authorization: Bearer good") == "200"
    assert sink.data == file.read_bytes()
    assert sink.calls == ["complete"]
