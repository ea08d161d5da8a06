"""The web client's uploader: verdict, order, pause, another day, a page that closes, a dark screen, a full disk."""

from __future__ import annotations

import base64
import re
import shutil
from contextlib import closing

import pytest
from playwright.sync_api import expect

from server.services.room import SPARE_BYTES
from server.storage import Storage
from tests.conftest import PASSWORD
from tests.journeys.conftest import PHONE
from tests.uploading.router import Router

_FILM = "psd_testvideo.mp4"
_WATCH = re.compile("^Watch$")


def _open(page, url):
    """Sign in as anna and open the page for uploads."""
    answer = page.request.post(
        f"{url}/api/auth/login", data={"username": "anna", "password": PASSWORD}, headers={"Origin": url}
    )
    assert answer.ok, answer.text()
    page.goto(f"{url}/upload")


def _choose(page, *files):
    """Choose files as people do, by the button."""
    with page.expect_file_chooser() as chooser:
        page.locator("button", has_text=re.compile("Choose videos|Add more videos")).click()
    chooser.value.set_files(files)


def _card(page, file):
    return page.get_by_role("listitem", name=file.name)


def _starts_of(page):
    """The offsets of all pieces that are sent from now on."""
    offsets = []

    def note(request):
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    page.on("request", note)
    return offsets


@pytest.fixture
def film(media, tmp_path):
    """A film that belongs to us, so that its date stays."""
    return shutil.copy2(media(_FILM), tmp_path / _FILM)


def test_the_verdict_comes_before_a_byte_is_sent(server, device, film, tmp_path):
    server.admin.patch("/api/admin/config", json={"max_file_size_bytes": 1_000_000}).raise_for_status()
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7")
    page = device()
    sent = []
    page.on("request", lambda request: sent.append(request.method) if "/api/uploads" in request.url else None)
    _open(page, server.url)
    _choose(page, film, letter)
    expect(_card(page, film).get_by_text("This file is larger than this server takes.")).to_be_visible()
    expect(_card(page, letter).get_by_text("This file is not a video.")).to_be_visible()
    assert (sent, server.admin.get("/api/auth/me").json()["quota"]["used_bytes"]) == (["POST", "POST"], 0)


def test_several_files_in_the_order_somebody_wants(server, device, film):
    files = [shutil.copy2(film, film.with_name(f"{name}.mp4")) for name in "abcd"]
    page = device()
    begun, held = [], []

    def begin(route):
        if route.request.method == "POST":
            name = dict(pair.split(" ") for pair in route.request.headers["upload-metadata"].split(","))
            begun.append(base64.b64decode(name["filename"]).decode())
        route.fallback()

    page.route("**/api/uploads", begin)
    page.route(
        "**/api/uploads/*",
        lambda route: held.append(route) if route.request.method == "PATCH" else route.fallback(),
    )
    _open(page, server.url)
    _choose(page, *files)
    first, second, third, fourth = (_card(page, file) for file in files)
    for card in (first, second):
        expect(card.get_by_text("Sending, 0%")).to_be_visible()
    for card in (third, fourth):
        expect(card.get_by_text("Waits for the others to be sent")).to_be_visible()

    page.get_by_role("button", name="Pause all").click()
    expect(page.get_by_text("Paused at 0%")).to_have_count(4)
    page.get_by_role("button", name="Go on with all").click()
    fourth.get_by_role("button", name="Send d first").click()
    expect(fourth.get_by_role("button", name="Send d first")).to_have_count(0)
    page.unroute("**/api/uploads/*")
    for route in held:
        route.abort()  # of before the pause, or on its way again
    sent = re.compile("^Sent|^Getting ready|^Ready to watch")
    for card in (first, second, third, fourth):
        expect(card.locator(".upload-status").get_by_text(sent)).to_be_visible(timeout=120_000)
    # one that was paused before the server had answered is begun once more
    assert list(dict.fromkeys(begun)) == ["a.mp4", "b.mp4", "d.mp4", "c.mp4"]


