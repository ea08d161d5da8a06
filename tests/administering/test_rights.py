"""Who may do what: every route and method of the API against every kind of person. Needs the media folder.

The table below is product.md's, line by line; a route without a line in it fails.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.values.jobs import JobState
from server.web.app import routes
from server.web.operation import operation_of

#: method and route → who may: "anyone", "member", "owner" (and admins), "admin"
_TABLE = {
    "GET /health": "anyone",
    "GET /api/server": "anyone",
    "POST /api/setup": "anyone",
    "POST /api/auth/register": "anyone",
    "POST /api/auth/login": "anyone",
    "GET /api/openapi.json": "anyone",
    "GET /api/events": "member",
    "GET /api/auth/me": "member",
    "PATCH /api/auth/me": "member",
    "POST /api/auth/logout": "member",
    "GET /api/auth/sessions": "member",
    "DELETE /api/auth/sessions/{session}": "member",
    "GET /api/invitations": "admin",
    "POST /api/invitations": "admin",
    "DELETE /api/invitations/{invitation}": "admin",
    "GET /api/invitations/validate/{token}": "anyone",
    "GET /api/users": "admin",
    "GET /api/users/{user}": "member",
    "DELETE /api/users/{user}": "admin",
    "GET /api/users/{user}/videos": "member",
    "PATCH /api/users/{user}/role": "admin",
    "PATCH /api/users/{user}/active": "admin",
    "GET /api/categories": "member",
    "POST /api/categories": "admin",
    "GET /api/categories/{category}": "member",
    "PATCH /api/categories/{category}": "admin",
    "DELETE /api/categories/{category}": "admin",
    "GET /api/videos": "member",
    "POST /api/videos": "member",
    "GET /api/videos/{video}": "member",
    "PATCH /api/videos/{video}": "owner",
    "DELETE /api/videos/{video}": "owner",
    "GET /api/videos/{video}/stream": "member",
    "HEAD /api/videos/{video}/stream": "member",
    "GET /api/videos/{video}/thumbnail": "member",
    "HEAD /api/videos/{video}/thumbnail": "member",
    "GET /api/videos/{video}/download": "member",
    "HEAD /api/videos/{video}/download": "member",
    "POST /api/videos/{video}/view": "member",
    "GET /api/videos/{video}/progress": "member",
    "OPTIONS /api/uploads": "anyone",
    "POST /api/uploads": "member",
    "POST /api/uploads/check": "member",
    "OPTIONS /api/uploads/{upload}": "anyone",
    "HEAD /api/uploads/{upload}": "uploader",
    "PATCH /api/uploads/{upload}": "uploader",
    "DELETE /api/uploads/{upload}": "uploader",
    "GET /api/admin/config": "admin",
    "PATCH /api/admin/config": "admin",
    "GET /api/admin/stats": "admin",
    "GET /metrics": "admin",
    "GET /api/admin/jobs": "admin",
    "GET /api/admin/jobs/{job}": "admin",
    "POST /api/admin/jobs/{job}/cancel": "admin",
    "POST /api/admin/jobs/{job}/retry": "admin",
}
_OUTSIDERS = ("nobody", "disabled", "ended session", "expired token", "tampered token")


def _declared_routes():
    """Every method and route of the application, with the names of the path's parameters as the table has them."""

    class Any:
        def __getattr__(self, _name):
            return None

    for path, resource in routes(Any()).items():
        plain = path.replace("_id:uuid", "")
        for name in (name for name in dir(resource) if name.startswith("on_")):
            method = name.removeprefix("on_").upper()
            assert operation_of(resource, method)
            yield f"{method} {plain}"


def test_every_route_has_a_line():
    assert sorted(_declared_routes()) == sorted(_TABLE)


