"""A real browser: Debian's Chromium, driven by Playwright. Skipped, with the reason, where there is none."""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from server import paths

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
        context = browser.new_context(locale="en-GB", **options)
        context.set_default_timeout(30_000)
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
