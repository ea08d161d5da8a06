"""The queue by its buttons in the browser, with the keyboard alone: put in order, pause, go on, cancel, try again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in
from tests.transcoding.puppet import Puppet, no_look


@pytest.fixture
def queue(start, device, media):
    """The queue's page with one job at work, which stands still until the test lets it go, and two that wait."""
    puppet = Puppet()
    server = start(run_child=puppet, look=no_look, transcode_workers=1)
    for title in ("First", "Second", "Third"):
        server.admin.upload(media("gen_vfr_jitter_noaudio.mp4"), title=title)
    page = device()
    sign_in(page, server.url)
    page.goto(f"{server.url}/admin/queue")
    _expect_order(page, "First", "Second", "Third")
    return puppet, page


def _expect_order(page, *titles):
    expect(page.get_by_role("list", name="Queue").get_by_role("listitem")).to_have_text(
        [re.compile(f"^{title}") for title in titles]
    )


def _row(page, title):
    return page.get_by_role("listitem", name=title)


def _press(page, title, button):
    """Press a button of a row as the keyboard does."""
    found = _row(page, title).get_by_role("button", name=button)
    found.focus()
    page.keyboard.press("Enter")


def test_the_order_is_changed_by_buttons(queue):
    puppet, page = queue
    _press(page, "Third", "Move Third up")
    _expect_order(page, "First", "Third", "Second")
    expect(page.get_by_text("Moved.")).to_be_visible()
    _press(page, "Second", "Next")
    _expect_order(page, "First", "Second", "Third")
    puppet.let_go(3)
    _expect_order(page, "Third", "Second", "First")
    expect(page.get_by_text(re.compile("^Ready"))).to_have_count(3)


def test_a_job_is_paused_taken_up_again_cancelled_and_tried_again(queue):
    puppet, page = queue
    _press(page, "First", "Pause First")
    expect(_row(page, "First").get_by_text("Paused by the admin")).to_be_visible()
    # what stands where the pressed button was has the focus: the same key goes on
    go_on = _row(page, "First").get_by_role("button", name="Go on")
    expect(go_on).to_be_focused()
    page.keyboard.press("Enter")
    expect(_row(page, "First").get_by_text(re.compile("Waiting|Being got ready"))).to_be_visible()

    _press(page, "Third", "Cancel Third")
    again = _row(page, "Third").get_by_role("button", name="Try again")
    expect(again).to_be_focused()
    expect(_row(page, "Third").get_by_text("Cancelled")).to_be_visible()
    page.keyboard.press("Enter")
    expect(again).to_have_count(0)
    puppet.let_go(3)
    for title in ("First", "Second", "Third"):
        expect(_row(page, title).get_by_text(re.compile("^Ready"))).to_be_visible()
