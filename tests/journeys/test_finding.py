"""Looking for a video in a library of a hundred: in order, further and further down, and back to where one was."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from server.database.engine import Database
from tests.journeys.conftest import PHONE, sign_in
from tests.large_library import RARE, fill

_COUNT, _PAGE = 100, 24


@pytest.fixture
def page(server, device):
    """A phone with a library of a hundred videos, which carry no pictures."""
    database = Database(server.clipset.settings.host.effective_database_url)
    fill(database, _COUNT)
    database.close()
    page = device(**PHONE)
    sign_in(page, server.url)
    page.goto(server.url)
    return page


def test_back_and_forward_keep_the_place_and_the_order(page):
    cards = page.locator(".card:not(.skeleton)")
    page.get_by_label("Sort by").select_option("title")
    expect(page).to_have_url(re.compile(r"/\?sort=title$"))
    # two more pages by scrolling, then one of the third
    for number in (_PAGE + 5, 2 * _PAGE + 5):
        cards.last.scroll_into_view_if_needed()
        expect(cards.nth(number)).to_be_attached()
    wanted = cards.nth(number)
    # in the middle, where nothing lies over it: a click would scroll it out from under the bottom bar
    wanted.evaluate("card => card.scrollIntoView({block: 'center'})")
    title = wanted.locator(".card-title").inner_text()
    top = page.evaluate("() => scrollY")
    assert top > 5000
    wanted.click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    page.go_back()
    expect(wanted).to_be_attached()
    expect(page.get_by_label("Sort by")).to_have_value("title")
    page.wait_for_function("top => Math.abs(scrollY - top) <= 2", arg=top)
    page.go_forward()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def test_an_address_can_be_kept(page, server):
    page.goto(f"{server.url}/search?q={RARE}&sort=longest")
    expect(
        page.get_by_role("heading", level=1, name=re.compile(rf"^\d+ results for “{RARE}”$"))
    ).to_be_visible()
    expect(page.get_by_label("Sort by")).to_have_value("longest")
    expect(page.locator("mark").first).to_have_text(re.compile(RARE, re.IGNORECASE))
