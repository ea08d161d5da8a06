"""A member's day: join, upload two files of which one is cut off, watch, read in German, delete."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from server.values.jobs import JobState
from tests.conftest import PASSWORD
from tests.journeys.conftest import PHONE

_WATCH_A_LITTLE = """(video, from) => new Promise(done => {
    video.muted = true
    video.currentTime = from
    video.play()
    video.addEventListener("timeupdate", () => {
        if (video.currentTime < from + 0.2 || video.currentTime > from + 5 || video.paused) return
        video.pause()
        done()
    })
})"""


def _tells_of_second_30(answer):
    asked = answer.request
    is_position = asked.method == "PUT" and asked.url.endswith("/position")
    return is_position and asked.post_data_json["position_ms"] >= 30_000


def test_a_members_day(server, device, media):
    phone = device(**PHONE)
    token = server.admin.post("/api/invitations", json={}).raise_for_status().json()["token"]
    phone.goto(f"{server.url}/join/{token}")
    phone.get_by_label("E-mail").fill("mia@example.org")
    phone.get_by_label("User name").fill("mia")
    phone.get_by_label("Password", exact=True).fill("mia12345")
    expect(phone.get_by_text("Easy to guess")).to_be_visible()
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    expect(phone.get_by_text("Strong")).to_be_visible()
    phone.get_by_role("button", name="Join").click()

    # the connection breaks before the first byte, and the page is loaded anew
    phone.route(
        "**/api/uploads/*",
        lambda route: route.abort() if route.request.method == "PATCH" else route.fallback(),
    )
    phone.get_by_role("link", name="Upload", exact=True).click()
    ocean, trailer = media("vide_ocean.mp4"), media("pymv_trailer_bbb.mp4")
    phone.locator("input[type=file]").set_input_files([ocean, trailer])
    first, second = (phone.get_by_role("listitem", name=file.name) for file in (ocean, trailer))
    expect(first.get_by_text("The connection was lost")).to_be_visible()
    expect(second.get_by_text("The connection was lost")).to_be_visible()
    phone.once("dialog", lambda dialog: dialog.accept())
    phone.reload()
    phone.unroute("**/api/uploads/*")
    expect(first.get_by_text("Choose the same file again to go on")).to_be_visible()
    phone.locator("input[type=file]").set_input_files([ocean, trailer])
    first.get_by_label("Title").fill("My ocean")
    first.get_by_label("Title").press("Enter")
    expect(first.get_by_role("link", name=re.compile("Watch"))).to_be_visible(timeout=120_000)
    expect(second.get_by_role("link", name=re.compile("Watch"))).to_be_visible(timeout=120_000)

    # watched until half a minute in
    second.get_by_role("link", name=re.compile("Watch")).click()
    expect(phone.get_by_role("heading", level=1, name="pymv trailer bbb")).to_be_visible()
    with phone.expect_response(_tells_of_second_30):
        phone.locator("video").evaluate(_WATCH_A_LITTLE, 30)
    # on with it once it is ready: it could be watched before
    trailer_id = re.search(r"/watch/([0-9a-f-]+)", phone.url)[1]
    assert server.heard.job_of(trailer_id) is JobState.DONE

    # the same member at a desk, in German
    desk = device(locale="de-DE")
    desk.goto(server.url)
    desk.get_by_label("Benutzername oder E-Mail").fill("mia")
    desk.get_by_label("Passwort", exact=True).fill("wrong")
    desk.get_by_role("button", name="Anmelden").click()
    expect(desk.get_by_text("Der Name oder das Passwort ist falsch.")).to_be_visible()
    desk.get_by_label("Passwort", exact=True).fill(PASSWORD)
    desk.get_by_role("button", name="Anmelden").click()
    begun = desk.get_by_role("region", name="Weiterschauen")
    begun.get_by_role("link", name=re.compile("pymv trailer bbb")).click()
    expect(desk.get_by_text("Geht weiter bei 0:30")).to_be_visible()
    desk.wait_for_function("() => document.querySelector('video').currentTime >= 30")
    desk.get_by_role("button", name="Von vorn").click()
    desk.wait_for_function("() => document.querySelector('video').currentTime < 20")

    desk.go_back()
    desk.get_by_role("link", name=re.compile("My ocean")).first.click()
    expect(desk.get_by_role("heading", level=1, name="My ocean")).to_be_visible()
    desk.get_by_role("button", name="Löschen").click()
    desk.get_by_role("dialog").get_by_role("button", name="Löschen").click()
    expect(desk.get_by_text("Das Video ist gelöscht.")).to_be_visible()
    expect(desk.get_by_role("link", name=re.compile("My ocean"))).to_have_count(0)

    # what the week was spent on, and every other device is signed out at once
    desk.goto(f"{server.url}/account")
    desk.get_by_text("Was verbraucht wurde").click()
    expect(desk.get_by_text("Hochgeladen", exact=True)).to_have_count(2)
    desk.get_by_role("button", name=re.compile("^Chrome.* abmelden$")).click()
    expect(desk.get_by_text("ist abgemeldet.")).to_be_visible()
    phone.goto(f"{server.url}/mine")
    expect(phone.get_by_role("button", name="Sign in")).to_be_visible()


def test_no_connection_is_said_and_passes_by_itself(library, device):
    page = device()
    library.sign_in(page)
    page.goto(library.url)
    expect(page.get_by_role("link", name=re.compile("The ocean in July"))).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("searchbox").first.fill("ocean")
    expect(page.get_by_text("No connection to the server. Trying again by itself.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("No connection to the server. Trying again by itself.")).to_have_count(0)
    expect(page.get_by_role("heading", level=1, name="1 result for “ocean”")).to_be_visible()
