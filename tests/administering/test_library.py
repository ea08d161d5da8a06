"""Categories, the list of videos, views and figures. Needs the media folder for finished videos."""

from __future__ import annotations

from uuid import UUID

import pytest

from server.values.jobs import JobState

pytestmark = pytest.mark.database


def _ready(server, person, path, **fields):
    video = person.upload(path, **fields)
    assert server.heard.job_of(video["id"]) is JobState.DONE
    return video


def test_categories(server):
    made = server.admin.post("/api/categories", json={"name": " Über das Meer! "}).json()
    assert (made["name"], made["slug"], made["video_count"]) == ("Über das Meer!", "über-das-meer", 0)
    twin = server.admin.post("/api/categories", json={"name": "Über das Meer"}).json()
    assert twin["slug"] == "über-das-meer-2"
    taken = server.admin.post("/api/categories", json={"name": "ÜBER DAS MEER"})
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (409, "name")
    assert server.admin.post("/api/categories", json={"name": "動画"}).json()["slug"] == "動画"
    taken = server.admin.patch(f"/api/categories/{made['id']}", json={"name": "動画"})
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (409, "name")
    renamed = server.admin.patch(f"/api/categories/{made['id']}", json={"name": "Seen"}).json()
    assert (renamed["name"], renamed["slug"]) == ("Seen", "seen")
    for nothing in (" ", "\u200b\u2060", "\u202e"):
        assert server.admin.post("/api/categories", json={"name": nothing}).status_code == 422
    assert server.admin.delete(f"/api/categories/{made['id']}").status_code == 204
    assert server.admin.delete(f"/api/categories/{made['id']}").status_code == 404
    assert server.member().get("/api/categories").json()["total"] == 2


def test_a_video_outlives_its_category(server, media):
    category = server.admin.post("/api/categories", json={"name": "Sea"}).json()
    video = _ready(server, server.admin, media("gr_a.mp4"), category_id=category["id"])
    assert server.admin.get(f"/api/categories/{category['id']}").json()["video_count"] == 1
    server.admin.delete(f"/api/categories/{category['id']}").raise_for_status()
    assert server.admin.video(video["id"])["category_id"] is None


def test_the_list_filters_sorts_and_pages(server, media):
    max_ = server.member("max")
    sea = server.admin.post("/api/categories", json={"name": "Sea"}).json()["id"]
    for person, title, category in [
        (max_, "Banana 100%", sea),
        (server.admin, "apple", ""),
        (max_, "Cherry_x", ""),
    ]:
        _ready(server, person, media("gr_a.mp4"), title=title, category_id=category)

    def titles(**params):
        return [
            video["title"]
            for video in max_.get("/api/videos", params=params).raise_for_status().json()["items"]
        ]

    assert titles() == ["Cherry_x", "apple", "Banana 100%"]
    assert titles(sort_by="title", order="asc") == ["apple", "Banana 100%", "Cherry_x"]
    assert titles(category_id=sea) == ["Banana 100%"]
    assert titles(q="BANANA") == ["Banana 100%"]
    assert titles(q="0%") == ["Banana 100%"] and titles(q="y_") == ["Cherry_x"] and titles(q="%a%") == []
    assert titles(status="failed") == []
    me = max_.get("/api/auth/me").json()["id"]
    assert titles(uploaded_by=me, page_size=1, page=2) == ["Banana 100%"]
    assert max_.get(f"/api/users/{me}/videos").json()["total"] == 2


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page_size=101",
        "page_size=0",
        "page=x",
        "sort_by=size",
        "order=up",
        "status=odd",
        "category_id=1",
        f"q={'x' * 201}",
    ],
)
def test_a_wrong_query_is_refused_in_words(common_server, query):
    answer = common_server.admin.get(f"/api/videos?{query}")
    assert answer.status_code == 422
    [problem] = answer.json()["errors"]
    assert problem["field"] == query.partition("=")[0]
    assert problem["detail"].startswith(f"{problem['field']} has to be "), problem


@pytest.mark.parametrize(
    ("address", "body", "field", "sentence"),
    [
        ("categories", {}, "name", "name is missing."),
        ("categories", {"name": "a", "nam": "b"}, "nam", "There is no field nam here. Leave it out."),
        (
            "categories",
            {"x - at `$.y`": 1},
            "x - at `$.y`",
            "There is no field x - at `$.y` here. Leave it out.",
        ),
        ("categories", {"name": 5}, "name", "name has to be a text."),
        ("categories", [], None, "The body has to be a JSON object."),
        ("invitations", {"role": "root"}, "role", "role has to be user or admin."),
        ("invitations", {"role": "x - at `$.y`"}, "role", "role has to be user or admin."),
        ("invitations", {"email": 5}, "email", "email has to be a text or null."),
        (
            "invitations",
            {"expires_in_days": 1.5},
            "expires_in_days",
            "expires_in_days has to be a whole number.",
        ),
        (
            "uploads/check",
            {"filename": "a", "size": -1},
            "size",
            f"size has to be a whole number from 0 to {2**53}.",
        ),
        (
            "uploads/check",
            {"filename": "a", "size": 1, "duration": ""},
            "duration",
            "duration has to be a number or null.",
        ),
    ],
)
def test_a_wrong_body_is_refused_in_words(common_server, address, body, field, sentence):
    answer = common_server.admin.post(f"/api/{address}", json=body)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["detail"] == sentence
    assert problem.get("errors", []) == ([{"field": field, "detail": sentence}] if field else [])


