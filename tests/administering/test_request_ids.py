"""Each request has an id, in its answer and in every line of the log that is about it; and no line holds a token."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
import structlog
from structlog.testing import CapturingLogger

from server.services.health import Health
from server.web.access_log import shown_path
from server.web.listener import Answered
from tests.conftest import PASSWORD


@pytest.fixture
def lines():
    """Every line that is logged while the test runs, as a dictionary."""
    logger = CapturingLogger()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=lambda *_: logger,
        cache_logger_on_first_use=False,
    )
    yield lambda: [call.kwargs for call in logger.calls]
    structlog.reset_defaults()


def _of(lines, request_id):
    return [line for line in lines() if line.get("request_id") == request_id]


def test_every_answer_has_an_id_of_its_own(common_server):
    answers = [common_server.stranger().get(path) for path in ("/health", "/", "/api/nothing", "/api/videos")]
    ids = {answer.headers["x-request-id"] for answer in answers}
    assert len(ids) == 4 and all(len(each) == 16 for each in ids)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0f3c-Proxy_7.a", True),
        ("a" * 64, True),
        ("short", False),
        ("a" * 65, False),
        ("two words here", False),
        ('{"forged": "line"}', False),
    ],
)
def test_an_id_of_a_proxy_is_taken_when_it_is_one(common_server, given, kept):
    answer = common_server.stranger().get("/health", headers={"X-Request-Id": given})
    assert (answer.headers["x-request-id"] == given) is kept


def test_refusals_before_the_body_have_one_too(common_server, lines):
    answer = common_server.stranger().post(
        "/api/videos", files={"file": ("a.mp4", b"x")}, headers={"X-Request-Id": "refused-0001"}
    )
    assert (answer.status_code, answer.headers["x-request-id"]) == (401, "refused-0001")
    assert [line["status"] for line in _of(lines, "refused-0001")] == [401]


def test_every_line_of_a_request_has_its_id(server, lines, monkeypatch):
    def fail(_self):
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(Health, "check", fail)
    answer = server.stranger().get("/health", headers={"X-Request-Id": "broken-0001"})
    assert answer.status_code == 500
    assert [line["event"] for line in _of(lines, "broken-0001")] == ["request_failed", "answered"]
    server.admin.get("/api/videos")
    assert next(line for line in lines() if line.get("path") == "/api/videos")["request_id"] != "broken-0001"


def test_no_line_steers_the_terminal():
    code = (
        "import structlog; from server import logs; logs.set_up(None)\n"
        r"structlog.get_logger().warning('answered', path='/\x1b[2J\x9b31m\u202e', name='Müller\n[info] forged')"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60).stderr
    [line] = shown.decode().splitlines()
    assert line.isprintable()
    assert "Müller" in line


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full here")
def test_a_log_on_a_full_disk_is_no_trouble_of_its_own(tmp_path):
    (tmp_path / "clipset.log").symlink_to("/dev/full")
    code = (
        f"import pathlib, structlog; from server import logs; logs.set_up(pathlib.Path({str(tmp_path)!r}))\n"
        "structlog.get_logger().warning('answered', path='/a')"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60).stderr
    [line] = shown.decode().splitlines()
    assert "path=/a" in line


def test_no_line_holds_a_token(server, lines):
    token = server.admin.post("/api/invitations", json={}).raise_for_status().json()["token"]
    stranger = server.stranger()
    stranger.get(f"/api/invitations/validate/{token}").raise_for_status()
    stranger.get(f"/join/{token}")
    stranger.get(f"/nothing/{token}")
    stranger.get("/api/videos", params={"token": token})
    body = {"token": token, "email": "max@example.org", "username": "max", "password": PASSWORD}
    stranger.post("/api/auth/register", json=body).raise_for_status()
    session = stranger.cookies["clipset_session"]
    stranger.get("/api/auth/me", headers={"Authorization": f"Bearer {session}"}).raise_for_status()
    written = repr(lines())
    assert written.count("'answered'") >= 7
    for secret in (token, session, PASSWORD):
        assert secret not in written


@pytest.mark.parametrize(
    ("path", "route", "shown"),
    [
        ("/api/videos/6f/stream", "/api/videos/{video_id:uuid}/stream", "/api/videos/6f/stream"),
        (
            "/api/invitations/validate/T",
            "/api/invitations/validate/{token}",
            "/api/invitations/validate/{token}",
        ),
        ("/join/T", None, "/join/…"),
        ("/", None, "/"),
        ("/favicon.svg", None, "/favicon.svg"),
        ("/" + "a" * 90, None, "/" + "a" * 40),
    ],
)
def test_what_is_shown_of_a_path(path, route, shown):
    answer = Answered(
        request_id="x", method="GET", path=path, route=route, status=200, duration_s=0, client_address=""
    )
    assert shown_path(answer) == shown
