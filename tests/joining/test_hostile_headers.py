"""Headers no browser should send, and cookies that other programs on the same host do send."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.database


def _status(server, *lines, request="GET /api/auth/me"):
    host = urlsplit(server.url)
    head = "\r\n".join([f"{request} HTTP/1.1", "Connection: close", *lines, "", ""])
    with socket.create_connection((host.hostname, host.port), timeout=20) as connection:
        connection.sendall(head.encode("latin-1"))
        return int(connection.makefile("rb").readline().split()[1])


@pytest.mark.parametrize(
    "host", ["[::1", "[", "]", "[v1.a]", "ÿþ", "", "a b", "evil.example", "127.0.0.1.evil"]
)
def test_a_host_that_is_not_ours_is_refused(common_server, host):
    for request in ("GET /api/server", "GET /"):
        assert _status(common_server, f"Host: {host}", request=request) in {400, 403}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8400", "[::1]:8400", "localhost", "clipset.local"])
def test_a_host_that_may_be_ours_is_served(common_server, host):
    assert _status(common_server, f"Host: {host}", request="GET /api/server") == 200


@pytest.mark.parametrize(
    "origin", ["http://[", "http://]", "null", "ÿ", "", "http://127.0.0.1:x", "http://evil.example"]
)
def test_a_write_from_elsewhere_is_refused_with_and_without_a_body(common_server, origin):
    cookie = f"Cookie: clipset_session={common_server.admin.cookies['clipset_session']}"
    lines = ("Host: 127.0.0.1", cookie, f"Origin: {origin}")
    assert _status(common_server, *lines, request="POST /api/auth/logout") == 403
    more = ("Content-Type: application/json", "Content-Length: 2")
    assert _status(common_server, *lines, *more, request="POST /api/uploads/check") == 403


@pytest.mark.parametrize(
    "others", ["a/b=1", "a,b=1", 'prefs={"a": 1}', "x y z", "=", "clipset_session_2=x", "ÿ=þ", "theme"]
)
@pytest.mark.parametrize("ours_first", [True, False])
def test_cookies_of_other_programs_on_the_host_sign_nobody_out(common_server, others, ours_first):
    ours = f"clipset_session={common_server.admin.cookies['clipset_session']}"
    cookies = [ours, others] if ours_first else [others, ours]
    assert _status(common_server, "Host: 127.0.0.1", f"Cookie: {'; '.join(cookies)}") == 200


@pytest.mark.parametrize(
    "cookie", ["clipset_session=ÿþ", "clipset_session", "clipset_session=", 'clipset_session="\\777"']
)
def test_a_broken_session_cookie_is_nobody(common_server, cookie):
    assert _status(common_server, "Host: 127.0.0.1", f"Cookie: {cookie}") == 401
