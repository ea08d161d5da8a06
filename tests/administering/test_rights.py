"""Who may do what: every route and method of the API against everybody there is. Needs the media folder.

The table below is product.md's, line by line; a route without a line in it fails.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest

from server.values.jobs import JobState
from server.web.app import routes
from server.web.operation import operation_of
from tests.conftest import PASSWORD, make_settings, running

#: method and route → who may: "anyone", "viewer" (members, and who holds a link), "member", "owner" (and admins),
#: "own" (whose it is, and nobody else, admins neither), "admin"
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
    "GET /api/auth/ledger": "member",
    "POST /api/auth/logout": "member",
    "GET /api/auth/sessions": "member",
    "DELETE /api/auth/sessions": "member",
    "POST /api/auth/reset": "anyone",
    "DELETE /api/auth/sessions/{session}": "own",
    "GET /api/invitations": "admin",
    "POST /api/invitations": "admin",
    "DELETE /api/invitations/{invitation}": "admin",
    "GET /api/invitations/validate/{token}": "anyone",
    "GET /api/users": "admin",
    "GET /api/users/{user}": "member",
    "DELETE /api/users/{user}": "admin",
    "GET /api/users/{user}/videos": "member",
    "DELETE /api/users/{user}/sessions": "admin",
    "POST /api/users/{user}/password-reset": "admin",
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
    "GET /api/videos/{video}/stream": "viewer",
    "HEAD /api/videos/{video}/stream": "viewer",
    "GET /api/videos/{video}/hls/master.m3u8": "viewer",
    "GET /api/videos/{video}/hls/{height}/playlist.m3u8": "viewer",
    "GET /api/videos/{video}/hls/{height}/init.mp4": "viewer",
    "GET /api/videos/{video}/hls/{height}/{number}.m4s": "viewer",
    "GET /api/videos/{video}/thumbnail": "viewer",
    "HEAD /api/videos/{video}/thumbnail": "viewer",
    "GET /api/videos/{video}/storyboard.jpg": "viewer",
    "HEAD /api/videos/{video}/storyboard.jpg": "viewer",
    "GET /api/videos/{video}/storyboard.vtt": "viewer",
    "HEAD /api/videos/{video}/storyboard.vtt": "viewer",
    "GET /api/videos/{video}/subtitles/{n}.vtt": "viewer",
    "HEAD /api/videos/{video}/subtitles/{n}.vtt": "viewer",
    "GET /api/videos/{video}/chapters.vtt": "viewer",
    "HEAD /api/videos/{video}/chapters.vtt": "viewer",
    "GET /api/videos/{video}/download": "viewer",
    "HEAD /api/videos/{video}/download": "viewer",
    "POST /api/videos/{video}/view": "member",
    "GET /api/videos/{video}/progress": "member",
    "GET /api/videos/{video}/position": "member",
    "PUT /api/videos/{video}/position": "member",
    "GET /api/positions": "member",
    "GET /api/videos/{video}/links": "owner",
    "POST /api/videos/{video}/links": "owner",
    "DELETE /api/videos/{video}/links/{link}": "owner",
    "GET /api/shared/{token}": "anyone",
    "OPTIONS /api/uploads": "anyone",
    "POST /api/uploads": "member",
    "POST /api/uploads/check": "member",
    "OPTIONS /api/uploads/{upload}": "anyone",
    "HEAD /api/uploads/{upload}": "own",
    "PATCH /api/uploads/{upload}": "own",
    "DELETE /api/uploads/{upload}": "own",
    "GET /api/admin/config": "admin",
    "PATCH /api/admin/config": "admin",
    "POST /api/admin/quota-reset": "admin",
    "GET /api/admin/stats": "admin",
    "GET /metrics": "admin",
    "GET /api/admin/jobs": "admin",
    "GET /api/admin/jobs/{job}": "admin",
    "POST /api/admin/jobs/{job}/cancel": "admin",
    "POST /api/admin/jobs/{job}/retry": "admin",
    "POST /api/admin/jobs/{job}/pause": "admin",
    "POST /api/admin/jobs/{job}/resume": "admin",
    "POST /api/admin/jobs/{job}/move": "admin",
}
_MEMBERS = ("member", "owner", "admin")
_OUTSIDERS = ("nobody", "disabled", "ended session", "expired token", "tampered token")
_LINKS = ("link", "expired link", "revoked link", "link of another video", "tampered link")
_MAY = {
    "anyone": {*_MEMBERS, *_OUTSIDERS, *_LINKS},
    "viewer": {*_MEMBERS, "link"},
    "member": set(_MEMBERS),
    "owner": {"owner", "admin"},
    "own": {"owner"},
    "admin": {"admin"},
}
_TUS = {"Tus-Resumable": "1.0.0"}
_BODIES = {
    "PATCH /api/videos/{video}": {"json": {"title": "gr a"}},
    "POST /api/videos/{video}/links": {"json": {}},
    "PUT /api/videos/{video}/position": {"json": {"position_ms": 1}},
    "PATCH /api/uploads/{upload}": {
        "content": b"",
        "headers": {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"},
    },
}
"""Without these a request would be refused for what it lacks, before it is asked whose thing it is about."""


def _declared_routes():
    """Every method and route of the application, with the names of the path's parameters as the table has them."""

    class Any:
        def __getattr__(self, _name):
            return None

    for path, resource in routes(Any()).items():
        plain = re.sub(r"\{(\w+?)(?:_id)?(?::[^}]*)?\}", r"{\1}", path)
        for name in (name for name in dir(resource) if name.startswith("on_")):
            method = name.removeprefix("on_").upper()
            assert operation_of(resource, method)
            yield f"{method} {plain}"


