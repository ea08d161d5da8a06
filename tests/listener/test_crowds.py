"""Thousands of connections at once; those that never ask are swept, and nobody else notices."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from server.web.listener import Timeouts
from tests.listener.conftest import Serve, echo

SOCKETS = 2000
FILE_BYTES = 64 << 20


def _descriptors() -> int:
    resource = pytest.importorskip("resource")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1 << 30 if hard == resource.RLIM_INFINITY else int(hard)


@pytest.mark.skipif(_descriptors() < 4 * SOCKETS, reason="this system gives a process too few descriptors")
def test_two_thousand_connections(serve: Serve, tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        file.truncate(FILE_BYTES)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] != "/file":
            return echo(environ, start_response)
        start_response("200 OK", [("Content-Length", str(FILE_BYTES))])
        return environ["wsgi.file_wrapper"]((tmp_path / "file").open("rb"))

    server = serve(app, timeouts=Timeouts(head_s=2, idle_s=600))
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
