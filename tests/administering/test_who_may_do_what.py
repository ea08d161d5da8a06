"""Every address and method of the API for everybody there is: nobody does what they may not, and nothing is a 500."""

from __future__ import annotations

import base64
import re
import threading

import pytest

from server.web.app import routes
from server.web.operation import Access, operation_of
from tests.conftest import PASSWORD, make_settings, running

_MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + b"\x00" * 100
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A server with an unfinished video and upload of max, mia who has neither, and people who are out."""
    hold = threading.Event()

    def never_ready(_order, _on_message, should_stop):
        while not (should_stop() or hold.wait(0.1)):
            pass
        raise RuntimeError("stopped")

    with running(make_settings(tmp_path_factory.mktemp("school") / "data"), run_child=never_ready) as server:
        people = {
            "nobody": server.stranger(),
            "owner": server.member("max"),
            "other": server.member("mia"),
            "admin": server.admin,
            "disabled": server.member("dora"),
            "ended": server.member("emil"),
            "tampered": server.stranger(),
        }
        users = {user["username"]: user["id"] for user in server.admin.get("/api/users").json()["items"]}
        server.admin.patch(f"/api/users/{users['dora']}/active", json={"is_active": False}).raise_for_status()
        token = people["ended"].cookies["clipset_session"]
        people["ended"].post("/api/auth/logout").raise_for_status()
        people["ended"].headers["Authorization"] = f"Bearer {token}"
        head, payload, _ = people["owner"].cookies["clipset_session"].split(".")
        forged = base64.urlsafe_b64encode(b"0" * 32).decode().rstrip("=")
        people["tampered"].headers["Authorization"] = f"Bearer {head}.{payload}.{forged}"
        video = people["owner"].post("/api/videos", files={"file": ("a.mp4", _MP4)}).json()
        upload = (
            people["owner"]
            .post("/api/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "100"})
            .headers["location"]
        )
        job = server.admin.get("/api/admin/jobs").json()["items"][0]
        ids = {
            "{session_id:uuid}": people["owner"].get("/api/auth/me").json()["session_id"],
            "{invitation_id:uuid}": server.admin.get("/api/invitations").json()["items"][0]["id"],
            "{token}": "no-such-token",
            "{user_id:uuid}": users["max"],
            "{category_id:uuid}": server.admin.post("/api/categories", json={"name": "Sea"}).json()["id"],
            "{video_id:uuid}": video["id"],
            "{link_id:uuid}": people["owner"].post(f"/api/videos/{video['id']}/links", json={}).json()["id"],
            "{upload_id:uuid}": upload.rpartition("/")[2],
            "{job_id:uuid}": job["id"],
        }
        yield people, ids, server
        hold.set()


def _operations(clipset):
    class Services:
        """The routes as they are mounted, from the services of a running server."""

        def __getattr__(self, name):
            return getattr(clipset, name, None)

    for path, resource in routes(Services()).items():
        for method in _METHODS:
            declared = operation_of(resource, method)
            if method == "HEAD" and declared is None:
                declared = operation_of(resource, "GET")  # HEAD is answered wherever GET is
            yield path, method, declared


def _filled(path, ids):
    for name, value in ids.items():
        path = path.replace(name, value)
    path = re.sub(r"\{\w+:int\}", "1", path)
    assert "{" not in path
    return path


@pytest.mark.parametrize("who", ["nobody", "disabled", "ended", "tampered", "other"])
def test_nobody_gets_further_than_they_may(school, who):
    people, ids, server = school
    person, seen = people[who], []
    for path, method, declared in _operations(server.clipset):
        if path in {"/api/auth/logout", "/api/auth/sessions", "/api/setup"}:
            continue  # the first two would sign them out, the last needs a token that only the terminal has
        options = {"headers": {"Tus-Resumable": "1.0.0"}}
        with person.stream(method, _filled(path, ids), **options) as answer:
            if answer.headers.get("content-type") == "text/event-stream":
                continue  # it has no end
            answer.read()
        status = answer.status_code
        where = f"{who} {method} {path}: {status} {answer.text[:200]}"
        assert status < 500, where
        if declared is None:
            assert status in ({200, 204} if method == "OPTIONS" else {404, 405}), where
        elif declared.access is Access.ANYONE:
            assert status not in {401, 403}, where
        elif who != "other":
            assert status == 401, where
        elif declared.access is Access.ADMIN:
            assert status == 403, where
        elif any(name in path for name in ("{video_id", "{upload_id", "{session_id")):
            assert status in {404, 415, 422, 400}, where
            seen.append(path)
        assert ids["{video_id:uuid}"] not in answer.text, where
        if who == "other":
            assert "max@example.org" not in answer.text, where
    assert who != "other" or len(set(seen)) > 6


def test_everything_is_as_it_was(school):
    """After all of the above: the owner has what they had."""
    people, ids, _server = school
    owner = people["owner"]
    assert owner.get(f"/api/videos/{ids['{video_id:uuid}']}").json()["can_edit"] is True
    head = owner.head(f"/api/uploads/{ids['{upload_id:uuid}']}", headers={"Tus-Resumable": "1.0.0"})
    assert (head.status_code, head.headers["upload-offset"]) == (200, "0")
    answer = people["nobody"].post("/api/auth/login", json={"username": "max", "password": PASSWORD})
    assert answer.status_code == 200


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
def test_no_strange_address_reaches_a_file_or_a_bug(school, path):
    people, _, _ = school
    for method in ("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "PROPFIND"):
        for who in ("nobody", "other"):
            answer = people[who].request(method, path, content=b"{}" if method in {"POST", "PATCH"} else None)
            assert answer.status_code < 500, f"{method} {path}: {answer.text[:300]}"
            assert "root:" not in answer.text
