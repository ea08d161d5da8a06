"""The player as people use it: by keyboard, with captions and chapters, from where they stopped, from a shared link."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE

CAPTIONS = "With captions and chapters"
_STATE = "video => ({time: video.currentTime, paused: video.paused, speed: video.playbackRate, muted: video.muted})"


def _open(page, library, title, query=""):
    page.goto(f"{library.url}/watch/{library.videos[title]}{query}")
    video = page.locator("video")
    video.evaluate(
        "video => new Promise(done => video.readyState > 1 ? done() : video.addEventListener('canplay', done))"
    )
    video.evaluate("video => { video.muted = true; video.pause() }")
    return video


def _until(page, video, script):
    """Wait until a property of the video is so."""
    page.wait_for_function(f"video => {script}", arg=video.element_handle())


def test_the_keys_of_the_big_sites(library, device):
    page = device()
    library.sign_in(page)
    video = _open(page, library, CAPTIONS)
    keys = page.keyboard
    keys.press("5")
    _until(page, video, "Math.abs(video.currentTime - video.duration / 2) < 0.5")
    keys.press("ArrowLeft")
    _until(page, video, "video.currentTime < 1")
    keys.press("l")
    _until(page, video, "video.currentTime > 8")
    keys.press("0")
    _until(page, video, "video.currentTime === 0")
    keys.press(">")
    _until(page, video, "video.playbackRate === 1.25")
    keys.press("m")
    _until(page, video, "!video.muted")
    keys.press("m")
    _until(page, video, "video.muted")
    keys.press("k")
    _until(page, video, "!video.paused")
    keys.press(" ")
    _until(page, video, "video.paused")
    keys.press("f")
    page.wait_for_function("() => document.fullscreenElement !== null")
    keys.press("f")
    page.wait_for_function("() => document.fullscreenElement === null")
    keys.press("t")
    expect(page.locator(".watch-theatre")).to_be_visible()
    keys.press("t")
    expect(page.locator(".watch-theatre")).to_have_count(0)
    # what is typed into the search is text
    page.get_by_role("searchbox").first.click()
    keys.type("mk")
    state = video.evaluate(_STATE)
    assert state["paused"] and state["muted"]


def test_captions_chapters_and_what_was_chosen_last(library, device):
    page = device()
    library.sign_in(page)
    video = _open(page, library, CAPTIONS)
    shown = (
        "[...video.textTracks].filter(track => track.kind === 'subtitles' && track.mode === 'showing').length"
    )
    _until(page, video, f"{shown} === 0")
    page.keyboard.press("c")
    _until(page, video, f"{shown} === 1")
    page.reload()
    video = page.locator("video")
    _until(page, video, f"{shown} === 1")

    chapters = page.get_by_role("region", name="Chapters")
    expect(chapters.get_by_role("button")).to_have_count(3)
    chapters.get_by_role("button").nth(2).click()
    _until(page, video, "video.currentTime > 3")
    page.locator("video").hover()
    page.get_by_role("button", name="Playback settings").click()
    page.get_by_role("combobox", name="Captions", exact=True).select_option(label="Captions off")
    _until(page, video, f"{shown} === 0")
    page.get_by_label("Speed").select_option("1.5")
    _until(page, video, "video.playbackRate === 1.5")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Playback settings")).to_be_focused()


def test_a_double_tap_seeks(library, device):
    page = device(**PHONE)
    library.sign_in(page)
    video = _open(page, library, CAPTIONS)
    box = video.bounding_box()
    right, middle = box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.4
    page.touchscreen.tap(right, middle)
    page.touchscreen.tap(right, middle)
    _until(page, video, "video.currentTime > 8")


def test_what_comes_next_comes_by_itself(library, device):
    page = device()
    library.sign_in(page)
    video = _open(page, library, CAPTIONS)
    here = page.url
    video.evaluate("video => { video.currentTime = video.duration - 0.3; return video.play() }")
    expect(page.get_by_role("button", name="Play now")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Play now")).to_have_count(0)
    assert page.url == here
    video.evaluate("video => { video.currentTime = video.duration - 0.3; return video.play() }")
    page.get_by_role("button", name="Play now").click()
    expect(page).not_to_have_url(here)
    expect(page.get_by_role("heading", level=1)).not_to_have_text(CAPTIONS)


def test_a_link_for_somebody_without_an_account(library, device):
    page = device()
    library.sign_in(page)
    _open(page, library, CAPTIONS)
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share this video")
    dialog.get_by_label("Good for").select_option("1")
    dialog.get_by_label("Who is it for? (optional)").fill("Grandma")
    dialog.get_by_role("button", name="Make a link").click()
    address = dialog.get_by_label("The new link").input_value()
    expect(dialog.get_by_role("img", name="QR code of the address")).to_have_count(2)

    grandma = device(**PHONE)
    grandma.goto(re.sub(r"^https?://[^/]+", library.url, address))
    expect(grandma.get_by_role("heading", level=1, name=CAPTIONS)).to_be_visible()
    video = grandma.locator("video")
    video.evaluate("video => { video.muted = true; return video.play() }")
    _until(grandma, video, "video.currentTime > 0.3")

    dialog.get_by_role("button", name="Take back: Grandma").click()
    expect(page.get_by_text("The link is taken back.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Take back: Grandma")).to_have_count(0)
    grandma.reload()
    expect(grandma.get_by_role("heading", name="This link cannot be used")).to_be_visible()
