"""Invitations: made in the window, used in a browser, taken back."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtPrintSupport import QPrinter

from clipset_desktop.pages import invitations_model
from clipset_desktop.window import MainWindow
from server.values.accounts import InvitationState, Role


@pytest.fixture
def page(window: MainWindow) -> Any:
    """The page with the form for a new invitation."""
    window.show_page("invitations", "new")
    return window.pages["invitations"]


def test_a_card_lets_one_person_in(page: Any, hand: SimpleNamespace, server: Any) -> None:
    page.note.setText("For Max")
    hand.press(page.panel, "create")
    hand.until(lambda: page.card is not None and len(page.model.values) == 1)
    url = page.card.url
    assert url.startswith(f"{server.clipset.address}/join/")
    hand.press(page.card, "copy")
    assert QGuiApplication.clipboard().text() == url
    token = urlsplit(url).path.removeprefix("/join/")
    body = {
        "token": token,
        "email": "max@example.org",
        "username": "max",
        "password": "correct horse battery",
    }
    assert server.stranger().post("/api/auth/register", json=body).status_code == 201
    hand.until(lambda: page.model.values[0].state is InvitationState.USED)
    assert page.model.values[0].used_by_name == "max"
    assert page.card is not None, "the card stays until it is closed"
    assert invitations_model.actions(page.model.values[0]) == ()


def test_choices_reach_the_invitation(page: Any, hand: SimpleNamespace) -> None:
    page.email.setText("mum@example.org")
    page.role.setCurrentIndex(1)
    page.days.setCurrentIndex(2)
    hand.press(page.panel, "create")
    hand.until(lambda: len(page.model.values) == 1)
    made = page.model.values[0]
    assert (made.email, made.role) == ("mum@example.org", Role.ADMIN)
    assert 29 <= (made.expires_at - made.created_at).days <= 30


def test_what_is_wrong_is_said_at_the_field(page: Any, hand: SimpleNamespace) -> None:
    page.email.setText("not an address")
    hand.press(page.panel, "create")
    hand.until(lambda: bool(page._fields["email"].wrong))
    assert page.card is None
    assert hand.button(page.panel, "create").isEnabled()


def test_taking_back(page: Any, hand: SimpleNamespace, server: Any) -> None:
    hand.press(page.panel, "create")
    hand.until(lambda: len(page.model.values) == 1)
    token = urlsplit(page.card.url).path.removeprefix("/join/")
    page.act(invitations_model.REVOKE, page.model.values[0])
    hand.answer("revoke")
    hand.until(lambda: page.model.values[0].state is InvitationState.REVOKED)
    assert server.stranger().get(f"/api/invitations/validate/{token}").json()["valid"] is False


def test_the_card_can_be_kept_as_a_picture(page: Any, hand: SimpleNamespace, tmp_path: Any) -> None:
    hand.press(page.panel, "create")
    hand.until(lambda: page.card is not None)
    file = tmp_path / "card.png"
    page.card._save(page.card.card.grab().toImage(), file)
    hand.until(page.notice.isVisible)
    assert page.notice.text.text() == "Saved as card.png."
    assert QImage(str(file)).width() > 150


def test_a_picture_that_cannot_be_saved(page: Any, hand: SimpleNamespace, tmp_path: Any) -> None:
    hand.press(page.panel, "create")
    hand.until(lambda: page.card is not None)
    page.card._save(page.card.card.grab().toImage(), tmp_path / "nowhere" / "card.png")
    hand.until(page.notice.isVisible)
    assert page.notice.text.text() == "The picture could not be saved there. Choose another folder."


def test_the_code_on_the_card_is_the_link(page: Any, hand: SimpleNamespace) -> None:
    from clipset_desktop.widgets.qr import QrCode

    hand.press(page.panel, "create")
    hand.until(lambda: page.card is not None)
    code = page.card.findChild(QrCode)
    assert code.text == page.card.url


def test_the_card_on_paper_and_as_a_sharp_picture(page: Any, hand: SimpleNamespace, tmp_path: Path) -> None:
    page.open("new")
    hand.press(page.panel, "create")
    hand.until(lambda: page.card is not None)
    image = page.card.image()
    assert image.width() == 3 * page.card.card.width()
    printer = QPrinter()
    printer.setOutputFileName(str(tmp_path / "card.pdf"))
    page.card.print_on(printer)
    assert (tmp_path / "card.pdf").read_bytes().startswith(b"%PDF")
