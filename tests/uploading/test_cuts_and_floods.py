"""Connections that are cut again and again lose next to nothing, and who may not upload writes nothing at all."""

from __future__ import annotations

import hashlib
import os
import random
import socket
import struct
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from tests.conftest import Person, Server
from tests.uploading.tus import MP4_START, create, offset_of, patch
from tests.waiting import wait_until

CUTS = 100
_BODY_TYPE = "application/offset+octet-stream"
_PIECE = 64 * 1024


def _connect(server: Server) -> socket.socket:
    address = urlsplit(server.url)
    return socket.create_connection((address.hostname, address.port), timeout=60)


def _patch_head(person: Person, path: str, offset: int, length: int) -> bytes:
    return (
        f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: clipset_session={person.cookies['clipset_session']}\r\n"
        f"Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Type: {_BODY_TYPE}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def _settled_offset(server: Server, person: Person, path: str) -> int:
    """Where the upload stands once the request that was cut has written what it had."""
    wait_until(lambda: server.clipset.uploads.receiving == 0)
    return offset_of(person, path)


def test_a_patch_that_is_cut_a_hundred_times(server: Server) -> None:
    """At least 99 % of what the server had received is kept each time, and the file is the same in the end."""
    chance = random.Random(20261122)
    data = MP4_START + chance.randbytes(24 << 20)
    max_ = server.member()
    path = create(max_, len(data) + 1)  # a byte is left out at the end, so that it stays an upload
    offset, received, kept = 0, 0, 0
    for number in range(CUTS):
        size = min(chance.randrange(1, 2 * len(data) // CUTS), len(data) - offset)
        before = server.clipset._listener.bytes_received
        head = _patch_head(max_, path, offset, len(data) + 1 - offset)
        with _connect(server) as connection:
            connection.sendall(head + data[offset : offset + size])
            wait_until(lambda: server.clipset.uploads.receiving == 1)
            wait_until(
                lambda b=before, h=head, s=size: server.clipset._listener.bytes_received - b >= len(h) + s
            )
            if number % 2:  # as a router does that has forgotten the connection
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        now = _settled_offset(server, max_, path)
        assert offset <= now <= offset + size
        received, kept, offset = received + size, kept + now - offset, now
    assert kept >= 0.99 * received
    assert patch(max_, path, offset, data[offset:]).status_code == 204
    (file,) = (server.data_dir / "videos").rglob("source")
    assert hashlib.sha256(file.read_bytes()).digest() == hashlib.sha256(data).digest()


_FLOODS = {
    "form": ("POST /api/videos", "multipart/form-data; boundary=b"),
    "tus creation": ("POST /api/uploads", _BODY_TYPE),
    "tus piece": ("PATCH /api/uploads/00000000-0000-4000-8000-000000000000", _BODY_TYPE),
    "JSON": ("POST /api/categories", "application/json"),
    "an address that is none": ("POST /nowhere", "text/plain"),
}


@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "in chunks"])
@pytest.mark.parametrize("kind", _FLOODS)
def test_who_has_not_signed_in_writes_nothing(server: Server, kind: str, chunked: bool) -> None:
    line, content_type = _FLOODS[kind]
    framing = "Transfer-Encoding: chunked" if chunked else "Content-Length: 10000000000"
    head = (
        f"{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n{framing}\r\n"
        "Tus-Resumable: 1.0.0\r\nUpload-Length: 10000000000\r\nUpload-Offset: 0\r\n\r\n"
    ).encode()
    piece = os.urandom(_PIECE)
    body = b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece

    def flood(_: int) -> bytes:
        with _connect(server) as connection:
            connection.sendall(head)
            for _ in range(64):
                connection.sendall(body)
            return connection.recv(65536)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(flood, range(8)))
    refusals = {b"HTTP/1.1 401", b"HTTP/1.1 404", b"HTTP/1.1 405", b"HTTP/1.1 413"}
    assert {answer[:12] for answer in answers} <= refusals, "each could read why"
    assert server.files("videos") == []
    assert server.admin.get("/health").status_code == 200
