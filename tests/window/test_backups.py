"""Backups in the window: one made by hand, and the way back to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clipset_desktop.pages import backups_model
from clipset_desktop.window import MainWindow
from server.values.accounts import HOST
from tests.postgresql import about_sqlite

pytestmark = about_sqlite


def test_an_empty_list_offers_to_make_one(window: MainWindow, hand: SimpleNamespace) -> None:
    window.show_page("backups")
    page: Any = window.pages["backups"]
    hand.until(lambda: page._stack.currentIndex() == 1)


@pytest.mark.parametrize(("answer", "badges"), [("with", ["With the videos"]), ("without", [])])
def test_one_is_made(answer: str, badges: list[str], window: MainWindow, hand: SimpleNamespace) -> None:
    window.show_page("backups")
    page: Any = window.pages["backups"]
    page.make.click()
    hand.answer(answer)
    hand.until(lambda: len(page.model.values) == 1)
    assert [badge.text for badge in backups_model.row(page.model.values[0]).badges] == badges
    page.list.setCurrentIndex(page.model.index(0))
    assert page.panel.content.texts["People"].text() == "1"
    assert Path(page.panel.content.texts["Where"].text()).is_dir()


def _host(launch: Callable[..., Any], hand: SimpleNamespace) -> Any:
    host = launch()
    hand.until(lambda: host.window is not None)
    host.core.categories.create(HOST, "Before")
    host.core.backups.create()
    host.core.categories.create(HOST, "After")
    host.window.show_page("backups")
    hand.until(lambda: len(host.window.pages["backups"].model.values) == 1)
    return host


def test_going_back(launch: Callable[..., Any], hand: SimpleNamespace) -> None:
    host = _host(launch, hand)
    before, page = host.window, host.window.pages["backups"]
    page.act(backups_model.RESTORE, page.model.values[0])
    hand.answer("restore")
    hand.until(lambda: host.window not in (None, before))
    assert host.window.page_shown == "backups"
    assert host.window.pages["backups"].notice.text.text().startswith("The backup is restored.")
    assert [each.name for each in host.core.categories.list()] == ["Before"]


def test_a_backup_that_is_spoiled_changes_nothing(launch: Callable[..., Any], hand: SimpleNamespace) -> None:
    host = _host(launch, hand)
    before, page = host.window, host.window.pages["backups"]
    backup = page.model.values[0]
    (Path(backup.folder) / "clipset.db").write_bytes(b"spoiled")
    page.act(backups_model.RESTORE, backup)
    hand.answer("restore")
    hand.until(lambda: host.window not in (None, before))
    hand.until(host.window.pages["backups"].notice.isVisible)
    assert host.window.pages["backups"].notice.property("tone") == "bad"
    assert [each.name for each in host.core.categories.list()] == ["After", "Before"]
