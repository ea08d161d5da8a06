"""Every page of the client, on phone and desktop, light and dark: its heading, its width, what axe-core finds.

Needs Chromium, the built web client with its packages, and the media folder.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESKTOP, PHONE

#: How wide the page is beyond the screen; the chips and lists that scroll sideways do so by themselves.
_OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _pages(library):
    """Address, heading, and whether it is for members."""
    captions = library.videos["With captions and chapters"]
    member = library.server.admin.get("/api/auth/me").json()["id"]
    token = library.server.admin.post("/api/invitations", json={}).json()["token"]
    link = library.server.admin.post(f"/api/videos/{captions}/links", json={}).json()["token"]
    return [
        ("/signin", "Clipset", False),
        (f"/join/{token}", "Join Clipset", False),
        ("/join/wrong", "This invitation cannot be used", False),
        ("/setup/wrong", "This server is set up already", False),
        ("/reset/wrong", "Choose a new password", False),
        (f"/shared/{link}", "With captions and chapters", False),
        ("/shared/wrong", "This link cannot be used", False),
        ("/docs", "The API", False),
        ("/", "Library", True),
        ("/category/holidays", "Holidays", True),
        ("/category/nothing", "There is nothing here", True),
        ("/search", "What are you looking for?", True),
        ("/search?q=ocean", "1 result for “ocean”", True),
        ("/search?q=zebra", "Search", True),
        (f"/watch/{captions}", "With captions and chapters", True),
        ("/watch/nothing", "This video is gone", True),
        (f"/member/{member}", "anna", True),
        ("/upload", "Upload", True),
        ("/mine", "My videos", True),
        ("/account", "anna", True),
        ("/admin", "Admin", True),
        ("/admin/queue", "Admin", True),
        ("/admin/people", "Admin", True),
        ("/admin/invitations", "Admin", True),
        ("/admin/categories", "Admin", True),
        ("/admin/settings", "Admin", True),
        ("/nowhere", "There is nothing here", True),
    ]


#: The narrowest screen that nothing may be wider than (WCAG 2.2, 1.4.10), asked for on the phone.
_NARROWEST_PX = 320


@pytest.mark.parametrize("look", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_is_for_everybody(library, device, axe, look):
    stranger, member = device(**look, reduced_motion="reduce"), device(**look, reduced_motion="reduce")
    library.sign_in(member)
    wrong = []
    for address, heading, for_members in _pages(library):
        page = member if for_members else stranger
        page.goto(library.url + address)
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_attached()
        expect(page.locator(".skeleton")).to_have_count(0)
        wrong += [f"{address}: {violation}" for violation in axe(page)]
        if look is PHONE:
            page.set_viewport_size({"width": _NARROWEST_PX, "height": 640})
        if page.evaluate(_OVERFLOW) > 0:
            wrong.append(f"{address} is wider than the screen")
        page.set_viewport_size(look["viewport"])
    assert wrong == []


def test_what_opens_over_a_page_is_for_everybody_too(library, device, axe):
    page = device(reduced_motion="reduce")
    library.sign_in(page)
    wrong = []

    def look():
        wrong.extend(axe(page))

    page.goto(f"{library.url}/watch/{library.videos['With captions and chapters']}")
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("dialog", name="Share this video")).to_be_visible()
    look()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shortcuts).to_be_visible()
    # axe-core says nothing of words within the player, whose white ones on white nobody could read
    text = page.locator("html").evaluate("html => getComputedStyle(html).color")
    expect(shortcuts).to_have_css("color", text)
    look()
    page.keyboard.press("Escape")
    page.locator("video").hover()
    page.get_by_role("button", name="Playback settings").click()
    expect(page.get_by_label("Speed")).to_be_visible()
    look()
    page.goto(f"{library.url}/account")
    page.get_by_role("button", name="Change password").click()
    page.get_by_label("New password").fill("password1")
    expect(page.get_by_text("Easy to guess")).to_be_visible()
    look()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Your account and settings").click()
    look()
    assert wrong == []


def test_the_page_of_the_api_shows_every_operation_and_asks_nobody_else(library, device):
    page, asked = device(), set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto(f"{library.url}/docs")
    document = library.server.stranger().get("/api/openapi.json").json()
    operations = sum(len(item) for item in document["paths"].values())
    expect(page.locator(".docs-operation")).to_have_count(operations)
    page.get_by_role("searchbox").fill("ledger")
    expect(page.locator(".docs-operation")).to_have_count(1)
    page.locator(".docs-operation summary").click()
    expect(page.get_by_text("/api/auth/ledger").first).to_be_visible()
    assert asked == {urlsplit(library.url).netloc}
