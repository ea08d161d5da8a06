"""A lost password: the admin makes an address that works once, and the person chooses a new one there."""

from __future__ import annotations

import re

from playwright.sync_api import expect

NEW = "purple lantern under the bridge"


def test_a_new_password_from_the_admin(server, device):
    person = server.member("kim")
    admin, kim = device(), device()
    admin.request.post(
        f"{server.url}/api/auth/login",
        data={"username": "anna", "password": "correct horse battery"},
        headers={"Origin": server.url},
    )
    admin.goto(f"{server.url}/admin/people")
    row = admin.get_by_role("listitem", name="kim")
    row.get_by_role("button", name="New password").click()
    address = admin.get_by_role("dialog").get_by_label("Address", exact=True).input_value()

    kim.goto(re.sub(r"^https?://[^/]+", server.url, address))
    kim.get_by_role("textbox", name="New password").fill("password")
    expect(kim.get_by_text("Easy to guess")).to_be_visible()
    kim.get_by_role("textbox", name="New password").fill(NEW)
    kim.get_by_role("button", name="Save and sign in").click()
    expect(kim.get_by_role("heading", name="No videos yet")).to_be_visible()
    assert person.get("/api/auth/me").status_code == 401, "the old device is signed out"

    kim.get_by_role("button", name="Your account and settings").click()
    kim.get_by_role("button", name="Sign out").click()
    kim.goto(re.sub(r"^https?://[^/]+", server.url, address))
    kim.get_by_role("textbox", name="New password").fill(NEW)
    kim.get_by_role("button", name="Save and sign in").click()
    expect(kim.get_by_role("alert")).not_to_be_empty()
