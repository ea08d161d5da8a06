"""Categories: made, renamed and deleted in the panel."""

from __future__ import annotations

from itertools import groupby
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from clipset_desktop.pages import categories_model
from clipset_desktop.window import MainWindow
from server.values.accounts import HOST


def test_making_renaming_deleting(window: MainWindow, hand: SimpleNamespace, server: Any) -> None:
    window.show_page("categories", "new")
    page: Any = window.pages["categories"]
    page.name.entry.setText("Garden")
    page.description.entry.setText("Bees and the pond")
    hand.press(page.panel, "save")
    hand.until(lambda: [each.name for each in page.model.values] == ["Garden"])
    assert not page.panel.isVisible()

    page.act(categories_model.EDIT, page.model.values[0])
    assert page.panel.isVisible()
    page.name.entry.setText("The garden")
    hand.press(page.panel, "save")
    hand.until(lambda: [each.name for each in page.model.values] == ["The garden"])
    assert server.admin.get("/api/categories").json()["items"][0]["description"] == "Bees and the pond"

    page.act(categories_model.DELETE, page.model.values[0])
    hand.answer("delete")
    hand.until(lambda: not page.model.values)
    assert page._stack.currentIndex() == 1


def test_what_is_typed_survives_news(window: MainWindow, hand: SimpleNamespace, server: Any) -> None:
    server.clipset.categories.create(HOST, "Garden")
    window.show_page("categories")
    page: Any = window.pages["categories"]
    hand.until(lambda: len(page.model.values) == 1)
    page.list.setCurrentIndex(page.model.index(0))
    page.name.entry.setText("Half typ")
    server.clipset.categories.create(HOST, "School")
    hand.until(lambda: len(page.model.values) == 2)
    assert page.name.entry.text() == "Half typ"
    assert page.list.value.name == "Garden"


def test_an_action_of_a_row_is_named_under_the_pointer(
    window: MainWindow, hand: SimpleNamespace, server: Any, qapp: QApplication
) -> None:
    server.clipset.categories.create(HOST, "Garden")
    window.show_page("categories")
    rows: Any = window.pages["categories"].list  # type: ignore[attr-defined]
    hand.until(lambda: rows.model().rowCount() == 1)
    rect = rows.visualRect(rows.model().index(0, 0))

    def told_at(point: QPoint) -> str:
        QToolTip.hideText()
        qapp.sendEvent(rows.viewport(), QHelpEvent(QEvent.Type.ToolTip, point, rows.mapToGlobal(point)))
        return QToolTip.text()

    places = range(rect.left(), rect.right(), 8)
    told = [told_at(QPoint(x, rect.center().y())) for x in places]
    assert [each for each, _ in groupby(told) if each] == ["Edit", "Delete"]


def test_a_name_that_is_taken(window: MainWindow, hand: SimpleNamespace, server: Any) -> None:
    server.clipset.categories.create(HOST, "Garden")
    window.show_page("categories", "new")
    page: Any = window.pages["categories"]
    page.name.entry.setText("garden")
    hand.press(page.panel, "save")
    hand.until(lambda: bool(page.name.wrong))
    assert page.save.isEnabled()
    assert len(server.clipset.categories.list()) == 1
