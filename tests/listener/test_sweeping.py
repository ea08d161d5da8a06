"""Silent, half-open and dribbling connections are closed; slow but living ones are not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.web.listener import Timeouts, problem
from server.web.listener.timeouts import Phase
from tests.listener.conftest import RecordingSink, Serve, Serving, echo
from tests.waiting import wait_until

SOON = 0.3
LONG = 3600.0
PATIENT = Timeouts(idle_s=LONG, head_s=LONG, body_s=LONG, stalled_s=LONG, linger_s=LONG, linger_idle_s=LONG)

TABLE = [
    (Phase.IDLE, 1000, 70, False),
    (Phase.IDLE, 80, 80, True),
    (Phase.HEAD, 10, 10, False),
    (Phase.HEAD, 21, 0, True),
    (Phase.BODY, 90_000, 80, False),
    (Phase.BODY, 91, 91, True),
    (Phase.SERVING, 90_000, 90_000, False),
    (Phase.SENDING, 90_000, 600, False),
    (Phase.SENDING, 90_000, 3601, True),
    (Phase.LINGERING, 29, 4, False),
    (Phase.LINGERING, 31, 0, True),
    (Phase.LINGERING, 6, 6, True),
]


@pytest.mark.parametrize(("phase", "in_phase_s", "quiet_s", "expired"), TABLE)
def test_patience(phase: Phase, in_phase_s: float, quiet_s: float, expired: bool) -> None:
    assert Timeouts().expired(phase, in_phase_s=in_phase_s, quiet_s=quiet_s) is expired


def _only(**short: float) -> Timeouts:
    values = {name: getattr(PATIENT, name) for name in PATIENT.__slots__}
    return Timeouts(**{**values, **short})


def test_idle(serve: Serve) -> None:
    server = serve(timeouts=_only(idle_s=SOON))
    with server.connect() as never, server.connect() as once:
        once.request("GET /")
        assert once.read_answer().status == 200
        assert never.ended()
        assert once.ended()


def test_a_head_that_dribbles(serve: Serve) -> None:
    server = serve(timeouts=_only(head_s=SOON))
    done = threading.Event()
    with server.connect() as client:
        client.send("GET / HTTP/1.1\r\nHost: t\r\n")

        def dribble() -> None:
            while not done.wait(0.05):
                try:
                    client.send("X: y\r\n")
                except OSError:
                    return

        dribbling = threading.Thread(target=dribble)
        dribbling.start()
        assert client.ended()
        done.set()
        dribbling.join()


def test_a_body_that_falls_silent(serve_sink: Callable[..., Serving]) -> None:
    sink = RecordingSink()
    server = serve_sink(sink, timeouts=_only(body_s=SOON))
    with server.connect() as client:
        client.request("PATCH /", "Content-Length: 10", body=b"abc")
        assert client.ended()
    assert (sink.wait(), bytes(sink.data)) == (["abort"], b"abc")


def test_a_disk_that_is_slow_is_not_the_clients_fault(serve_sink: Callable[..., Serving]) -> None:
    gate = threading.Event()
    sink = RecordingSink(gate=gate)
    server = serve_sink(sink, timeouts=_only(body_s=SOON, idle_s=SOON))
    size = 4 << 20
    with server.connect() as client:
        client.request("PATCH /", f"Content-Length: {size}")
        sending = threading.Thread(target=client.send, args=(bytes(size),))
        sending.start()
        assert sink.writing.wait(20)
        _sweeps(server)
        gate.set()
        sending.join(20)
        assert client.read_answer().status == 200
    assert (len(sink.data), sink.calls) == (size, ["complete"])


def test_a_slow_application_is_not_the_clients_fault(serve: Serve) -> None:
    leave = threading.Event()

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        assert leave.wait(20)
        return echo(environ, start_response)

    server = serve(app, timeouts=_only(idle_s=SOON, head_s=SOON, body_s=SOON, stalled_s=SOON))
    with server.connect() as client:
        client.request("GET /")
        _sweeps(server)
        leave.set()
        assert client.read_answer().status == 200


def test_slow_viewers_live_and_stalled_ones_do_not(serve: Serve, tmp_path: Path) -> None:
    size = 200 << 20
    with (tmp_path / "file").open("wb") as file:
        file.truncate(size)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        start_response("200 OK", [("Content-Length", str(size))])
        return environ["wsgi.file_wrapper"]((tmp_path / "file").open("rb"))

    server = serve(app, timeouts=_only(idle_s=SOON, head_s=SOON, body_s=SOON, stalled_s=3))
    with (
        server.connect(receive_buffer_bytes=4096) as slow,
        server.connect(receive_buffer_bytes=4096) as stalled,
    ):
        for client in (slow, stalled):
            client.request("GET /")
            client.read_head()

        def one_is_left() -> bool:
            slow.read(50_000)
            return server.listener.open_connections == 1

        wait_until(one_is_left)
        assert len(slow.read(1 << 20)) == 1 << 20
        assert server.listener.open_connections == 1


def test_lingering_ends(serve: Serve) -> None:
    server = serve(decide=lambda _: problem(401, "Sign in first."), timeouts=_only(linger_idle_s=SOON))
    with server.connect() as client:
        client.request("POST /", "Content-Length: 1000000")
        assert client.read_answer().status == 401
        assert client.ended()  # our half is closed; theirs stays open until the listener gives up
        wait_until(lambda: server.listener.open_connections == 0)


def _sweeps(server: Serving) -> None:
    """Wait until idle connections were swept twice: one that was due before has then been closed."""
    for _ in range(2):
        with server.connect() as canary:
            assert canary.ended()
