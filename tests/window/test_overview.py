"""The frame and the first page: is it on, how do people get in, who is watching, is there room."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from clipset_desktop.context import Context
from clipset_desktop.pages.overview import OverviewPage
from clipset_desktop.widgets.rows import ROW_ROLE, Badge
from clipset_desktop.window import MainWindow
from server.events import ViewersChanged


@pytest.fixture
def page(window: MainWindow) -> OverviewPage:
    """The page that is open at first."""
    page = window.pages["overview"]
    assert isinstance(page, OverviewPage)
    assert page.isVisible()
    return page


def test_the_address_as_text_code_and_copy(page: OverviewPage, server: Any, window: MainWindow) -> None:
    address = server.clipset.address
    assert page.address.text() == address
    assert page.qr.text == address
    page.copy.click()
    assert QGuiApplication.clipboard().text() == address
    assert window.rail.address.text() == address.removeprefix("http://")


def test_viewers_come_by_events(
    page: OverviewPage, window: MainWindow, server: Any, hand: SimpleNamespace
) -> None:
    assert window.rail.viewers.text() == "Nobody is watching"
    server.clipset.events.publish(ViewersChanged(viewers_now=3))
    hand.until(lambda: window.rail.viewers.text() == "3 people watching")
    assert page.watching._figure.text() == "3"


def test_figures_follow_uploads(page: OverviewPage, server: Any, hand: SimpleNamespace, media: Any) -> None:
    server.admin.upload(media("mp4p_metadata.mp4"))
    hand.until(lambda: page.room._line.text().startswith("1 video takes "))


def test_inviting_leads_to_the_form(page: OverviewPage, window: MainWindow) -> None:
    page.invite.click()
    invitations: Any = window.pages["invitations"]
    assert invitations.isVisible()
    assert invitations.panel.isVisible()
    assert window.rail.findChild(QPushButton, "rail-invitations").isChecked()


def test_every_page_by_keyboard(window: MainWindow, qtbot: Any) -> None:
    names = list(window.pages)[:-1]
    assert list(window.pages)[-1] == "reaching"
    assert names == [
        "overview",
        "queue",
        "videos",
        "people",
        "invitations",
        "categories",
        "backups",
        "settings",
        "log",
    ]
    for at, name in enumerate(names):
        button = window.rail.findChild(QPushButton, f"rail-{name}")
        assert button.shortcut().toString() == f"Ctrl+{at + 1}"
        assert button.text()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert window.pages[name].isVisible()


def test_it_can_be_used_at_720_by_480(window: MainWindow, qtbot: Any, hand: SimpleNamespace) -> None:
    window.resize(720, 480)

    def fits(page: Any) -> bool:
        layout = page.layout()
        return bool(
            page.minimumSizeHint().width() <= page.width()
            and layout.minimumHeightForWidth(page.width()) <= page.height()
        )

    for name, page in window.pages.items():
        window.show_page(name)
        # a page may leave something out where there is no room, and is laid out anew after that
        hand.until(lambda page=page: fits(page))


def test_size_and_place_are_remembered(ctx: Context, qtbot: Any) -> None:
    first = MainWindow(ctx)
    qtbot.addWidget(first)
    first.show()
    assert (first.width(), first.height()) == (960, 640)
    first.resize(700, 500)
    first.close()
    second = MainWindow(ctx)
    qtbot.addWidget(second)
    assert (second.width(), second.height()) == (700, 500)


def test_a_page_that_is_gone_hears_nothing(ctx: Context, server: Any, qtbot: Any) -> None:
    heard: list[object] = []
    page = OverviewPage(ctx)
    page.listen(ViewersChanged, heard.append)
    page.show()
    server.clipset.events.publish(ViewersChanged(viewers_now=1))
    qtbot.waitUntil(lambda: len(heard) == 1)
    with qtbot.waitSignal(page.destroyed):
        page.deleteLater()
    with qtbot.waitSignal(ctx.bridge.happened):
        server.clipset.events.publish(ViewersChanged(viewers_now=2))
    assert len(heard) == 1


def test_who_watches_is_listed_while_they_do(
    page: OverviewPage, server: Any, hand: SimpleNamespace, media: Any
) -> None:
    assert not page.who.isVisible()
    member = server.member("max")
    video = member.upload(media("pymv_trailer_bbb.mp4"), title="The rabbit")
    server.heard.video_settled(video["id"])
    member.get(f"/api/videos/{video['id']}/stream").raise_for_status()
    hand.until(page.who.isVisible)
    row = page.watchers.index(0).data(ROW_ROLE)
    assert (row.strong, row.quiet) == ("max", "The rabbit")
    assert re.match(r"\d+p · \d", row.trailing)
    assert row.badges == ()
    position = f"/api/videos/{video['id']}/position"
    member.put(position, json={"position_ms": 100, "waits": True}).raise_for_status()
    server.clipset.pulse.sample()
    hand.until(
        lambda: page.watchers.index(0).data(ROW_ROLE).badges == (Badge(text="Buffering", tone="warn"),)
    )
    member.put(position, json={"position_ms": 200}).raise_for_status()
    server.clipset.pulse.sample()
    hand.until(lambda: page.watchers.index(0).data(ROW_ROLE).badges == ())


def test_plots_go_on_with_each_sample(page: OverviewPage, server: Any, hand: SimpleNamespace) -> None:
    for _ in range(2):
        server.clipset.pulse.sample()
    hand.until(lambda: len(page.traffic.values) >= 2)
    assert page.free.values[-1] > 0
    assert page.free.accessibleDescription()
    assert not page.grab().isNull()


def test_the_doctor_says_what_keeps_others_out_and_what_to_do(
    page: OverviewPage, window: MainWindow, server: Any, hand: SimpleNamespace
) -> None:
    page.doctor.click()
    reaching: Any = window.pages["reaching"]
    assert reaching.isVisible()
    assert window.rail.findChild(QPushButton, "rail-overview").isChecked()
    hand.until(lambda: [each.code for each in reaching.findings] == ["this_machine_only"])
    assert reaching.qr.text == server.clipset.address
    assert reaching.proof.text() == "Try it with a phone"
    server.clipset.lan.seen("192.0.2.77")
    hand.until(lambda: "192.0.2.77" in reaching.proof.text())
    hand.press(reaching, "back")
    assert page.isVisible()
