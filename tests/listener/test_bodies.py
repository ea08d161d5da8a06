"""Streamed bodies reach their sink in order and whole; what came before a cut is kept; none holds up another."""

from __future__ import annotations

import hashlib
import json
import random
import threading
from collections.abc import Callable

import psutil
import pytest
from structlog.testing import capture_logs

from server.web.listener import BodyRefused, RequestHead, Streamed, Verdict, problem
from server.web.listener.channel import RECEIVE_BYTES
from server.web.listener.intake import QUEUE_BYTES
from tests.listener.conftest import RecordingSink, Serve, Serving
from tests.listener.raw_client import ConnectionEnded
from tests.waiting import wait_until

ServeSink = Callable[..., Serving]


def _chunked(data: bytes, sizes: random.Random) -> bytes:
    pieces, at = [], 0
    while at < len(data):
        piece = data[at : at + sizes.randint(1, 70_000)]
        pieces.append(b"%x\r\n%b\r\n" % (len(piece), piece))
        at += len(piece)
    return b"".join([*pieces, b"0\r\n\r\n"])


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_body_arrives_whole_before_the_application_runs(serve_sink: ServeSink, chunked: bool) -> None:
    sink = RecordingSink()
    server = serve_sink(sink)
    data = random.Random(1).randbytes(10_000_001)
    with server.connect() as client:
        if chunked:
            client.request("PATCH /", "Transfer-Encoding: chunked", body=_chunked(data, random.Random(2)))
        else:
            client.request("PATCH /", f"Content-Length: {len(data)}", body=data)
        seen = json.loads(client.read_answer().body)
        assert seen["streamed"] == [len(data), "complete"]
        assert (seen["body"], seen["content_length"]) == ("", str(len(data)))
        client.request("GET /next")  # the connection is still good
        assert client.read_answer().status == 200
    assert hashlib.sha256(sink.data).digest() == hashlib.sha256(data).digest()


def test_a_slow_sink_ends_before_the_application_starts(serve_sink: ServeSink) -> None:
    gate = threading.Event()
    sink = RecordingSink(gate=gate)
    server = serve_sink(sink)
    with server.connect() as client:
        client.request("PATCH /", "Content-Length: 300000", body=bytes(300_000))
        assert sink.writing.wait(20)
        gate.set()
        assert json.loads(client.read_answer().body)["streamed"] == [300_000, "complete"]


def test_a_slow_sink_stops_its_own_upload_and_nothing_else(serve: Serve) -> None:
    gate = threading.Event()
    slow = [RecordingSink(gate=gate) for _ in range(12)]  # more than there are writer threads
    sinks = iter(slow)
    server = serve(decide=lambda _: Streamed(next(sinks)), threads=2)
    clients = [server.connect() for _ in slow]
    size = 16 << 20
    try:
        for client in clients:
            client.request("PATCH /", f"Content-Length: {size}")
            client.socket.setblocking(False)
        before = server.listener.bytes_received
        taken = [_send_until_full(client.socket) for client in clients]
        assert all(0 < each < size for each in taken)  # back-pressure reached the clients
        with server.connect() as viewer:
            for _ in range(50):
                viewer.request("GET /")
                assert viewer.read_answer().status == 200
        held = server.listener.bytes_received - before
        assert held <= len(slow) * (QUEUE_BYTES + 2 * RECEIVE_BYTES) + 50 * 200
    finally:
        gate.set()
        for client in clients:
            client.close()
    assert [sink.wait() for sink in slow] == [["abort"]] * len(slow)


def _send_until_full(sock: object) -> int:
    """Send until the socket has taken nothing for a moment; return how many bytes it took."""
    import select  # the wait is for writability, not for time to pass

    sent = 0
    while select.select([], [sock], [], 0.5)[1]:
        sent += sock.send(bytes(1 << 18))  # type: ignore[attr-defined]
    return sent


def test_cut_connections_keep_what_arrived(serve: Serve) -> None:
    """100 random cuts, by FIN and by RST, with and without chunks."""
    sinks: list[RecordingSink] = []

    def decide(_: RequestHead) -> Verdict:
        sinks.append(RecordingSink())
        return Streamed(sinks[-1])

    server = serve(decide=decide)
    chance = random.Random(3)
    data = chance.randbytes(3_000_000)
    for number in range(100):
        cut = chance.randrange(1, len(data))
        received = server.listener.bytes_received
        client = server.connect()
        if number % 2:
            head = b"PATCH / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(data)
        else:
            head = b"PATCH / HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n" % len(data)
        client.send(head + data[:cut])
        if number % 4 < 2:
            client.close()
            expected = cut
        else:
            client.reset()  # throws away what was not yet sent
            expected = None
        assert sinks_after(sinks, number).wait() == ["abort"]
        kept = len(sinks[number].data)
        assert sinks[number].data == data[:kept]
        if expected is not None:
            assert kept == expected
        assert kept == server.listener.bytes_received - received - len(head)


def sinks_after(sinks: list[RecordingSink], number: int) -> RecordingSink:
    """The sink of upload `number`, once it was admitted."""
    wait_until(lambda: len(sinks) > number)
    return sinks[number]


