"""A whole visit with the keyboard alone: sign in, find, watch, open and close what opens, never lose the focus."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.conftest import PASSWORD


def _tab_to(page, locator, most=60):
    """Press Tab until `locator` has the focus."""
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

    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    if not skip.evaluate("element => element === document.activeElement"):
        page.keyboard.press("Shift+Tab")
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
