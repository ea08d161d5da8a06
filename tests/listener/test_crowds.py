"""Thousands of connections at once; those that never ask are swept, and nobody else notices."""

from __future__ import annotations

import csv
import errno
import shutil
import socket
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from server.web.listener import Timeouts
from server.web.listener.server import LoopServer
from tests.listener.conftest import Serve, echo
from tests.waiting import wait_until

SOCKETS = 2000
READERS = SLOW_HEADS = 600
FILE_BYTES = 64 << 20
_UNAVAILABLE = "0"


def _descriptors() -> int:
    resource = pytest.importorskip("resource")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1 << 30 if hard == resource.RLIM_INFINITY else int(hard)


@pytest.mark.skipif(_descriptors() < 4 * SOCKETS, reason="this system gives a process too few descriptors")
def test_two_thousand_connections(serve: Serve, tmp_path: Path) -> None:
    server = serve(_file_and_echo(tmp_path / "file"), timeouts=Timeouts(head_s=2, idle_s=600))
    with ExitStack() as stack:
        slow = stack.enter_context(server.connect(receive_buffer_bytes=4096))
        slow.request("GET /file")
        slow.read_head()
        crowd = [
            stack.enter_context(socket.create_connection((server.listener.host, server.listener.port), 60))
            for _ in range(SOCKETS)
        ]
        for number, sock in enumerate(crowd):
            if number % 2:
                sock.sendall(b"GET / HTTP/1.1\r\nHost: t\r\n")  # and never the end of it
        quiet = crowd[::2]
        for sock in crowd[1::2]:
            sock.settimeout(60)
            assert sock.recv(1) == b""
        for sock in quiet[:: len(quiet) // 20]:
            sock.settimeout(60)
            sock.sendall(b"GET / HTTP/1.1\r\nHost: t\r\n\r\n")
            assert sock.recv(65536).startswith(b"HTTP/1.1 200")
        assert server.listener.open_connections == len(quiet) + 1
        assert len(slow.read(FILE_BYTES)) == FILE_BYTES


@pytest.mark.skipif(_descriptors() < 4 * READERS, reason="this system gives a process too few descriptors")
def test_slow_readers_beside_slow_heads(serve: Serve, tmp_path: Path) -> None:
    """slowhttptest says a header now and then on 600 connections while 600 people watch slowly."""
    program = shutil.which("slowhttptest")
    if program is None:
        pytest.skip("needs slowhttptest (Debian: apt-get install slowhttptest)")
    server = serve(_file_and_echo(tmp_path / "file"), timeouts=Timeouts(head_s=5))
    command = [program, "-H", "-c", str(SLOW_HEADS), "-r", "300", "-i", "1", "-l", "60", "-p", "20"]
    command += ["-g", "-o", str(tmp_path / "seen"), "-u", f"{server.url}/"]
    with ExitStack() as stack:
        readers = [stack.enter_context(server.connect(receive_buffer_bytes=4096)) for _ in range(READERS)]
        for reader in readers:
            reader.request("GET /file")
            assert reader.read_head().startswith(b"HTTP/1.1 200")
        attack = stack.enter_context(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        while attack.poll() is None:
            with server.connect() as other:
                other.request("GET /")
                assert other.read_answer().status == 200
            for reader in readers[::20]:
                reader.read(100)
        assert attack.returncode == 0
        for reader in readers:
            reader.read(10_000)
        # all slow heads were swept, and no reader
        wait_until(lambda: server.listener.open_connections == READERS)
    with (tmp_path / "seen.csv").open(newline="") as file:
        seconds = list(csv.DictReader(file))
    assert max(int(row["Connected"]) for row in seconds) > 0
    assert [row for row in seconds if row["Service Available"] == _UNAVAILABLE] == []


def test_when_no_descriptor_is_left_others_wait(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    accept, refusals = LoopServer.accept, [OSError(errno.EMFILE, "Too many open files")] * 3

    def scarce(self: LoopServer) -> Any:
        if refusals:
            raise refusals.pop()
        return accept(self)

    monkeypatch.setattr(LoopServer, "accept", scarce)
    with capture_logs() as logs:
        server = serve()
        with server.connect() as client:
            client.request("GET /")
            assert client.read_answer().status == 200
    assert [line["event"] for line in logs if line["event"] == "not_accepted"] == ["not_accepted"] * 3


def _file_and_echo(file: Path) -> Callable[..., Any]:
    """An application that sends a file of zeros at /file and echoes anything else."""
    with file.open("wb") as out:
        out.truncate(FILE_BYTES)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] != "/file":
            return echo(environ, start_response)
        start_response("200 OK", [("Content-Length", str(FILE_BYTES))])
        return environ["wsgi.file_wrapper"](file.open("rb"))

    return app