@pytest.fixture(scope="module")
def world(common_server, media):
    """A finished video of `owner`, an upload of theirs, and people of every kind who would like to get at them."""
    server = common_server
    people = {
        name: server.member(f"rights-{name.replace(chr(32), chr(45))}")
        for name in ("owner", "member", "disabled", "ended session")
    }
    people |= {"admin": server.admin, "nobody": server.stranger()}
    owner = people["owner"]
    video = owner.upload(media("gr_a.mp4"))
    assert server.heard.job_of(video["id"]) is JobState.DONE
    upload = owner.post("/api/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "1000"})
    jobs = server.admin.get("/api/admin/jobs", params={"page_size": 100}).json()["items"]
    ids = {
        "video": video["id"],
        "upload": upload.headers["location"].rpartition("/")[2],
        "user": owner.get("/api/auth/me").json()["id"],
        "category": server.admin.post("/api/categories", json={"name": "Rights"}).json()["id"],
        "invitation": server.admin.post("/api/invitations", json={}).json()["id"],
        "session": owner.get("/api/auth/me").json()["session_id"],
        "job": next(job["id"] for job in jobs if job["video_id"] == video["id"]),
        "token": "none",
    }
    token = owner.cookies["clipset_session"]
    disabled = people["disabled"].get("/api/auth/me").json()["id"]
    server.admin.patch(f"/api/users/{disabled}/active", json={"is_active": False}).raise_for_status()
    ended = people["ended session"].cookies["clipset_session"]
    people["ended session"].post("/api/auth/logout").raise_for_status()
    people["ended session"].headers["Authorization"] = f"Bearer {ended}"
    for name, spoilt in [
        ("tampered token", token[:-4] + token[-4:][::-1]),
        ("expired token", _expired(server)),
    ]:
        people[name] = server.stranger()
        people[name].headers["Authorization"] = f"Bearer {spoilt}"
    return people, ids


def _expired(server):
    """A token of this server's own key, for a real session, whose time is over."""
    from uuid import UUID

    from server.services.tokens import Claims, Tokens

    me = server.admin.get("/api/auth/me").json()
    tokens = Tokens((server.data_dir / "secret.key").read_text().strip())
    then = datetime.now(UTC) - timedelta(days=1)
    claims = Claims(user_id=UUID(me["id"]), session_id=UUID(me["session_id"]))
    return tokens.sign(claims, issued_at=then - timedelta(days=1), expires_at=then)


def _ask(person, line, ids):
    """The request, bare: where it is allowed it may be refused for what is missing in it, and changes nothing."""
    method, _, path = line.partition(" ")
    with person.stream(method, path.format(**ids)) as answer:  # one that goes on for ever is not read
        return answer.status_code


@pytest.mark.parametrize("line", [line for line, who in _TABLE.items() if who != "anyone"])
def test_outsiders_are_outside(world, line):
    people, ids = world
    assert {name: _ask(people[name], line, ids) for name in _OUTSIDERS} == dict.fromkeys(_OUTSIDERS, 401)


@pytest.mark.parametrize("line", [line for line, who in _TABLE.items() if who == "admin"])
def test_members_are_no_admins(world, line):
    people, ids = world
    assert (_ask(people["member"], line, ids), _ask(people["owner"], line, ids)) == (403, 403)


@pytest.mark.parametrize("line", [line for line, who in _TABLE.items() if who == "anyone"])
def test_what_anyone_may_ask(world, line):
    people, ids = world
    assert _ask(people["nobody"], line, ids) not in {401, 403}


@pytest.mark.parametrize("line", [line for line, who in _TABLE.items() if line.startswith(("GET", "HEAD"))])
def test_who_may_look_sees_it(world, line):
    people, ids = world
    if "{upload}" in line:
        # the protocol's version is asked for after the question whose upload it is could be answered
        assert _ask(people["owner"], line, ids) == 412
        return
    for name in {"anyone": ["nobody"], "admin": ["admin"]}.get(_TABLE[line], ["member", "owner", "admin"]):
        assert _ask(people[name], line, ids) == 200, name


@pytest.mark.parametrize("line", [line for line in _TABLE if line.startswith("GET")])
def test_head_is_answered_wherever_get_is(world, line):
    people, ids = world
    path = line.partition(" ")[2].format(**ids)
    who = people["admin"]
    with who.stream("GET", path) as got, who.stream("HEAD", path) as asked:
        assert asked.status_code == got.status_code == 200
        assert asked.headers.get("content-type") == got.headers["content-type"]
        assert (
            asked.headers.get("content-length", "").isdigit() or "event-stream" in got.headers["content-type"]
        )
        assert asked.read() == b""
    assert people["nobody"].head(path).status_code == (200 if _TABLE[line] == "anyone" else 401)


def test_what_is_somebody_elses(world):
    people, ids = world
    video, upload = f"/api/videos/{ids['video']}", f"/api/uploads/{ids['upload']}"
    assert people["member"].patch(video, json={"title": "Mine"}).status_code == 403
    assert people["member"].delete(video).status_code == 403
    tus = {"Tus-Resumable": "1.0.0"}
    for name in ("member", "admin"):
        assert people[name].head(upload, headers=tus).status_code == 404
        assert people[name].delete(upload, headers=tus).status_code == 404
        assert people[name].delete(f"/api/auth/sessions/{ids['session']}").status_code == 404
    assert people["owner"].head(upload, headers=tus).status_code == 200
    assert people["owner"].get(video).json()["title"] == "gr a"
