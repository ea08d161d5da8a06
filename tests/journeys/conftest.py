"""A real browser: Debian's Chromium, driven by Playwright. Skipped, with the reason, where there is none."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from server import paths
from tests.conftest import PASSWORD, make_settings, running
from tests.watching.clips import clip

PHONE = {
    "viewport": {"width": 390, "height": 780},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
TWO_SIZES = "In two sizes"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
_AXE = Path(__file__).parents[2] / "resources" / "web" / "node_modules" / "axe-core" / "axe.min.js"

#: What of these rules is broken; the second theme differs only in its colours.
_LOOK = """async rules => (await axe.run(document, {
    runOnly: rules ?? ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
})).violations"""

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


#: Patience for machines that are busy with other things; what is there is seen at once.
_PATIENCE_MS = 30_000
expect.set_options(timeout=_PATIENCE_MS)


@pytest.fixture(scope="session")
def browser():
    """One browser for all journeys; each takes a context, so a device, of its own."""
    program = (
        os.environ.get("CLIPSET_TEST_CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
    )
    if program is None:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    if not (paths.web_dist_dir() / "index.html").exists():
        pytest.skip("needs the web client to be built (python3 tasks.py test does it)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def device(browser):
    """Open a page on a device of its own; every error in its console fails the test."""
    contexts, complaints = [], []

    def open_device(**options):
        context = browser.new_context(**{"locale": "en-GB", **DESKTOP, **options})
        context.set_default_timeout(_PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: _note(page, message, complaints))
        return page

    yield open_device
    for context in contexts:
        context.close()
    assert complaints == []


def _note(page, message, complaints):
    # an expected 4xx of the API (a session that is asked for before anybody signed in) is logged by the browser itself
    if message.type == "error" and "Failed to load resource" not in message.text:
        complaints.append(f"{page.url}: {message.text}")


def sign_in(page, url, username="anna"):
    """Sign the device of `page` in, without going through the form."""
    answer = page.request.post(
        f"{url}/api/auth/login", data={"username": username, "password": PASSWORD}, headers={"Origin": url}
    )
    assert answer.ok, answer.text()


def until(page, video, script):
    """Wait until something of the video is so; it is called `video` in the script."""
    page.wait_for_function(f"video => {script}", arg=video.element_handle())


def play(page, video):
    """Play without sound. The page gives it its source a moment after it is seen, which would end a `play` before."""
    until(page, video, "video.readyState >= 2")
    video.evaluate("video => { video.muted = true; return video.play() }")


class Library:
    """A server with a few people and videos; journeys add to it and take nothing away that is not theirs."""

    def __init__(self, server):
        self.server = server
        self.url = server.url
        self.videos = {}

    def add(self, person, path, title, **fields):
        """Upload a file and wait until it can be watched."""
        video = person.upload(path, title=title, **fields)
        self.server.heard.video_settled(video["id"])
        self.videos[title] = video["id"]

    def sign_in(self, page, username="anna"):
        sign_in(page, self.url, username)


@pytest.fixture(scope="session")
def library(tmp_path_factory, media):
    """One library for the journeys that only look around or leave things as they were."""
    with running(make_settings(tmp_path_factory.mktemp("journeys") / "data")) as server:
        library = Library(server)
        max_, eva = server.member("max"), server.member("eva")
        holidays = server.admin.post(
            "/api/categories", json={"name": "Holidays", "description": "Sun"}
        ).json()
        library.add(
            max_, media("vide_ocean.mp4"), "The ocean in July", description="Waves, and a bit of wind."
        )
        library.add(eva, media("ax_sample_portrait.mp4"), "Portrait from the phone")
        library.add(
            max_,
            media("gen_mov_text_two_subs_faststart.mp4"),
            "With captions and chapters",
            category_id=holidays["id"],
        )
        server.admin.patch("/api/admin/config", json={"renditions": [360, 180]}).raise_for_status()
        library.add(
            eva, clip(tmp_path_factory.mktemp("clips") / "small.mkv", seconds=6, size=(640, 360)), TWO_SIZES
        )
        yield library


#: Waits for every transition and animation that has an end.
_ALL_SETTLED = """() => Promise.allSettled(document.getAnimations()
    .filter(each => each.effect.getComputedTiming().endTime < Infinity).map(each => each.finished))"""


@pytest.fixture(scope="session")
def axe():
    """Look at a page with axe-core, light and dark: what stands in the way of screen readers, keyboards, weak eyes."""
    if not _AXE.is_file():
        pytest.skip("needs the web client's packages (python3 tasks.py test installs them)")
    source = _AXE.read_text(encoding="utf-8")

    def violations(page):
        found = []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            # half faded in, every text is too pale
            page.evaluate(_ALL_SETTLED)
            page.evaluate(source)
            found += page.evaluate(_LOOK, None if scheme == "light" else ["color-contrast"])
        page.emulate_media(color_scheme="light")
        return [
            f"{one['id']}: {node['target']} {node['failureSummary']}"
            for one in found
            for node in one["nodes"]
        ]

    return violations
