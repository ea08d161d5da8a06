"""Pages of other origins: those that are set may do what our own may, the others nothing (Fetch standard, CORS)."""

from __future__ import annotations

import pytest

from tests.conftest import PASSWORD, make_settings, running

_FRIEND = "https://friend.example"
_DEVELOPMENT = "http://localhost:5173"
_STRANGERS = ["https://evil.example", "https://friend.example.evil.example", "http://friend.example", "null"]
_TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(scope="module")
def open_server(tmp_path_factory):
    """A server that two other origins may use."""
    origins = f"{_FRIEND}/, {_DEVELOPMENT}"
    loaded = make_settings(tmp_path_factory.mktemp("origins") / "data", cors_origins=origins)
    with running(loaded) as server:
        yield server


def _cors_headers(answer):
    return {name for name in answer.headers if name.startswith("access-control-")}


def _preflight(person, path, origin, method, headers=""):
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = headers
    return person.options(path, headers=asked)


@pytest.mark.parametrize("origin", [_FRIEND, _DEVELOPMENT])
def test_a_friendly_page_may_read_every_answer(open_server, origin):
    admin, stranger = open_server.admin, open_server.stranger()
    own = {"Origin": origin}
    answers = {
        "read": admin.get("/api/videos", headers=own),
        "written": admin.post("/api/categories", json={"name": f"From {origin[:9]}"}, headers=own),
        "refused": stranger.get("/api/videos", headers=own),
        "missing": admin.get("/api/nothing", headers=own),
        "no body read": stranger.post(
            "/api/uploads",
            content=b"x",
            headers={**own, **_TUS, "Content-Type": "application/offset+octet-stream", "Upload-Length": "1"},
        ),
        "too large": admin.post("/api/auth/login", content=b"x" * 100_000, headers=own),
        "bare": admin.delete("/api/auth/sessions/00000000-0000-4000-8000-000000000000", headers=own),
        "tus": admin.options("/api/uploads", headers={**own, **_TUS}),
        "health": stranger.get("/health", headers=own),
    }
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == {
        "read": 200,
        "written": 201,
        "refused": 401,
        "missing": 404,
        "no body read": 401,
        "too large": 413,
        "bare": 404,
        "tus": 204,
        "health": 200,
    }
    for name, answer in answers.items():
        assert answer.headers["access-control-allow-origin"] == origin, name
        assert answer.headers["access-control-allow-credentials"] == "true", name
        assert "Origin" in answer.headers.get_list("vary", split_commas=True), name


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/api/videos", "/api/uploads/00000000-0000-4000-8000-000000000000", "/api/x"]
)
def test_a_preflight_of_a_friendly_page_is_answered_whoever_asks(open_server, path, method):
    wanted = "authorization,content-type,tus-resumable,upload-offset,upload-checksum,range,if-range"
    answer = _preflight(open_server.stranger(), path, _FRIEND, method, wanted)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == _FRIEND
    allowed = answer.headers["access-control-allow-headers"].lower().split(", ")
    assert set(wanted.split(",")) <= set(allowed)
    assert method in answer.headers["access-control-allow-methods"].split(", ")
    assert int(answer.headers["access-control-max-age"]) > 0
    assert "content-length" not in answer.headers or answer.headers["content-length"] == "0"


def test_scripts_of_a_friendly_page_may_read_what_uploads_and_ranges_need(open_server):
    answer = open_server.admin.post(
        "/api/uploads", headers={**_TUS, "Upload-Length": "10", "Origin": _FRIEND}
    )
    assert answer.status_code == 201
    exposed = {name.lower() for name in answer.headers["access-control-expose-headers"].split(", ")}
    assert {"location", "upload-offset", "upload-length", "tus-resumable", "clipset-video-id"} <= exposed
    assert {"content-range", "accept-ranges", "etag", "retry-after", "content-disposition"} <= exposed
    assert {name for name in answer.headers if name.startswith(("upload-", "tus-"))} <= exposed


def test_a_friendly_page_signs_in_and_uses_its_token(open_server):
    own = {"Origin": _FRIEND}
    login = {"username": "anna", "password": PASSWORD}
    token = open_server.stranger().post("/api/auth/login", json=login, headers=own).json()["access_token"]
    headers = {**own, "Authorization": f"Bearer {token}"}
    assert open_server.stranger().get("/api/auth/me", headers=headers).status_code == 200


@pytest.mark.parametrize("origin", _STRANGERS)
def test_other_pages_get_nothing(open_server, origin):
    admin, foreign = open_server.admin, {"Origin": origin}
    assert _cors_headers(_preflight(admin, "/api/videos", origin, "DELETE", "authorization")) == set()
    read = admin.get("/api/videos", headers=foreign)
    assert (_cors_headers(read), read.headers["vary"]) == (set(), "Origin")
    written = admin.post("/api/categories", json={"name": "Theirs"}, headers=foreign)
    assert (written.status_code, written.json()["code"], _cors_headers(written)) == (
        403,
        "wrong_origin",
        set(),
    )


def test_without_the_setting_nobody_is_told_anything(common_server):
    for origin in (_FRIEND, _DEVELOPMENT, common_server.url):
        for answer in (
            common_server.admin.get("/api/videos", headers={"Origin": origin}),
            _preflight(common_server.admin, "/api/videos", origin, "PATCH"),
        ):
            assert _cors_headers(answer) == set()
            assert "vary" not in answer.headers


def test_caches_are_told_that_answers_differ_by_origin(open_server):
    assert open_server.stranger().get("/api/server").headers["vary"] == "Origin"
