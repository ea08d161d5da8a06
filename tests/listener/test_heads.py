"""Heads that are too long, ambiguous or absurd are refused before anything is asked or run: RFC 9112."""

from __future__ import annotations

import json

import pytest

from server.web.listener.heads import MAX_HEAD_BYTES
from tests.listener.conftest import Serve

HOST = "Host: t\r\n"

REFUSED = {
    "two lengths that differ": (
        400,
        f"POST / HTTP/1.1\r\n{HOST}Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
    ),
    "two lengths that agree": (
        400,
        f"POST / HTTP/1.1\r\n{HOST}Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
    ),
    "a list of lengths": (400, f"POST / HTTP/1.1\r\n{HOST}Content-Length: 5, 5\r\n\r\n"),
    "signed length": (400, f"POST / HTTP/1.1\r\n{HOST}Content-Length: +5\r\n\r\n"),
    "negative length": (400, f"POST / HTTP/1.1\r\n{HOST}Content-Length: -5\r\n\r\n"),
    "hexadecimal length": (400, f"POST / HTTP/1.1\r\n{HOST}Content-Length: 0x5\r\n\r\n"),
    "length with an underscore": (400, f"POST / HTTP/1.1\r\n{HOST}Content-Length: 1_0\r\n\r\n"),
    "thousands of digits": (400, f"POST / HTTP/1.1\r\n{HOST}Content-Length: {'9' * 5000}\r\n\r\n"),
    "length and chunks": (
        400,
        f"POST / HTTP/1.1\r\n{HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    "chunks and length": (
        400,
        f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    ),
    "chunked twice": (400, f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
    "chunked in two headers": (
        400,
        f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    ),
    "chunked in 1.0": (400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "empty coding": (400, f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding:\r\n\r\n"),
    "folded coding": (400, f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
    "gzip": (501, f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: gzip, chunked\r\n\r\n"),
    "vertical tab in the coding": (501, f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: \x85chunked\r\n\r\n"),
    "space before the colon": (400, f"POST / HTTP/1.1\r\n{HOST}Content-Length : 5\r\n\r\n"),
    "bare line feed": (400, f"GET / HTTP/1.1\r\n{HOST}A: b\nContent-Length: 5\r\n\r\n"),
    "bare carriage return": (400, f"GET / HTTP/1.1\r\n{HOST}A: b\rc\r\n\r\n"),
    "zero byte": (400, f"GET / HTTP/1.1\r\n{HOST}A: b\0c\r\n\r\n"),
    "no colon": (400, f"GET / HTTP/1.1\r\n{HOST}nonsense\r\n\r\n"),
    "folded first line": (400, f"GET / HTTP/1.1\r\n A: b\r\n{HOST}\r\n"),
    "no host": (400, "GET / HTTP/1.1\r\n\r\n"),
    "two hosts": (400, f"GET / HTTP/1.1\r\n{HOST}{HOST}\r\n"),
    "no version": (505, f"GET /\r\n{HOST}\r\n"),
    "version to come": (505, f"GET / HTTP/2.0\r\n{HOST}\r\n"),
    "lower case method": (400, f"get / HTTP/1.1\r\n{HOST}\r\n"),
    "space in the address": (400, f"GET /a b HTTP/1.1\r\n{HOST}\r\n"),
    "no address": (505, f"GET HTTP/1.1\r\n{HOST}\r\n"),
    "address without a slash": (400, f"GET a HTTP/1.1\r\n{HOST}\r\n"),
    "broken address": (400, f"GET http://[::1/ HTTP/1.1\r\n{HOST}\r\n"),
    "noise": (400, "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"),
    "too long": (431, f"GET / HTTP/1.1\r\n{HOST}A: {'a' * MAX_HEAD_BYTES}\r\n\r\n"),
    "too long without an end": (431, f"GET / HTTP/1.1\r\n{HOST}A: {'a' * MAX_HEAD_BYTES}"),
    "long address": (431, f"GET /{'a' * MAX_HEAD_BYTES} HTTP/1.1\r\n{HOST}\r\n"),
}


@pytest.mark.parametrize(("status", "head"), REFUSED.values(), ids=REFUSED)
def test_refused(serve: Serve, status: int, head: str) -> None:
    server = serve()
    with server.connect() as client:
        client.send(head + "GET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n")
        answer = client.read_answer()
        assert answer.status == status
        assert json.loads(answer.body)["status"] == status
        assert client.ended()
    assert server.admission.heads == []


ACCEPTED = {
    "plain": f"GET /a HTTP/1.1\r\n{HOST}\r\n",
    "1.0 without a host": "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "blank lines in front": f"\r\n\r\nGET /a HTTP/1.1\r\n{HOST}\r\n",
    "nearly too long": f"GET /a HTTP/1.1\r\n{HOST}A: {'a' * (MAX_HEAD_BYTES - 100)}\r\n\r\n",
    "leading zeros": f"POST /a HTTP/1.1\r\n{HOST}Content-Length: 0002\r\n\r\nhi",
    "mixed case coding": f"POST /a HTTP/1.1\r\n{HOST}Transfer-Encoding: Chunked \r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "absolute address": f"GET http://t/a HTTP/1.1\r\n{HOST}\r\n",
}


@pytest.mark.parametrize("head", ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(serve: Serve, head: str) -> None:
    server = serve()
    with server.connect() as client:
        client.send(head)
        first = client.read_answer()
        assert (first.status, json.loads(first.body)["path"]) == (200, "/a")
        client.request("GET /b")
        assert json.loads(client.read_answer().body)["path"] == "/b"


def test_byte_by_byte(serve: Serve) -> None:
    server = serve()
    with server.connect() as client:
        for byte in b"POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nhi":
            client.send(bytes([byte]))
        assert json.loads(client.read_answer().body)["body"] == "hi"