def test_a_job_goes_to_one_place(common_server):
    for body in ({}, {"before": None, "to": "next"}):
        answer = common_server.admin.post(f"/api/admin/jobs/{UUID(int=7)}/move", json=body)
        assert (answer.status_code, answer.json()["detail"]) == (422, "Give either `before` or `to`.")


def test_a_setting_of_the_wrong_kind_is_refused_in_words(common_server):
    answer = common_server.admin.patch("/api/admin/config", json={"accepted_video_formats": ["exe"]})
    wanted = "accepted_video_formats has to be a list, and each of it avi, mkv, mov, mp4 or webm."
    assert answer.json()["errors"] == [{"field": "accepted_video_formats", "detail": wanted}]


def test_what_is_no_utf_8_is_refused_in_words(common_server):
    answer = common_server.admin.post(
        "/api/categories", content=b'{"name":"\xff"}', headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["detail"]) == (
        400,
        "The body is no valid JSON: it is not UTF-8.",
    )


def test_editing_a_video(server, media):
    max_ = server.member("max")
    video = _ready(server, max_, media("gr_a.mp4"))
    path = f"/api/videos/{video['id']}"
    edited = max_.patch(path, json={"title": "<b>New</b>", "description": "line\nline"}).json()
    assert (edited["title"], edited["description"], edited["can_edit"]) == ("<b>New</b>", "line\nline", True)
    assert server.admin.patch(path, json={"title": "By the admin"}).json()["title"] == "By the admin"
    for body, field in [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"colour": 1}, None),
        ([], None),
    ]:
        answer = max_.patch(path, json=body)
        assert answer.status_code == 422
        assert field is None or answer.json()["errors"][0]["field"] == field
    assert max_.patch(path, content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    plain = max_.patch(path, content=b"{}", headers={"Content-Type": "text/plain"})
    assert (plain.status_code, plain.json()["code"]) == (415, "unsupported_content_type")
    assert max_.video(video["id"])["title"] == "By the admin"


def test_a_view_counts_once_for_each_session(server, media):
    video = _ready(server, server.admin, media("gr_a.mp4"))
    phone, laptop = server.member("max"), server.signed_in("max")
    view = f"/api/videos/{video['id']}/view"
    assert [person.post(view).json()["view_count"] for person in (phone, phone, laptop)] == [1, 1, 2]
    assert server.admin.video(video["id"])["view_count"] == 2


def test_the_figures(server, media):
    video = _ready(server, server.admin, media("gr_a.mp4"))
    server.member("max").get(f"/api/videos/{video['id']}/stream").raise_for_status()
    # the client may have the bytes an instant before they are counted; each question gives the loop its turn
    while (stats := server.admin.get("/api/admin/stats").json())["bytes_served"] <= stats["bytes_stored"]:
        pass
    assert (stats["users"], stats["videos_by_status"]["completed"], stats["jobs_queued"]) == (2, 1, 0)
    assert (stats["viewers_now"], stats["jobs_running"]) == (1, 0)
    assert stats["bytes_stored"] == server.admin.video(video["id"])["size"]


def test_every_answer_carries_the_security_headers(common_server):
    for path in ("/", "/api/videos", "/nothing", "/api/nothing", "/health"):
        headers = common_server.stranger().get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "clipset.local"}, 200),
        ({"Host": "[::1]:80"}, 200),
        ({"Host": "192.168.1.7:8400"}, 200),
        ({"Host": "[fe80::1%eth0]:8400"}, 200),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "evil.example@localhost"}, 403),
        ({"Host": "localhost/evil"}, 403),
        ({"Host": "localhost:8400:1"}, 403),
        ({"Host": "localhost:port"}, 403),
        ({"Host": "<b>.local"}, 403),
    ],
)
def test_names_that_are_not_ours_are_refused(common_server, headers, status):
    assert common_server.stranger().get("/api/server", headers=headers).status_code == status


def test_a_write_from_another_site_is_refused(common_server):
    for path in ("/api/auth/login", "/api/videos", "/api/uploads"):
        answer = common_server.admin.post(path, json={}, headers={"Origin": "http://evil.example"})
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin")
    own = {"Origin": common_server.url}
    assert (
        common_server.admin.post("/api/categories", json={"name": "By hand"}, headers=own).status_code == 201
    )


@pytest.mark.parametrize("path", ["/api/nothing", "/api/videos/1", "/api/videos/1/stream", "/assets/none.js"])
def test_what_is_not_there_is_404_in_words(common_server, path):
    answer = common_server.admin.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert common_server.admin.put("/api/videos").status_code == 405


@pytest.mark.parametrize("name", ["category_id", "uploaded_by", "status"])
def test_null_is_no_filter(common_server, name):
    answer = common_server.admin.get("/api/videos", params={name: "null"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == name
