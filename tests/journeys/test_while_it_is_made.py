"""Watching a video that is still being made: it plays what there is, says how much that is, and goes on to the end."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from server.values.jobs import JobState
from tests.conftest import PASSWORD

#: Notes what was on the page at any time: on a quick machine it is gone soon.
_SEEN = """
    window.seen = new Set()
    new MutationObserver(() => {
        for (const name of ["stage-note", "player-unmade"])
            if (document.querySelector("." + name)) window.seen.add(name)
    }).observe(document, {childList: true, subtree: true})
"""
_UNTIL = """(video, seconds) => new Promise(resolve => {
    const look = () => video.currentTime > seconds ? resolve() : undefined
    video.addEventListener("timeupdate", look)
    look()
})"""
#: Jumps to the end; true when that was made already, or the player came back to what is.
_JUMP = """video => new Promise(resolve => {
    if (!document.querySelector(".player-unmade")) return resolve(true)
    const wanted = video.duration - 1
    video.addEventListener("seeked", () => resolve(video.currentTime < wanted), {once: true})
    video.currentTime = wanted
})"""


@pytest.mark.timeout(600)
def test_it_plays_before_it_is_made_and_goes_on_to_the_end(start, device, media):
    server = start(transcode_preset="medium", transcode_workers=1)
    server.admin.patch("/api/admin/config", json={"always_transcode": True}).raise_for_status()
    page = device()
    page.add_init_script(_SEEN)
    page.request.post(
        f"{server.url}/api/auth/login",
        data={"username": "anna", "password": PASSWORD},
        headers={"Origin": server.url},
    )
    video = server.admin.upload(media("pymv_trailer_bbb.mp4"), title="In the making")
    page.goto(f"{server.url}/watch/{video['id']}")

    player = page.locator("video")
    expect(player).to_be_visible(timeout=120_000)
    player.evaluate("video => { video.muted = true; return video.play() }")
    player.evaluate(_UNTIL, 0.3)
    assert player.evaluate("video => video.currentSrc").startswith("blob:"), "it plays before it is made"
    assert set(page.evaluate("() => [...window.seen]")) == {"stage-note", "player-unmade"}
    # the time bar shows the whole length from the start, and what is not there yet cannot be jumped to
    length = player.evaluate("video => video.duration")
    assert length > 50
    assert player.evaluate(_JUMP)

    assert server.heard.job_of(video["id"], timeout_s=500) is JobState.DONE
    expect(page.locator(".stage-note")).to_have_count(0)
    player.evaluate("video => { video.currentTime = video.duration - 2; return video.play() }")
    player.evaluate(_UNTIL, length - 1)
    assert player.evaluate("video => video.error") is None
    assert player.evaluate("video => video.currentSrc").startswith("blob:"), (
        "it was not started anew meanwhile"
    )