def test_pause_and_go_on_from_there(server, device, film):
    page = device()
    with closing(Router(server)) as router:
        _open(page, router.url)
        offsets = _starts_of(page)
        router.hold_after(1_000_000)
        _choose(page, film)
        router.wait_until_held()
        _card(page, film).get_by_role("button", name="Pause").click()
        router.cut()  # what the system still holds of the paused request
        router.let_go()
        expect(_card(page, film).get_by_text("Nothing that was sent is lost.")).to_be_visible()
        _card(page, film).get_by_role("button", name="Go on").click()
        expect(_card(page, film).get_by_role("link", name=_WATCH)).to_be_visible(timeout=120_000)
        assert (offsets[0], offsets[-1] > 0) == (0, True), offsets


def test_a_page_that_is_closed_warns_and_goes_on_another_day(server, device, film):
    page = device()
    with closing(Router(server)) as router:
        _open(page, router.url)
        router.hold_after(1_000_000)
        _choose(page, film)
        router.wait_until_held()
        warnings = []

        def stay(dialog):
            warnings.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        with page.expect_event("dialog"):
            page.close(run_before_unload=True)
        expect(_card(page, film).get_by_text("Sending")).to_be_visible()
        assert warnings == ["beforeunload"]
        kept = page.context.storage_state()
        page.context.close()
        router.cut()
        router.let_go()

        another_day = device(storage_state=kept)
        offsets = _starts_of(another_day)
        another_day.goto(f"{router.url}/upload")
        card = _card(another_day, film)
        expect(
            card.get_by_text(re.compile("^[1-9][0-9]?% has arrived. Choose the same file"))
        ).to_be_visible()
        _choose(another_day, film)
        expect(card.get_by_role("link", name=_WATCH)).to_be_visible(timeout=120_000)
        assert offsets[0] > 0
        another_day.on("dialog", stay)
        another_day.goto("about:blank")
        assert warnings == ["beforeunload"], "what is sent is no reason to stay"


def test_a_phone_whose_screen_was_dark_goes_on_at_once(server, device, film):
    phone = device(**PHONE)
    phone.add_init_script(
        """navigator.wakeLock.request = async () => {
            globalThis.locks = (globalThis.locks ?? 0) + 1
            return Object.assign(new EventTarget(), { release: async () => { globalThis.locks -= 1 } })
        }"""
    )
    phone.clock.install()
    with closing(Router(server)) as router:
        _open(phone, router.url)
        router.hold_after(1_000_000)
        _choose(phone, film)
        router.wait_until_held()
        assert phone.evaluate("() => globalThis.locks") == 1, (
            "the screen is kept bright where that is allowed"
        )
        # dark: no clock of the page goes on, so that nothing but waking can end the wait, and connections are lost
        phone.clock.pause_at(phone.evaluate("() => Date.now() + 10_000"))
        router.unplug()
        router.cut()
        expect(_card(phone, film).get_by_text("The connection was lost")).to_be_visible()
        router.plug(server)
        router.let_go()
        with phone.expect_request(lambda request: request.method == "PATCH") as again:
            phone.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
        assert int(again.value.headers["upload-offset"]) > 0
        phone.clock.resume()
        expect(_card(phone, film).get_by_role("link", name=_WATCH)).to_be_visible(timeout=120_000)
        assert phone.evaluate("() => globalThis.locks") == 0


def test_a_full_disk_is_waited_for(server, device, film, monkeypatch):
    free = [0]
    monkeypatch.setattr(Storage, "free_bytes", lambda _self: free[0])
    page = device()
    _open(page, server.url)
    _choose(page, film)
    expect(_card(page, film).get_by_text("The server has no room just now. Trying again in")).to_be_visible()
    free[0] = SPARE_BYTES + (1 << 30)
    expect(_card(page, film).get_by_role("link", name=_WATCH)).to_be_visible(timeout=120_000)
