"""People and categories, through the window and down to the real database."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from clipset_desktop.pages import people_model
from clipset_desktop.pages.link_card import LinkCard
from clipset_desktop.widgets.ask import Question
from clipset_desktop.widgets.rows import ROW_ROLE
from clipset_desktop.window import MainWindow
from server.values.accounts import HOST, Role

#: Texts that would do something if anything read them as markup, a format or a path.
HOSTILE = [
    "<b>bold</b><img src=x onerror=alert(1)>",
    "{name} {0} %s %n",
    "../../etc/passwd",
    "\u202egpj.exe",
    "𝕌𝕟𝕚 🎬 汉字 עברית",
]


@pytest.fixture
def page(window: MainWindow, hand: SimpleNamespace, server: Any) -> Any:
    """The page, with an admin (anna) and a member (max) on it."""
    server.member("max")
    window.show_page("people")
    page: Any = window.pages["people"]
    hand.until(lambda: len(page.model.values) == 2)
    return page


def _person(page: Any, name: str) -> Any:
    return next(each for each in page.model.values if each.username == name)


def _badges(page: Any, name: str) -> list[str]:
    row = page.model.index(page.model.place(_person(page, name).id)).data(ROW_ROLE)
    return [badge.text for badge in row.badges]


def test_roles(page: Any, hand: SimpleNamespace) -> None:
    assert _badges(page, "anna") == ["Admin"]
    page.act(people_model.MAKE_ADMIN, _person(page, "max"))
    hand.until(lambda: _badges(page, "max") == ["Admin"])
    page.act(people_model.MAKE_MEMBER, _person(page, "max"))
    hand.until(lambda: _badges(page, "max") == [])


def test_the_last_admin_stays(page: Any, hand: SimpleNamespace) -> None:
    page.act(people_model.SWITCH_OFF, _person(page, "anna"))
    hand.until(page.notice.isVisible)
    assert page.notice.text.text() == "This is the only active admin. Make somebody else an admin first."
    assert _person(page, "anna").is_active


def test_switched_off_means_out(page: Any, hand: SimpleNamespace, server: Any) -> None:
    device = server.signed_in("max")
    page.act(people_model.SWITCH_OFF, _person(page, "max"))
    hand.until(lambda: _badges(page, "max") == ["Switched off"])
    assert device.get("/api/auth/me").status_code in {401, 403}
    page.act(people_model.SWITCH_ON, _person(page, "max"))
    hand.until(lambda: _badges(page, "max") == [])
    server.signed_in("max")


def test_sign_out_everywhere(page: Any, hand: SimpleNamespace, server: Any) -> None:
    device = server.signed_in("max")
    page.act(people_model.SIGN_OUT, _person(page, "max"))
    hand.until(page.notice.isVisible)
    assert page.notice.text.text() == "max is signed out everywhere."
    assert device.get("/api/auth/me").status_code == 401


def test_deleting_is_asked_about(page: Any, hand: SimpleNamespace) -> None:
    page.act(people_model.DELETE, _person(page, "max"))
    question: Question = hand.question()
    hand.press(question, "cancel")
    hand.until(lambda: not question.isVisible())
    assert len(page.model.values) == 2
    page.act(people_model.DELETE, _person(page, "max"))
    hand.answer("delete")
    hand.until(lambda: [each.username for each in page.model.values] == ["anna"])


@pytest.mark.parametrize(("answer", "left"), [("keep", 1), ("delete", 0)])
def test_deleting_asks_what_becomes_of_the_videos(
    answer: str, left: int, page: Any, hand: SimpleNamespace, server: Any, media: Any
) -> None:
    server.signed_in("max").upload(media("mp4p_metadata.mp4"))
    hand.until(lambda: _person(page, "max").video_count == 1)
    page.act(people_model.DELETE, _person(page, "max"))
    hand.answer(answer)
    hand.until(lambda: len(page.model.values) == 1)
    assert server.admin.get("/api/videos").json()["total"] == left


def test_details_follow_the_row(page: Any, hand: SimpleNamespace, qtbot: Any) -> None:
    page.list.setCurrentIndex(page.model.index(page.model.place(_person(page, "max").id)))
    assert page.panel.isVisible()
    hand.press(page.panel, people_model.MAKE_ADMIN)
    hand.until(
        lambda: page.panel.findChild(type(page.panel), "x") is None and _badges(page, "max") == ["Admin"]
    )
    hand.until(lambda: hand.button(page.panel, people_model.MAKE_MEMBER).isVisible())
    qtbot.keyClick(page.list, "\x1b")
    hand.until(lambda: not page.panel.isVisible())


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_only_text(text: str, window: MainWindow, hand: SimpleNamespace, server: Any) -> None:
    core = server.clipset
    category = core.categories.create(HOST, text, description=text)
    core.invitations.create(HOST, note=text, role=Role.ADMIN)
    for name in ("categories", "invitations"):
        window.show_page(name)
        page: Any = window.pages[name]
        hand.until(lambda page=page: len(page.model.values) == 1)
        row = page.model.index(0).data(ROW_ROLE)
        assert row.strong == (category.name if name == "categories" else page.model.values[0].note)
        page.list.setCurrentIndex(page.model.index(0))
        assert not window.grab().isNull()


def test_a_new_password_by_a_link(page: Any, hand: SimpleNamespace, server: Any) -> None:
    page.list.setCurrentIndex(page.model.index(page.model.place(_person(page, "max").id)))
    page.act(people_model.NEW_PASSWORD, _person(page, "max"))
    hand.answer("reset")
    hand.until(lambda: isinstance(page.panel.content, LinkCard))
    url = page.panel.content.url
    assert url.startswith(f"{server.clipset.address}/reset/")
    hand.press(page.panel, "copy")
    assert QGuiApplication.clipboard().text() == url
    body = {"token": url.rpartition("/")[2], "password": "another good password"}
    assert server.stranger().post("/api/auth/reset", json=body).status_code == 200
    # the link stays in sight when news of the person come in
    hand.until(lambda: page._loader._under_way is False)
    assert isinstance(page.panel.content, LinkCard)


def test_what_each_has_used_of_the_allowance(page: Any, hand: SimpleNamespace, server: Any) -> None:
    def trailing() -> str:
        text: str = page.model.index(page.model.place(_person(page, "max").id)).data(ROW_ROLE).trailing
        return text

    assert trailing() == "0 bytes of 4 GB this week"
    server.clipset.configuration.update(HOST, weekly_upload_limit_bytes=1024**3)
    hand.until(lambda: trailing() == "0 bytes of 1 GB this week")
