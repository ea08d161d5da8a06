"""Somebody watches their video while it is still being encoded, and notices nothing when it is done."""

from __future__ import annotations

import sys

import pytest
from playwright.sync_api import expect

from server.values.jobs import JobState
from tests.journeys.conftest import play, sign_in, until
from tests.watching.clips import clip
from tests.watching.held import Held

_SECONDS = 60
#: Jumps to what is not made yet, and waits until the player has come back.
_JUMP_BEYOND = """video => new Promise(resolve => {
    const wanted = video.duration - 1
    video.addEventListener("seeked", () => resolve(video.currentTime < wanted), {once: true})
    video.currentTime = wanted
})"""


@pytest.fixture
def held(start):
    if sys.platform == "win32":
        pytest.skip("needs a way to freeze a process")
    held = Held(from_ms=_SECONDS * 100)  # a tenth of it
    return held, start(run_child=held)


def test_a_video_of_which_a_tenth_is_encoded(held, device, tmp_path):
    held, server = held
    uploaded = server.admin.upload(
        clip(tmp_path / "party.mkv", seconds=_SECONDS, sound_seconds=_SECONDS - 5, size=(640, 360))
    )
    assert held.frozen.wait(60)
    page = device()
    sign_in(page, server.url)
    page.goto(f"{server.url}/watch/{uploaded['id']}")
    video = page.locator("video")
    play(page, video)
    video.evaluate("video => { video.dataset.mark = 'first' }")
    until(page, video, "video.currentTime > 1")
    assert server.admin.video(uploaded["id"])["status"] == "processing"
    expect(page.locator(".stage-note")).to_be_visible()
    expect(page.locator(".player-unmade")).to_be_visible()
    assert round(video.evaluate("video => video.duration")) == _SECONDS, "the time bar shows the whole"
    assert video.evaluate(_JUMP_BEYOND), "what is not there cannot be jumped to"

    held.go_on()
    assert server.heard.job_of(uploaded["id"]) is JobState.DONE
    expect(page.locator(".stage-note")).to_have_count(0)
    beyond_s = _SECONDS / 10 + 2
    video.evaluate("video => { video.playbackRate = 2 }")
    until(page, video, f"video.currentTime > {beyond_s} && !video.paused")
    # the sound has ended by then, and the pictures have not
    video.evaluate("(video, end) => { video.currentTime = end }", _SECONDS - 3)
    until(page, video, f"video.currentTime > {_SECONDS - 2.5} && !video.seeking")
    video.evaluate("video => { video.currentTime = 0; return video.play() }")
    until(page, video, f"video.currentTime > 0.5 && video.currentTime < {beyond_s} && !video.seeking")
    facts = "video => [video.dataset.mark, video.error, video.videoWidth, Math.round(video.duration)]"
    assert video.evaluate(facts) == ["first", None, 640, _SECONDS]
