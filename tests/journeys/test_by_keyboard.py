"""A whole visit with the keyboard alone: sign in, find, watch, open and close what opens, never lose the focus."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.conftest import PASSWORD
from tests.journeys.conftest import sign_in


def _tab_to(page, locator, most=60):
    """Press Tab until `locator` has the focus, once it is there: what opens takes the focus with it."""
    expect(locator).to_be_visible()
    for _ in range(most):
        page.keyboard.press("Tab")
        if locator.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {locator}")


def test_a_visit_by_keyboard(library, device):
    page = device()
    page.goto(library.url)
    _tab_to(page, page.get_by_label("User name or e-mail"))
    page.keyboard.type("eva")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Library")).to_be_attached()

    search = page.get_by_role("searchbox").first
    search.focus()
    page.keyboard.type("ocean")
    expect(page.get_by_role("heading", level=1, name="1 result for “ocean”")).to_be_visible()
    expect(search).to_be_focused()
    expect(page.locator("mark")).to_have_text("ocean")

    _tab_to(page, page.get_by_role("link", name=re.compile("The ocean in July")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="The ocean in July")).to_be_visible()
    expect(page.locator("main")).to_be_focused()

    share = page.get_by_role("button", name="Share")
    _tab_to(page, share)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Share this video")).to_be_visible()
    page.keyboard.press("Escape")
    expect(share).to_be_focused()

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(share).to_be_focused()

    page.go_back()
    expect(search).to_have_value("ocean")
    menu = page.get_by_role("button", name="Your account and settings")
    _tab_to(page, menu)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="My videos")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="My videos")).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    _tab_to(page, page.get_by_role("button", name="Sign out"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_focus_stays_where_something_was_deleted(server, device, media):
    for title in ("First", "Second"):
        video = server.admin.upload(media("gen_vfr_jitter_noaudio.mp4"), title=title)
        server.heard.video_settled(video["id"])
    page = device()
    sign_in(page, server.url)
    page.goto(f"{server.url}/mine")
    # in its place stands the next one's, and after the last one what can be done then
    first_left = page.get_by_role("button", name="Delete First")
    none_left = page.get_by_role("link", name="Upload a video")
    for title, heir in (("Second", first_left), ("First", none_left)):
        _tab_to(page, page.get_by_role("button", name=f"Delete {title}"))
        page.keyboard.press("Enter")
        _tab_to(page, page.get_by_role("dialog").get_by_role("button", name="Delete"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name=title)).to_have_count(0)
        expect(heir).to_be_focused()
    expect(page.get_by_role("heading", name="You have not uploaded anything yet")).to_be_visible()


def test_the_content_can_be_reached_without_all_that_is_before_it(library, device):
    page = device()
    library.sign_in(page)
    page.goto(library.url)
    expect(page.get_by_role("link", name=re.compile("The ocean in July"))).to_be_visible()
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_what_is_chosen_and_how_far_it_is_is_seen_in_few_colours(library, device):
    page = device(forced_colors="active")
    library.sign_in(page)
    page.goto(f"{library.url}/category/holidays")
    chips = page.get_by_role("navigation", name="Categories").get_by_role("link")
    expect(chips).to_have_count(2)
    grounds = chips.evaluate_all("all => all.map(chip => getComputedStyle(chip).backgroundColor)")
    assert len(set(grounds)) == 2
    page.goto(f"{library.url}/account")
    bar = page.get_by_role("progressbar")
    expect(bar).to_be_visible()
    ground = "element => getComputedStyle(element).backgroundColor"
    assert bar.evaluate(ground) != bar.locator("span").evaluate(ground)
