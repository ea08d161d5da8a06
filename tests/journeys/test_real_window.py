"""The host's first evening, in a real window: an X server without a monitor, the program as people start it, and a
mouse and a keyboard that only X knows of. What is pressed is found by the name that a screen reader would say.

Needs Xvfb, xdotool, Chromium, the built web client and the media folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from multiprocessing.connection import Pipe
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.conftest import PASSWORD
from tests.x_display import x_display

ROOT = Path(__file__).resolve().parents[2]
#: Patience for machines that are busy with other things; what is there is seen at once.
_PATIENCE_S = 60
#: What a browser does when nothing has come to play. It is paused before, so that it does not go on by itself.
_STAND_STILL = """async video => {
    video.muted = true
    await video.play()
    const paused = new Promise(resolve => video.addEventListener("pause", resolve, { once: true }))
    video.pause()
    await paused
    video.dispatchEvent(new Event("waiting"))
}"""


@pytest.fixture
def screen():
    """The name of an X display of its own."""
    if shutil.which("xdotool") is None:
        pytest.skip("needs xdotool (Debian: apt-get install xdotool)")
    with x_display() as name:
        yield name


class Window:
    """The program on that screen, somebody who looks on, and the hands of a person."""

    def __init__(self, screen, arguments):
        self._eyes, theirs = Pipe()
        self._environment = {**os.environ, "DISPLAY": screen, "QT_QPA_PLATFORM": "xcb", "LC_ALL": "C.UTF-8"}
        onlooker = [sys.executable, "-m", "tests.journeys.onlooker", str(theirs.fileno())]
        self.process = subprocess.Popen(
            [*onlooker, *arguments], cwd=ROOT, env=self._environment, pass_fds=[theirs.fileno()]
        )
        theirs.close()

    def see(self, pattern):
        """Wait until something of that name is to be seen: its name, its middle, and what was copied last."""
        self._eyes.send(pattern)
        assert self._eyes.poll(_PATIENCE_S), f"nothing is called {pattern!r}"
        return self._eyes.recv()

    def click(self, name):
        """Move the mouse to what has that name, and press."""
        _, (x, y), _ = self.see(re.escape(name))
        self._do("mousemove", x, y, "click", 1)

    def enter(self, name, text):
        """Click into a field and type."""
        self.click(name)
        self._do("type", "--delay", 1, text)

    def key(self, keys):
        """Press keys together."""
        self._do("key", keys)

    def end(self):
        """Have it end, if it has not by itself."""
        self._eyes.close()
        self.process.terminate()
        self.process.wait()

    def _do(self, *words):
        subprocess.run(["xdotool", *map(str, words)], env=self._environment, check=True)


@pytest.fixture
def window(screen, tmp_path):
    window = Window(screen, ["--data-dir", str(tmp_path / "data"), "--host", "127.0.0.1", "--port", "0"])
    yield window
    window.end()


@pytest.mark.timeout(400)
def test_from_the_first_start_to_the_end_of_the_evening(window, device, media):
    # the wizard
    window.click("Continue")
    window.enter("E-mail", "robin@example.org")
    window.enter("Name", "robin")
    window.enter("Password", PASSWORD)
    window.enter("Password, once more", PASSWORD)
    window.click("Start Clipset")

    # an invitation, handed over by its link
    window.click("Invite someone")
    window.enter("Note", "For Mia")
    window.click("Create invitation")
    window.click("Copy the link")
    _, _, link = window.see("Copied")
    window.see("For Mia, Open, 7 days left")

    # somebody joins with it and uploads
    page = device()
    page.goto(link)
    page.get_by_label("E-mail").fill("mia@example.org")
    page.get_by_label("User name").fill("mia")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    page.get_by_role("link", name="Upload", exact=False).first.click()
    page.locator("input[type=file]").first.set_input_files(media("gen_bench_1080p30_h264_aac_28s.mp4"))

    # the queue shows it, from its coming to its end
    window.click("Queue")
    title, *_ = window.see("gen.bench.*mia.*")[0].split(",")
    window.see(f"{re.escape(title)}, Ready .*mia")
    window.click("People")
    window.see("mia, .*")

    # it is watched, and the host sees that, also when leaving
    page.get_by_role("link", name="Watch").click()
    expect(page.locator("video")).to_be_visible()
    stream = page.url.replace("/watch/", "/api/videos/") + "/stream"
    page.evaluate("async stream => { window.held = await fetch(stream) }", stream)  # for as long as it takes
    window.click("Overview")
    window.see(f"mia, {re.escape(title)}, .*")
    page.locator("video").evaluate(_STAND_STILL)
    window.see(f"mia, Buffering, {re.escape(title)}, .*")
    window.see("1 person watching")
    window.key("ctrl+q")
    window.see("1 person is watching.*")
    page.close()
    window.click("Quit")
    assert window.process.wait(timeout=_PATIENCE_S) == 0
