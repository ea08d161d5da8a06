"""What monitoring reads at /metrics, and who may."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from server.errors import CannotStart
from server.values.accounts import HOST
from tests.conftest import make_settings

TOKEN = "monitoring-token-of-ours"


def _samples(person, **headers):
    answer = person.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def _requests(samples, method, route, status):
    labels = (("method", method), ("route", route), ("status", str(status)))
    return samples.get(("clipset_http_requests_total", *labels), 0)


def test_an_admin_reads_the_figures(server, media):
    video = server.admin.upload(media("gr_a.mp4"))
    server.heard.video_settled(video["id"])
    server.admin.get(f"/api/videos/{video['id']}/stream").raise_for_status()
    server.admin.get("/api/videos/00000000-0000-0000-0000-000000000000")
    server.stranger().get("/nothing/like/this")
    samples = _samples(server.admin)
    assert samples[("clipset_users",)] == 1
    assert samples[("clipset_videos", ("status", "completed"))] == 1
    assert samples[("clipset_viewers",)] == 1
    assert samples[("clipset_jobs_ended_total", ("state", "done"))] == 1
    assert samples[("clipset_uploads_receiving",)] == samples[("clipset_jobs_running",)] == 0
    assert samples[("clipset_received_bytes_total",)] > media("gr_a.mp4").stat().st_size
    assert _requests(samples, "POST", "/api/videos", 201) == 1
    assert _requests(samples, "GET", "/api/videos/{video_id:uuid}/stream", 200) == 1
    assert _requests(samples, "GET", "/api/videos/{video_id:uuid}", 404) == 1
    route = (("method", "POST"), ("route", "/api/videos"))
    assert samples[("clipset_http_request_duration_seconds_count", *route)] == 1


def test_refusals_before_the_body_are_counted(server):
    server.stranger().post("/api/videos", files={"file": ("a.mp4", b"x")})
    assert _requests(_samples(server.admin), "POST", "none", 401) == 1


@pytest.mark.parametrize("authorization", ["", f"Bearer {TOKEN}x", "Bearer", TOKEN, f"Basic {TOKEN}"])
def test_without_the_token_nobody_reads_them(start, authorization):
    server = start(metrics_token=TOKEN)
    assert server.stranger().get("/metrics", headers={"Authorization": authorization}).status_code == 401
    assert ("clipset_users",) in _samples(server.stranger(), Authorization=f"bearer {TOKEN}")


def test_the_token_is_good_for_nothing_else(start):
    server = start(metrics_token=TOKEN)
    answer = server.stranger().get("/api/admin/stats", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 401


def test_no_token_is_set(server):
    assert server.stranger().get("/metrics", headers={"Authorization": "Bearer"}).status_code == 401
    assert server.member().get("/metrics").status_code == 403


def test_a_short_token_is_refused(tmp_path):
    with pytest.raises(CannotStart, match="at least 16"):
        make_settings(tmp_path, metrics_token="short")


def test_who_watches_what_and_how_fast(server, media):
    core = server.clipset
    assert core.audience.now() == []
    max_ = server.member("max")
    video = max_.upload(media("pymv_trailer_bbb.mp4"), title="The rabbit")
    server.heard.video_settled(video["id"])
    with max_.stream("GET", f"/api/videos/{video['id']}/stream") as answer:
        size = sum(len(piece) for piece in answer.iter_bytes())
    (watcher,) = core.audience.now()
    assert (watcher.username, watcher.video_title, watcher.lines) == (
        "max",
        "The rabbit",
        max_.video(video["id"])["height"],
    )
    # all of it was sent within the last ten seconds, whole or nearly so
    assert 0 < watcher.bytes_per_s <= size / 10
    assert core.viewers.count() == 1
    link = max_.post(f"/api/videos/{video['id']}/links", json={}).raise_for_status().json()["token"]
    server.stranger().get(f"/api/videos/{video['id']}/stream?link={link}").raise_for_status()
    assert [each.username for each in core.audience.now()] == ["max", None]
    core.videos.delete(HOST, watcher.video_id)
    assert core.audience.now() == []
