"""The main job: somebody is invited, joins in a browser, uploads a video, sees it being got ready, watches and seeks.

Needs Chromium, the built web client and the media folder.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from server.events import JobProgressed, UserChanged
from tests.conftest import PASSWORD
from tests.journeys.conftest import play, until


def _join(page, server, username):
    token = server.admin.post("/api/invitations", json={}).raise_for_status().json()["token"]
    page.goto(f"{server.url}/join/{token}")
    page.get_by_label("E-mail").fill(f"{username}@example.org")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()


def _play_and_seek(page, duration_s):
    """Play, see the time move, seek to the middle, see it move on from there."""
    video = page.locator("video")
    expect(video).to_be_visible()
    play(page, video)
    until(page, video, "video.currentTime > 0.3")
    assert video.evaluate("video => video.duration") == pytest.approx(duration_s, abs=0.2)
    middle = duration_s / 2
    video.evaluate("(video, middle) => { video.currentTime = middle }", middle)
    until(page, video, f"video.currentTime > {middle + 0.1}")
    assert video.evaluate("video => video.videoWidth > 0 && video.error === null")
    decoded = video.evaluate("video => video.getVideoPlaybackQuality().totalVideoFrames")
    assert decoded > 5


@pytest.mark.parametrize(
    ("name", "duration_s", "action"),
    [
        ("pymv_trailer_bbb.mp4", 55.1, "remux"),
        ("ax_roadtrip-vp92-10bit.webm", 3.0, "transcode"),
        ("iscc_demo.mkv", 60.15, "remux"),
    ],
)
def test_from_the_invitation_to_watching(server, device, media, name, duration_s, action):
    page = device()
    _join(page, server, "mia")

    page.get_by_role("link", name="Upload", exact=False).first.click()
    page.locator("input[type=file]").first.set_input_files(media(name))
    card = page.get_by_role("listitem", name=name)
    expect(card.get_by_role("progressbar")).to_be_visible()
    expect(card.get_by_role("link", name="Watch")).to_be_visible(timeout=120_000)
    assert server.heard.of(JobProgressed), "its progress was seen"
    card.get_by_role("link", name="Watch").click()

    expect(page).to_have_url(re.compile("/watch/"))
    _play_and_seek(page, duration_s)
    assert server.admin.get("/api/admin/jobs").json()["items"][0]["action"] == action

    page.goto(server.url)
    expect(
        page.get_by_role("link", name=re.compile("|".join(name.rpartition(".")[0].split("_")))).first
    ).to_be_visible()
    assert server.heard.of(UserChanged)