def test_every_route_has_a_line():
    assert sorted(_declared_routes()) == sorted(_TABLE)


class World:
    """A finished video of `owner` with what belongs to it, and everybody who would like to get at it."""

    def __init__(self, server, clip):
        self._server = server
        self._clip = clip
        self.tokens = {}
        self.links = {}
        for name in ("owner", "member", "disabled", "ended", "expired"):
            server.member(name)
        self._names = {"owner": "owner", "member": "member", "admin": "anna"}
        self._stranger = server.stranger()
        for who in self._names:
            self._renew(who)
        self.ids = {"video": self._make("video")}
        assert server.heard.job_of(self.ids["video"]) is JobState.DONE
        server.heard.video_settled(self.ids["video"])
        self.ids |= {name: self._make(name) for name in self._makers() if name != "video"}

    def begin(self):
        """What has to be old by the time of the tests."""
        self.tokens["expired token"] = self._sign_in("expired")
        self.links["expired link"] = self._new_link()["token"]

    def finish(self):
        """Everybody else."""
        for who in self._names:
            self._renew(who)
        anna, owner = self.tokens["admin"], self.tokens["owner"]
        claims, _, _signature = owner.rpartition(".")
        self.tokens["tampered token"] = f"{claims}.{urlsafe_b64encode(bytes(32)).decode().rstrip('=')}"
        self.tokens["disabled"] = self._sign_in("disabled")
        users = self._call(anna, "GET", "/api/users", params={"page_size": 100}).json()["items"]
        shut_out = next(user["id"] for user in users if user["username"] == "disabled")
        self._call(anna, "PATCH", f"/api/users/{shut_out}/active", json={"is_active": False})
        self.tokens["ended session"] = self._sign_in("ended")
        self._call(self.tokens["ended session"], "POST", "/api/auth/logout")
        self.links["link"] = link = self._new_link()["token"]
        self.links["tampered link"] = link[::-1]
        revoked = self._new_link()
        self.links["revoked link"] = revoked["token"]
        self._call(owner, "DELETE", f"/api/videos/{self.ids['video']}/links/{revoked['id']}")
        other = self._make_video()
        self.links["link of another video"] = self._new_link(other)["token"]
        return self

    def ask(self, who, line, **ids):
        """The status of a bare request: where it is allowed it may be refused for what is missing in it."""
        method, _, path = line.partition(" ")
        changes = method not in {"GET", "HEAD", "OPTIONS"}
        ids = {**self.ids, **ids}
        if method == "DELETE" and who in _MAY[_TABLE[line]]:
            # something of its own, since it will be gone afterwards
            ids |= {name: self._make(name) for name in self._makers() if f"{{{name}}}" in path}
            if "{video}" in path and "{link}" in path:
                ids["link"] = self._new_link(ids["video"])["id"]
        body = _BODIES.get(line, {})
        headers = {**_TUS, **body.get("headers", {})}
        if who in self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        params = {"link": self.links[who]} if who in self.links else {}
        options = {**body, "headers": headers, "params": params}
        with self._stranger.stream(method, path.format(**ids), **options) as answer:
            status = answer.status_code
        if changes and status < 300 and who in self._names:
            self._renew(who)  # it may have ended the session
        return status

    def _makers(self):
        return {
            name.removeprefix("_make_"): getattr(self, name)
            for name in dir(type(self))
            if name.startswith("_make_")
        }

    def _make(self, name):
        return self._makers()[name]()

    def _renew(self, who):
        person = self._server.signed_in(self._names[who])
        self.tokens[who] = person.cookies["clipset_session"]
        if who == "admin":
            self._server.admin = person

    def _sign_in(self, username):
        person = self._server.signed_in(username)
        return person.cookies["clipset_session"]

    def _call(self, token, method, path, **options):
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        return self._stranger.request(method, path, headers=headers, **options).raise_for_status()

    def _owner(self, method, path, **options):
        return self._call(self.tokens["owner"], method, path, **options)

    def _anna(self, method, path, **options):
        return self._call(self.tokens["admin"], method, path, **options)

    def _new_link(self, video=None):
        return self._owner("POST", f"/api/videos/{video or self.ids['video']}/links", json={}).json()

    def _make_video(self):
        with self._clip.open("rb") as file:
            form = {"files": {"file": (self._clip.name, file)}, "data": {"title": "gr a"}}
            video = self._owner("POST", "/api/videos", **form).json()
        return video["id"]

    def _make_job(self):
        video = self._make_video()
        jobs = self._anna("GET", "/api/admin/jobs", params={"page_size": 100}).json()["items"]
        return next(job["id"] for job in jobs if job["video_id"] == video)

    def _make_upload(self):
        made = self._owner("POST", "/api/uploads", headers={**_TUS, "Upload-Length": "1000"})
        return made.headers["location"].rpartition("/")[2]

    def _make_user(self):
        person = self._server.member(f"member-{datetime.now(UTC).timestamp()}")
        return person.get("/api/auth/me").json()["id"]

    def _make_session(self):
        return self._call(self._sign_in("owner"), "GET", "/api/auth/me").json()["session_id"]

    def _make_category(self):
        return self._anna("POST", "/api/categories", json={"name": f"{datetime.now(UTC)}"}).json()["id"]

    def _make_invitation(self):
        return self._anna("POST", "/api/invitations", json={}).json()["id"]

    def _make_n(self):
        return 1

    def _make_number(self):
        return 0

    def _make_height(self):
        return self._owner("GET", f"/api/videos/{self.ids['video']}").json()["height"]

    def _make_link(self):
        return "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def world(tmp_path_factory, media):
    now = datetime.now(UTC) - timedelta(days=60)
    loaded = make_settings(tmp_path_factory.mktemp("rights") / "data")
    with running(loaded, clock=lambda: now) as server:
        world = World(server, media("gen_mov_text_two_subs_faststart.mp4"))
        world.begin()
        now += timedelta(days=60)
        world.finish()
        world.ids["token"] = world.links["link"]
        yield world


