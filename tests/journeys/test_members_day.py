"""A member's day: join, upload two files of which one is cut off, watch one while it is made, share it, delete it."""

from __future__ import annotations

import re
import sys

import pytest
from playwright.sync_api import expect

from server.values.jobs import JobState
from tests.conftest import PASSWORD
from tests.journeys.conftest import PHONE, play
from tests.transcoding.puppet import no_look
from tests.watching.clips import clip
from tests.watching.held import Held

_SECONDS = 60
#: Where she stops watching, and from where on the encode is held still: long before its end on any machine.
_STOPPED_S, _HELD_S = 8, 12

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


def _tells_where_she_stopped(answer):
    asked = answer.request
    is_position = asked.method == "PUT" and asked.url.endswith("/position")
    return is_position and asked.post_data_json["position_ms"] >= _STOPPED_S * 1000


class _CutInTheMiddle:
    """Uploads of one file: half of it reaches the server, then the connection is gone."""

    def __init__(self, page, server, file):
        self._page, self._url, self._bytes = page, server.url, file.read_bytes()
        self.sent_from = []
        page.route("**/api/uploads/*", self._cut)

    @property
    def half(self):
        return len(self._bytes) // 2

    def _cut(self, route):
        asked = route.request
        offset = asked.headers.get("upload-offset")
        if asked.method != "PATCH" or self._page.request.head(asked.url, headers=_TUS).headers[
            "upload-length"
        ] != str(len(self._bytes)):
            route.fallback()
            return
        self.sent_from.append(int(offset))
        if offset == "0":
            headers = {**_TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
            answer = self._page.request.patch(
                asked.url, data=self._bytes[: self.half], headers={**headers, "Origin": self._url}
            )
            assert answer.status == 204, answer.text()
        route.abort()

    def mend(self):
        """From now on everything comes through."""
        self._page.unroute("**/api/uploads/*")
        self._page.on("request", self._note)

    def _note(self, asked):
        if asked.method == "PATCH" and "/api/uploads/" in asked.url:
            self.sent_from.append(int(asked.headers["upload-offset"]))


_TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def held(start):
    """A server whose encodes stand still as soon as that much can be watched, and are thorough until then."""
    if sys.platform == "win32":
        pytest.skip("needs a way to freeze a process")
    held = Held(from_ms=_HELD_S * 1000)
    return held, start(run_child=held, look=no_look, transcode_workers=1, transcode_preset="slow")


def test_a_members_day(held, device, media, tmp_path):
    held, server = held
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

    # two files: one comes through, the other is cut in the middle, and the page is loaded anew
    ocean = media("vide_ocean.mp4")
    party = clip(tmp_path / "party.mkv", seconds=_SECONDS, size=(640, 360))
    cut = _CutInTheMiddle(phone, server, party)
    phone.get_by_role("link", name="Upload", exact=True).click()
    phone.locator("input[type=file]").set_input_files([ocean, party])
    first, second = (phone.get_by_role("listitem", name=file.name) for file in (ocean, party))
    expect(first.get_by_role("link", name=re.compile("Watch"))).to_be_visible(timeout=120_000)
    first.get_by_label("Title").fill("My ocean")
    first.get_by_label("Title").press("Enter")
    expect(second.get_by_text("The connection was lost")).to_be_visible()
    phone.once("dialog", lambda dialog: dialog.accept())
    phone.reload()
    cut.mend()
    expect(
        second.get_by_text(re.compile("% has arrived. Choose the same file again to go on"))
    ).to_be_visible()
    phone.locator("input[type=file]").set_input_files(party)

    # watched while it is made, which stands still until the end of this part
    second.get_by_role("link", name="Watch already").click(timeout=120_000)
    assert {*cut.sent_from} == {0, cut.half}, "what had arrived was not sent again"
    expect(phone.get_by_role("heading", level=1, name="party")).to_be_visible()
    expect(phone.get_by_text(re.compile(r"The first 0:\d\d can be watched already"))).to_be_visible()
    with phone.expect_response(_tells_where_she_stopped) as told:
        phone.locator("video").evaluate(_WATCH_A_LITTLE, _STOPPED_S)
    stopped_s = told.value.request.post_data_json["position_ms"] // 1000
    party_id = re.search(r"/watch/([0-9a-f-]+)", phone.url)[1]
    assert server.admin.video(party_id)["status"] == "processing"

    # the same member at a desk, in German: on from there
    desk = device(locale="de-DE")
    desk.goto(server.url)
    desk.get_by_label("Benutzername oder E-Mail").fill("mia")
    desk.get_by_label("Passwort", exact=True).fill("wrong")
    desk.get_by_role("button", name="Anmelden").click()
    expect(desk.get_by_text("Der Name oder das Passwort stimmt nicht.")).to_be_visible()
    desk.get_by_label("Passwort", exact=True).fill(PASSWORD)
    desk.get_by_role("button", name="Anmelden").click()
    expect(desk.get_by_role("link", name=re.compile("party"))).to_have_count(1)
    held.go_on()
    assert server.heard.job_of(party_id) is JobState.DONE
    # what she has begun is offered as soon as it is whole, without asking anew
    begun = desk.get_by_role("region", name="Weiterschauen")
    begun.get_by_role("link", name=re.compile("party")).click()
    expect(desk.get_by_text(f"Geht weiter bei 0:{stopped_s:02}")).to_be_visible()
    desk.wait_for_function("from => document.querySelector('video').currentTime >= from", arg=stopped_s)
    desk.get_by_role("button", name="Von vorn").click()
    desk.wait_for_function("from => document.querySelector('video').currentTime < from", arg=stopped_s)

    # shared with somebody who has no account
    desk.get_by_role("button", name="Teilen").click()
    desk.get_by_role("button", name="Link erstellen").click()
    address = desk.get_by_label("Der neue Link").input_value()
    desk.keyboard.press("Escape")
    grandma = device()
    grandma.goto(re.sub(r"^https?://[^/]+", server.url, address))
    expect(grandma.get_by_role("heading", level=1, name="party")).to_be_visible()
    play(grandma, grandma.locator("video"))
    grandma.wait_for_function("() => document.querySelector('video').currentTime > 0.3")

    # deleted, for her as well
    desk.get_by_role("button", name="Löschen").click()
    desk.get_by_role("dialog").get_by_role("button", name="Löschen").click()
    expect(desk.get_by_text("Das Video ist gelöscht.")).to_be_visible()
    expect(desk.get_by_role("link", name=re.compile("My ocean")).first).to_be_visible()
    expect(desk.get_by_role("link", name=re.compile("party"))).to_have_count(0)
    grandma.reload()
    expect(grandma.get_by_role("heading", name="This link cannot be used")).to_be_visible()

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
