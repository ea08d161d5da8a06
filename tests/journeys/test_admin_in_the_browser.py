"""What an admin does in the browser: invite, sort into categories, look after queue and people, change settings."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.conftest import PASSWORD


def test_an_admins_day(server, device, media):
    page = device()
    page.goto(f"{server.url}/signin?next=/admin")
    page.get_by_label("User name or e-mail").fill("anna")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1, name="Admin")).to_be_visible()
    sections = page.get_by_role("navigation", name="Admin")

    sections.get_by_role("link", name="Invitations").click()
    page.get_by_label("Who is it for? (optional)").fill("Uncle Kim")
    page.get_by_role("button", name="Make an invitation").click()
    address = page.get_by_label("Address", exact=True).input_value()

    guest = device()
    guest.goto(re.sub(r"^https?://[^/]+", server.url, address))
    guest.get_by_label("E-mail").fill("kim@example.org")
    guest.get_by_label("User name").fill("kim")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_role("button", name="Join").click()
    expect(guest.get_by_role("heading", name="No videos yet")).to_be_visible()

    sections.get_by_role("link", name="Categories").click()
    page.get_by_role("button", name="New category").click()
    page.get_by_label("Name").fill("Family")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("list", name="Categories").get_by_role("link", name="Family")).to_be_visible()

    broken = server.admin.upload(media("gen_truncated_faststart.mp4"), title="Broken")
    server.heard.video_settled(broken["id"])
    sections.get_by_role("link", name="Queue").click()
    expect(page.get_by_role("listitem", name="Broken")).to_be_visible()

    sections.get_by_role("link", name="Settings").click()
    page.get_by_label("Name of the server").fill("The Club")
    page.get_by_label("Uploads a week and person (MB)").fill("1024")
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    stored = server.admin.get("/api/admin/config").json()
    assert (stored["server_name"], stored["weekly_upload_limit_bytes"]) == ("The Club", 1024**3)
    page.get_by_label("at the hour").fill("99")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("at the hour")).to_have_attribute("aria-invalid", "true")

    sections.get_by_role("link", name="People").click()
    kim = page.get_by_role("listitem", name="kim")
    kim.get_by_role("button", name="Lock out").click()
    expect(kim.get_by_text("Locked out")).to_be_visible()
    guest.goto(f"{server.url}/mine")
    expect(guest.get_by_role("button", name="Sign in")).to_be_visible()
    kim.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(kim).to_have_count(0)