def test_a_connection_that_is_gone_before_the_verdict(serve: Serve) -> None:
    decided, asked = threading.Event(), threading.Event()
    sink = RecordingSink()

    def decide(_: RequestHead) -> Verdict:
        asked.set()
        assert decided.wait(20)
        return Streamed(sink)

    server = serve(decide=decide)
    client = server.connect()
    client.request("PATCH /", "Content-Length: 1000", body=b"abc")
    assert asked.wait(20)
    client.close()
    decided.set()
    assert sink.wait() == ["abort"]
    assert sink.data == b"abc"


def test_a_reset_loses_nothing_that_has_arrived(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel still holds most of it when poll reports the reset."""
    monkeypatch.setattr("server.web.listener.channel.RECEIVE_BYTES", 1000)
    decided, asked = threading.Event(), threading.Event()
    sink = RecordingSink()

    def decide(_: RequestHead) -> Verdict:
        asked.set()
        assert decided.wait(20)
        return Streamed(sink)

    server = serve(decide=decide)
    client = server.connect()
    client.request("PATCH /", "Content-Length: 1000000")
    assert asked.wait(20)
    client.send(bytes(50_000))
    client.reset()
    decided.set()
    assert (sink.wait(), len(sink.data)) == (["abort"], 50_000)


@pytest.mark.parametrize("framing", ["Content-Length: 50000000", "Transfer-Encoding: chunked"])
def test_a_failing_sink_is_answered_by_the_application(serve_sink: ServeSink, framing: str) -> None:
    sink = RecordingSink(fail_after=1_000_000)
    server = serve_sink(sink)
    body = bytes(2_000_000)
    with server.connect() as client:
        client.request("PATCH /", framing, body=b"1e8480\r\n" + body if "chunked" in framing else body)
        answer = client.read_answer()
        assert (answer.status, answer.headers["connection"]) == (507, "close")
        assert b"No space left" in answer.body
        assert client.ended()
    assert sink.calls == ["abort"]


def test_a_sink_may_refuse(serve_sink: ServeSink) -> None:
    sink = RecordingSink(fail_after=10)
    sink.failure = BodyRefused(problem(422, "The form has no file.", code="invalid_input"))
    server = serve_sink(sink)
    with server.connect() as client:
        client.request("POST /", "Content-Length: 50000000", body=bytes(1000))
        answer = client.read_answer()
        assert (answer.status, json.loads(answer.body)["code"]) == (422, "invalid_input")
    assert sink.calls == ["abort"]


def test_a_sink_that_cannot_complete(serve: Serve) -> None:
    class Incomplete(RecordingSink):
        def complete(self) -> None:
            super().complete()
            raise OSError(5, "Input/output error")

    sink = Incomplete()
    server = serve(decide=lambda _: Streamed(sink))
    with server.connect() as client:
        client.request("POST /", "Content-Length: 4", body=b"abcd")
        answer = client.read_answer()
        assert (answer.status, b"Input/output error" in answer.body) == (507, True)
        client.request("GET /")  # the body was read to its end, so the connection goes on
        assert client.read_answer().status == 200
    assert sink.calls == ["complete"]


def test_a_sink_that_fails_to_abort_is_logged(serve: Serve) -> None:
    class Stubborn(RecordingSink):
        def abort(self) -> None:
            super().abort()
            raise RuntimeError("a bug of ours")

    sink = Stubborn()
    server = serve(decide=lambda _: Streamed(sink))
    with capture_logs() as logs:
        client = server.connect()
        client.request("POST /", "Content-Length: 4", body=b"ab")
        client.close()
        assert sink.wait() == ["abort"]
        server.listener.stop()
    assert [each["event"] for each in logs] == ["sink_abort_failed"]


def test_bytes_after_a_broken_chunk_are_no_request(serve_sink: ServeSink) -> None:
    sink = RecordingSink()
    server = serve_sink(sink)
    with server.connect() as client:
        client.request(
            "POST /",
            "Transfer-Encoding: chunked",
            body=b"3\r\nabc\r\nxyz\r\nGET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n",
        )
        assert client.read_answer().status == 400
        assert client.ended()
    assert sink.wait() == ["abort"]
    assert sink.data == b"abc"


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_memory_stays_flat(serve: Serve, chunked: bool) -> None:
    class Counting(RecordingSink):
        total = 0

        def write(self, data: bytes) -> None:
            self.total += len(data)

    sink = Counting()
    server = serve(decide=lambda _: Streamed(sink))
    piece, pieces = bytes(1 << 20), 256
    process = psutil.Process()
    with server.connect() as client:
        framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {pieces << 20}"
        client.request("PATCH /", framing)
        data = b"100000\r\n" + piece + b"\r\n" if chunked else piece
        client.send(data * 8)
        before, most = process.memory_info().rss, 0
        for _ in range(pieces - 8):
            client.send(data)
            most = max(most, process.memory_info().rss)
        if chunked:
            client.send(b"0\r\n\r\n")
        assert client.read_answer().status == 200
    assert sink.total == pieces << 20
    assert most - before < 30_000_000


def test_a_refusal_does_not_end_in_a_half_read_answer(serve: Serve) -> None:
    """The connection is over: what else was pipelined is not answered."""
    server = serve(decide=lambda _: problem(401, "Sign in first."))
    with server.connect() as client:
        client.request("POST /", "Content-Length: 3", body=b"abcGET / HTTP/1.1\r\nHost: t\r\n\r\n")
        assert client.read_answer().status == 401
        with pytest.raises(ConnectionEnded):
            client.read_answer()
