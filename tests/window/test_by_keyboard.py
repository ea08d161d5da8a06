"""Keyboard alone, and what a screen reader says: Tab comes to everything that can be used, and all of it has a name."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QWidget

from clipset_desktop.window import MainWindow
from clipset_desktop.wizard import Wizard
from server.values.accounts import HOST
from tests.postgresql import about_sqlite
from tests.watching.clips import clip


def _usable(window: QWidget) -> list[QWidget]:
    """What is to be seen, is on, and can be come to by Tab; of those that exclude each other, the chosen one."""
    return [
        each
        for each in window.findChildren(QWidget)
        if each.isVisibleTo(window)
        and each.isEnabled()
        and each.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
        and each.focusProxy() is None
        and not (isinstance(each, QAbstractButton) and each.group() and not each.isChecked())
        # a page that scrolls moves with what has the focus in it
        and not (isinstance(each, QAbstractScrollArea) and not each.accessibleName())
    ]


def _name(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def _nameless(widgets: list[QWidget]) -> list[str]:
    return [f"{type(each).__name__} {each.objectName()}" for each in widgets if not _name(each).strip()]


def _visited(window: QWidget, qtbot: Any) -> set[QWidget]:
    """Where Tab leads until it is where it began."""
    seen: set[QWidget] = set()
    while (now := QApplication.focusWidget()) is not None and now not in seen:
        seen.add(now)
        qtbot.keyClick(now, Qt.Key.Key_Tab)
    return seen


@pytest.fixture
def filled(window: MainWindow, server: Any, tmp_path: Any, qtbot: Any) -> MainWindow:
    """The window on a server with something on every page, in front."""
    member = server.member("max")
    server.clipset.categories.create(HOST, "Garden")
    server.clipset.backups.create()
    video = member.upload(clip(tmp_path / "clip.avi", seconds=1))
    server.heard.video_settled(video["id"])
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    return window


@about_sqlite
def test_every_page(filled: MainWindow, qtbot: Any, hand: SimpleNamespace) -> None:
    for name, page in filled.pages.items():
        filled.show_page(name, "examine" if name == "reaching" else None)
        rows: Any = getattr(page, "list", None)
        if rows is not None and name != "log":
            hand.until(lambda rows=rows: rows.model().rowCount() > 0)
            rows.setCurrentIndex(rows.model().index(0, 0))
        if name == "reaching":
            hand.until(lambda page=page: bool(page.findings))  # type: ignore[attr-defined]
        if name == "settings":
            hand.until(lambda page=page: all(row.isVisible() for row in page.rows.values()))  # type: ignore[attr-defined]
        usable = _usable(filled)
        assert any(page.isAncestorOf(each) for each in usable), name
        assert _nameless(usable) == [], name
        missed = set(usable) - _visited(filled, qtbot)
        assert [f"{type(each).__name__} {_name(each)}" for each in missed] == [], name


@about_sqlite
def test_the_arrows_go_from_page_to_page(filled: MainWindow, qtbot: Any) -> None:
    filled.rail.findChild(QAbstractButton, "rail-overview").setFocus()
    for name in ("queue", "videos", "people"):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
        assert filled.page_shown == name
        filled.rail.findChild(QAbstractButton, f"rail-{name}").setFocus()


@about_sqlite
def test_the_invitation(filled: MainWindow, qtbot: Any, hand: SimpleNamespace) -> None:
    filled.show_page("invitations", "new")
    page: Any = filled.pages["invitations"]
    qtbot.keyClicks(QApplication.focusWidget(), "mia@example.org")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    hand.until(lambda: page.card is not None)
    assert QApplication.focusWidget() is page.card.copy
    usable = _usable(filled)
    assert _nameless(usable) == []
    assert set(usable) <= _visited(filled, qtbot)


def test_the_wizard(load_settings: Any, theme: Any, qtbot: Any) -> None:
    wizard = Wizard(theme, load_settings())
    qtbot.addWidget(wizard)
    wizard.show()
    wizard.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is wizard)
    for _ in range(2):
        usable = _usable(wizard)
        assert _nameless(usable) == []
        assert set(usable) <= _visited(wizard, qtbot)
        qtbot.keyClick(wizard.server_name, Qt.Key.Key_Return)
