"""Starting says in words why it cannot; stopping is prompt when idle, patient with transfers, and loses nothing."""

from __future__ import annotations

import itertools
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.errors import CannotStart
from server.web.listener import Buffered, Listener, RequestHead
from tests.listener.conftest import RecordingAdmission, RecordingSink, Serve, Serving, echo
from tests.listener.raw_client import ConnectionEnded
from tests.waiting import wait_until


def _listener(host: str = "127.0.0.1", port: int = 0) -> Listener:
    return Listener(echo, admission=RecordingAdmission(lambda _: Buffered(0)), host=host, port=port)


def _sends(path: Path, size: int) -> Callable[..., Any]:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        start_response("200 OK", [("Content-Length", str(size))])
        return environ["wsgi.file_wrapper"](path.open("rb"))

    return app


def test_a_taken_port() -> None:
    first = _listener()
    with pytest.raises(CannotStart, match=f"Port {first.port} is taken by another program"):
        _listener(port=first.port)
    first.stop()


@pytest.mark.parametrize(
    ("host", "sentence"),
    [("192.0.2.1", "does not belong to this machine"), ("no.such.host.invalid", "is not known")],
)
def test_a_wrong_address(host: str, sentence: str) -> None:
    with pytest.raises(CannotStart, match=sentence):
        _listener(host)


def test_a_port_of_its_own_choice_can_be_reached_from_the_start() -> None:
    listener = _listener()
    with socket.create_connection((listener.host, listener.port)) as early:  # waits in the backlog
        listener.start()
        early.sendall(b"GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        early.settimeout(20)
        assert early.recv(12) == b"HTTP/1.1 200"
    listener.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((listener.host, listener.port))


def test_stopping_twice_or_before_the_start_is_harmless() -> None:
    never_started = _listener()
    never_started.stop()
    listener = _listener()
    listener.start()
    listener.stop()
    listener.stop()


def test_the_port_is_free_again(serve: Serve) -> None:
    server = serve()
    with server.connect() as client:
        client.request("GET /")
        client.read_answer()
    server.listener.stop()
    again = _listener(port=server.listener.port)
    again.stop()


def test_idle_connections_do_not_delay_it(serve: Serve) -> None:
    others = set(threading.enumerate())
    server = serve()
    clients = [server.connect() for _ in range(20)]
    for number, client in enumerate(clients):
        if number % 3 == 0:
            client.request("GET /")
            client.read_answer()
        elif number % 3 == 1:
            client.send("GET / HT")
    stopping = threading.Thread(target=server.listener.stop, args=(3600,))
    stopping.start()
    assert all(client.ended() for client in clients)
    stopping.join(20)
    assert not stopping.is_alive()
    for client in clients:
        client.close()
    left = [thread.name for thread in threading.enumerate() if thread not in others]
    assert not [name for name in left if name.startswith(("listener", "upload-writer", "waitress"))]


def test_transfers_may_finish(serve: Serve, tmp_path: Path) -> None:
    content = os.urandom(24 << 20)
    (tmp_path / "file").write_bytes(content)
    server = serve(_sends(tmp_path / "file", len(content)))
    with server.connect(receive_buffer_bytes=4096) as client:
        client.request("GET /")
        client.read_head()
        stopping = threading.Thread(target=server.listener.stop, args=(60,))
        stopping.start()
        assert client.read(len(content)) == content
        assert client.ended()
        stopping.join(20)
        assert not stopping.is_alive()


def test_an_upload_may_finish(serve_sink: Callable[..., Serving]) -> None:
    sink = RecordingSink()
    server = serve_sink(sink)
    with server.connect() as client:
        client.request("PATCH /", "Content-Length: 6", body=b"abc")
        assert sink.writing.wait(20)
        stopping = threading.Thread(target=server.listener.stop, args=(60,))
        stopping.start()
        _wait_until_refused(server)
        client.send("def")
        answer = client.read_answer()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        stopping.join(20)
    assert (bytes(sink.data), sink.calls) == (b"abcdef", ["complete"])


def _wait_until_refused(server: Serving) -> None:
    def refuses() -> bool:
        try:
            server.connect().close()
        except (ConnectionRefusedError, ConnectionResetError):
            return True
        return False

    wait_until(refuses)


def test_what_takes_too_long_is_cut(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(24 << 20))
    server = serve(_sends(tmp_path / "file", 24 << 20))
    with server.connect(receive_buffer_bytes=4096) as client:
        client.request("GET /")
        client.read_head()
        server.listener.stop(0.2)
        with pytest.raises((ConnectionEnded, ConnectionResetError)):
            client.read(24 << 20)


def test_a_cut_upload_keeps_what_arrived(serve_sink: Callable[..., Serving]) -> None:
    gate = threading.Event()
    sink = RecordingSink(gate=gate)
    server = serve_sink(sink)
    with server.connect() as client:
        client.request("PATCH /", "Content-Length: 1000000", body=bytes(300_000))
        assert sink.writing.wait(20)
        wait_until(lambda: server.listener.bytes_received >= 300_000)
        stopping = threading.Thread(target=server.listener.stop, args=(0,))
        stopping.start()
        assert client.ended()
        assert sink.calls == []  # the disk is slow: it is waited for
        gate.set()
        stopping.join(20)
    assert (len(sink.data), sink.calls) == (300_000, ["abort"])


def test_an_upload_is_admitted_while_stopping_but_not_lost(serve: Serve) -> None:
    asked, decided = threading.Event(), threading.Event()

    def decide(_: RequestHead) -> Buffered:
        asked.set()
        assert decided.wait(20)
        return Buffered(10)

    server = serve(decide=decide)
    with server.connect() as client:
        client.request("POST /", "Content-Length: 2", body=b"hi")
        assert asked.wait(20)
        stopping = threading.Thread(target=server.listener.stop, args=(60,))
        stopping.start()
        _wait_until_refused(server)
        decided.set()
        assert client.read_answer().status == 200
        stopping.join(20)
    assert not stopping.is_alive()


def test_a_working_application_is_waited_for(serve: Serve) -> None:
    entered, leave = threading.Event(), threading.Event()

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        entered.set()
        assert leave.wait(20)
        return echo(environ, start_response)

    server = serve(app)
    with server.connect() as client:
        client.request("GET /")
        assert entered.wait(20)
        stopping = threading.Thread(target=server.listener.stop, args=(60,))
        stopping.start()
        _wait_until_refused(server)
        leave.set()
        assert client.read_answer().status == 200
        stopping.join(20)


def test_a_thread_that_outlives_the_loop_writes_to_no_other_file(serve: Serve) -> None:
    server = serve()
    server.listener.stop()
    pipes = [os.pipe() for _ in range(64)]  # take the descriptors that were set free
    try:
        server.listener._server.post(lambda: None)
        for reading, _ in pipes:
            os.set_blocking(reading, False)
            with pytest.raises(BlockingIOError):
                os.read(reading, 1)
    finally:
        for descriptor in itertools.chain.from_iterable(pipes):
            os.close(descriptor)