@pytest.mark.parametrize("line", _TABLE)
def test_everybody_gets_as_far_as_the_table_says(world, line):
    who_may = _TABLE[line]
    looks = line.startswith(("GET", "HEAD"))
    expected, found = {}, {}
    for who in (*_MEMBERS, *_OUTSIDERS, *_LINKS):
        status = world.ask(who, line)
        if who in _MAY[who_may]:
            expected[who] = "let in"
            found[who] = "let in" if status == 200 or (not looks and _is_no_refusal(status)) else status
        else:
            found[who] = status
            expected[who] = 401 if who not in _MEMBERS else 404 if who_may == "own" else 403
    assert found == expected


def _is_no_refusal(status):
    return status < 500 and status not in {401, 403, 404}


@pytest.mark.parametrize("line", [line for line in _TABLE if line.startswith("GET")])
def test_head_is_answered_wherever_get_is(world, line):
    """Let in and shut out alike; what GET answers is looked at elsewhere."""
    head = line.replace("GET", "HEAD", 1)
    for who in (*_MEMBERS, *_OUTSIDERS, *_LINKS):
        assert world.ask(who, head) == world.ask(who, line), who


def test_what_is_not_finished_is_there_for_its_owner_and_admins_alone(world):
    head = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42"
    failed = world._owner("POST", "/api/videos", files={"file": ("a.mp4", head + bytes(100))}).json()["id"]
    assert world._server.heard.job_of(failed) is JobState.FAILED
    lines = [line for line in _TABLE if "{video}" in line]
    found = {line: world.ask("member", line, video=failed) for line in lines}
    assert found == dict.fromkeys(lines, 404)
    for who in ("owner", "admin"):
        assert world.ask(who, "GET /api/videos/{video}", video=failed) == 200


def test_what_is_somebody_elses_stays_as_it_was(world):
    """After all of the above: the owner can still sign in, and the video is there and theirs."""
    token = world.tokens["owner"]
    answer = world._call(token, "GET", f"/api/videos/{world.ids['video']}").json()
    assert (answer["title"], answer["can_edit"]) == ("gr a", True)
    assert world._call(token, "HEAD", f"/api/uploads/{world.ids['upload']}", headers=_TUS).status_code == 200
    login = {"username": "owner", "password": PASSWORD}
    assert world._stranger.post("/api/auth/login", json=login).status_code == 200
