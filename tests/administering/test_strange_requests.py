"""Addresses and methods that nobody has a use for: refused in words, whoever asks, and nothing is a 500."""

from __future__ import annotations

import re
from unittest.mock import Mock
from uuid import UUID

import pytest

from server.web.app import routes
from server.web.operation import methods_of

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def _missing():
    """Every route with a method that it has not."""
    for path, resource in routes(Mock()).items():
        there = set(methods_of(resource))
        there |= {"HEAD"} if "GET" in there else set()  # answered wherever GET is
        filled = re.sub(r"\{\w+:uuid\}", str(UUID(int=7)), re.sub(r"\{\w+(:int)?\}", "1", path))
        yield from ((method, filled) for method in sorted(_METHODS - there))


@pytest.mark.parametrize("who", ["stranger", "admin"])
def test_a_method_that_an_address_has_not_is_refused(common_server, who):
    person = common_server.admin if who == "admin" else common_server.stranger()
    for method, path in _missing():
        status = person.request(method, path).status_code
        assert status in ({200, 204} if method == "OPTIONS" else {404, 405}), (method, path)


@pytest.mark.parametrize(
    "path",
    [
        "/..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../../etc/passwd",
        "/assets/%2e%2e/x",
        "/api/videos/%00",
        "/api/videos/{{}}",
        "/api/users/urn:uuid:x",
        "/api//videos",
        "/%ff%fe",
        "/a%00b",
        "/assets/",
        "/index.html/",
        "//evil.example/",
        "/api/invitations/validate/%ff%00",
        "/api/uploads/check/x",
    ],
)
def test_no_strange_address_reaches_a_file_or_a_bug(common_server, path):
    for method in (*sorted(_METHODS), "PROPFIND"):
        for person in (common_server.stranger(), common_server.admin):
            answer = person.request(method, path, content=b"{}" if method in {"POST", "PATCH"} else None)
            assert answer.status_code < 500, f"{method} {path}: {answer.text[:300]}"
            assert "root:" not in answer.text
