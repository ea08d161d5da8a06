"""The player as people use it: by keyboard, with captions and chapters, from where they stopped, from a shared link."""

from __future__ import annotations

import re
import time

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, TWO_SIZES, play, until

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


#: Pressed one after the other from the start of the video, muted and paused, with what is so then.
_KEYS = (
    ("5", "Math.abs(video.currentTime - video.duration / 2) < 0.5"),
    ("ArrowLeft", "video.currentTime < 1"),
    ("l", "video.currentTime > 8"),
    ("0", "video.currentTime === 0"),
    (">", "video.playbackRate === 1.25"),
    ("m", "!video.muted"),
    ("m", "video.muted"),
    ("k", "!video.paused"),
    (" ", "video.paused"),
    ("f", "document.fullscreenElement !== null"),
    ("f", "document.fullscreenElement === null"),
    ("t", "document.querySelector('.watch-theatre') !== null"),
    ("t", "document.querySelector('.watch-theatre') === null"),
)


def test_the_keys_of_the_big_sites(library, device):
    page = device()
    library.sign_in(page)
    video = _open(page, library, CAPTIONS)
    for key, then in _KEYS:
        page.keyboard.press(key)
        until(page, video, then)
    # what is typed into the search is text
    page.get_by_role("searchbox").first.click()
    page.keyboard.type("mk")
    state = video.evaluate(_STATE)
    assert state["paused"] and state["muted"]


def test_captions_chapters_and_what_was_chosen_last(library, device):
    page = device()
    library.sign_in(page)
    video = _open(page, library, CAPTIONS)
    shown = (
        "[...video.textTracks].filter(track => track.kind === 'subtitles' && track.mode === 'showing').length"
    )
    until(page, video, f"{shown} === 0")
    page.keyboard.press("c")
    until(page, video, f"{shown} === 1")
    page.reload()
    video = page.locator("video")
    until(page, video, f"{shown} === 1")

    chapters = page.get_by_role("region", name="Chapters")
    expect(chapters.get_by_role("button")).to_have_count(3)
    chapters.get_by_role("button").nth(2).click()
    until(page, video, "video.currentTime > 3")
    page.locator("video").hover()
    page.get_by_role("button", name="Playback settings").click()
    page.get_by_role("combobox", name="Captions", exact=True).select_option(label="Captions off")
    until(page, video, f"{shown} === 0")
    page.get_by_label("Speed").select_option("1.5")
    until(page, video, "video.playbackRate === 1.5")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Playback settings")).to_be_focused()


def test_a_double_tap_seeks(library, device):
    page = device(**PHONE)
    library.sign_in(page)
    video = _open(page, library, CAPTIONS)
    box = video.bounding_box()
    right, middle = box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.4
    _tap_twice(page, right, middle)
    until(page, video, "video.currentTime > 8")


def _tap_twice(page, x, y):
    """What a finger does within a quarter of a second, however long a busy machine takes to pass it on."""
    device = page.context.new_cdp_session(page)
    begun_s = time.time()
    for after_s, kind in ((0, "touchStart"), (0.06, "touchEnd"), (0.18, "touchStart"), (0.24, "touchEnd")):
        points = [{"x": x, "y": y}] if kind == "touchStart" else []
        event = {"type": kind, "touchPoints": points, "timestamp": begun_s + after_s}
        device.send("Input.dispatchTouchEvent", event)


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


def test_full_screen_stays_when_the_next_video_comes(library, device):
    page = device()
    library.sign_in(page)
    video = _open(page, library, CAPTIONS)
    here = page.url
    page.keyboard.press("f")
    until(page, video, "document.fullscreenElement !== null")
    page.keyboard.press("Shift+N")
    expect(page).not_to_have_url(here)
    expect(page.locator("video")).to_be_visible()
    assert page.evaluate("() => document.fullscreenElement !== null")
    box, screen = page.locator("video").bounding_box(), page.evaluate("() => [innerWidth, innerHeight]")
    assert [box["width"], box["height"]] == screen
    expect(page.get_by_role("heading", level=1)).to_be_hidden()
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement === null")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_quality_is_chosen_where_there_are_several(library, device):
    page = device()
    library.sign_in(page)
    video = _open(page, library, TWO_SIZES)
    until(page, video, "video.videoHeight === 360")
    video.evaluate("video => { video.currentTime = 2 }")
    page.locator("video").hover()
    page.get_by_role("button", name="Playback settings").click()
    page.get_by_label("Quality").select_option(label="180p")
    until(page, video, "video.videoHeight === 180")
    # it goes on where it was, and the next visit remembers
    until(page, video, "video.currentTime >= 2 && video.paused")
    page.reload()
    until(page, page.locator("video"), "video.videoHeight === 180")


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
    play(grandma, video)
    until(grandma, video, "video.currentTime > 0.3")

    dialog.get_by_role("button", name="Take back: Grandma").click()
    expect(page.get_by_text("The link is taken back.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Take back: Grandma")).to_have_count(0)
    grandma.reload()
    expect(grandma.get_by_role("heading", name="This link cannot be used")).to_be_visible()
