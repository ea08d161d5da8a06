"""Subtitles, chapters and storyboard as a browser gets them. Needs the media folder."""

from __future__ import annotations

import pytest

from server.values.jobs import JobState

pytestmark = pytest.mark.database


def test_what_stands_beside_a_video(server, media):
    video_id = server.admin.upload(media("gen_multi_audio_subs_chapters_fonts_cover.mkv"))["id"]
    assert server.heard.job_of(video_id) is JobState.DONE
    video = server.admin.video(video_id)
    assert (video["has_storyboard"], video["has_chapters"]) == (True, True)
    assert video["subtitles"] == [
        {"n": 1, "language": "en", "label": "en"},
        {"n": 2, "language": "ja", "label": "ja"},
        {"n": 3, "language": "en", "label": "Signs"},
    ]
    member = server.member("max")
    for path, kind, start in [
        ("subtitles/1.vtt", "text/vtt; charset=utf-8", b"WEBVTT\n\n"),
        ("subtitles/3.vtt", "text/vtt; charset=utf-8", b"WEBVTT\n\n"),
        ("chapters.vtt", "text/vtt; charset=utf-8", b"WEBVTT\n\n"),
        ("storyboard.vtt", "text/vtt; charset=utf-8", b"WEBVTT\n\n"),
        ("storyboard.jpg", "image/jpeg", b"\xff\xd8\xff"),
    ]:
        answer = member.get(f"/api/videos/{video_id}/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind), path
        assert answer.content.startswith(start)
        again = member.get(
            f"/api/videos/{video_id}/{path}", headers={"If-None-Match": answer.headers["etag"]}
        )
        assert again.status_code == 304
    for path in ("subtitles/0.vtt", "subtitles/4.vtt", "subtitles/x.vtt", "subtitles/-1.vtt"):
        assert member.get(f"/api/videos/{video_id}/{path}").status_code == 404
    server.admin.delete(f"/api/videos/{video_id}").raise_for_status()
    assert server.files("videos") == []


def test_a_link_opens_the_storyboard_whole(server, media):
    video_id = server.admin.upload(media("gr_a.mp4"))["id"]
    assert server.heard.job_of(video_id) is JobState.DONE
    token = server.admin.post(f"/api/videos/{video_id}/links", json={}).raise_for_status().json()["token"]
    stranger = server.stranger()
    at = f"/api/videos/{video_id}/storyboard.vtt"
    assert stranger.get(at).status_code == 401
    cues = stranger.get(at, params={"link": token}).raise_for_status()
    pictures = {line for line in cues.text.splitlines() if "#xywh=" in line}
    assert len(pictures) > 10
    for picture in pictures:
        assert stranger.get(cues.url.join(picture.partition("#")[0])).status_code == 200
    assert stranger.head(at, params={"link": token}).content == b""


def test_a_video_without_any_says_so(server, media):
    video_id = server.admin.upload(media("mp4p_metadata.mp4"))["id"]
    assert server.heard.job_of(video_id) is JobState.DONE
    video = server.admin.video(video_id)
    assert (video["has_storyboard"], video["has_chapters"], video["subtitles"]) == (False, False, [])
    for path in ("subtitles/1.vtt", "chapters.vtt", "storyboard.vtt", "storyboard.jpg"):
        answer = server.admin.get(f"/api/videos/{video_id}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
