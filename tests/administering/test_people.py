"""What admins do with people, and what nobody else may."""

from __future__ import annotations

import pytest

from server.values.jobs import JobState
from tests.conftest import PASSWORD

pytestmark = pytest.mark.database


def _id(server, username):
    users = server.admin.get("/api/users", params={"page_size": 100}).json()["items"]
    return next(user["id"] for user in users if user["username"] == username)


def test_the_list_and_the_profile(server):
    max_, mia = server.member("max"), server.member("mia")
    listed = server.admin.get("/api/users", params={"page_size": 2}).json()
    assert (listed["total"], listed["total_pages"], len(listed["items"])) == (3, 2, 2)
    profile = mia.get(f"/api/users/{_id(server, 'max')}").json()
    assert profile["username"] == "max" and "email" not in profile
    assert max_.get(f"/api/users/{_id(server, 'max')}").json()["email"] == "max@example.org"
    assert server.admin.get(f"/api/users/{_id(server, 'max')}").json()["email"] == "max@example.org"


def test_a_disabled_person_is_out_at_once_and_can_come_back(server):
    max_, user_id = server.member("max"), _id(server, "max")
    assert server.admin.patch(f"/api/users/{user_id}/active", json={"is_active": False}).status_code == 200
    assert max_.get("/api/auth/me").status_code == 401
    assert max_.post("/api/auth/login", json={"username": "max", "password": PASSWORD}).status_code == 401
    server.admin.patch(f"/api/users/{user_id}/active", json={"is_active": True}).raise_for_status()
    assert max_.post("/api/auth/login", json={"username": "max", "password": PASSWORD}).status_code == 200


def test_a_role_counts_from_the_next_request_on(server):
    max_, user_id = server.member("max"), _id(server, "max")
    assert max_.get("/api/users").status_code == 403
    server.admin.patch(f"/api/users/{user_id}/role", json={"role": "admin"}).raise_for_status()
    assert max_.get("/api/users").status_code == 200
    assert server.admin.patch(f"/api/users/{user_id}/role", json={"role": "king"}).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/role", {"role": "user"}),
        ("PATCH", "/active", {"is_active": False}),
        ("DELETE", "?videos=keep", None),
    ],
)
def test_the_last_active_admin_stays(server, method, path, body):
    server.member("max")
    anna = _id(server, "anna")
    answer = server.admin.request(method, f"/api/users/{anna}{path}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert server.admin.get("/api/auth/me").json()["role"] == "admin"
    server.admin.patch(f"/api/users/{_id(server, 'max')}/role", json={"role": "admin"}).raise_for_status()
    assert server.admin.request(method, f"/api/users/{anna}{path}", json=body).status_code in {200, 204}


@pytest.mark.parametrize("keep", [True, False])
def test_deleting_a_person_asks_about_the_videos(server, media, keep):
    max_, user_id = server.member("max"), _id(server, "max")
    video_id = max_.upload(media("gr_a.mp4"))["id"]
    assert server.heard.job_of(video_id) is JobState.DONE
    assert server.admin.delete(f"/api/users/{user_id}").status_code == 422
    assert (
        server.admin.delete(f"/api/users/{user_id}?videos={'keep' if keep else 'delete'}").status_code == 204
    )
    assert max_.get("/api/videos").status_code == 401
    videos = server.admin.get("/api/videos").json()
    assert videos["total"] == int(keep)
    if keep:
        assert (videos["items"][0]["uploaded_by"], videos["items"][0]["uploader_name"]) == (None, None)
        assert server.admin.get(f"/api/videos/{video_id}/stream").status_code == 200
    else:
        assert (server.files("videos"), server.files("thumbnails")) == ([], [])
    rejoined = server.member("max")
    assert rejoined.get("/api/auth/me").json()["quota"]["used_bytes"] == 0


_ADMIN_ONLY = [
    ("GET", "/api/users"),
    ("GET", "/api/invitations"),
    ("POST", "/api/invitations"),
    ("POST", "/api/categories"),
    ("GET", "/api/admin/config"),
    ("PATCH", "/api/admin/config"),
    ("GET", "/api/admin/stats"),
    ("GET", "/api/admin/jobs"),
]


@pytest.mark.parametrize(("method", "path"), _ADMIN_ONLY)
def test_what_is_for_admins_alone(common_server, method, path):
    outsider = common_server.stranger()
    assert outsider.request(method, path, json={}).status_code == 401
    name = f"m{method.lower()}{path.count('/')}{abs(hash(path)) % 10_000}"
    assert common_server.member(name).request(method, path, json={}).status_code == 403
