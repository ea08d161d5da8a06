"""The videos page: look for, edit, move, watch and delete, one or several, down to the real library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt, QUrl
from PySide6.QtGui import QDesktopServices

from clipset_desktop.pages import videos, videos_model
from clipset_desktop.pages.video_panel import SeveralPanel, VideoPanel
from clipset_desktop.widgets.rows import ROW_ROLE
from clipset_desktop.window import MainWindow
from server.values.accounts import HOST
from server.values.videos import VideoQuery, VideoStatus

_SHORT = "mp4p_metadata.mp4"


@pytest.fixture
def page(window: MainWindow, server: Any, media: Callable[[str], Path], hand: SimpleNamespace) -> Any:
    """The page with three videos that are ready: Beach, Garden and School."""
    for title in ("Beach", "Garden", "School"):
        made = server.admin.upload(media(_SHORT), title=title)
        server.heard.video_settled(made["id"])
    window.show_page("videos")
    page: Any = window.pages["videos"]
    hand.until(
        lambda: (
            [v.status for v in page.model.values] == [VideoStatus.COMPLETED] * 3 and page.title.isVisible()
        )
    )
    return page


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was handed to the system to be opened."""
    urls: list[str] = []

    def take(url: QUrl) -> bool:
        urls.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", take)
    return urls


def _titles(page: Any) -> list[str]:
    return [video.title for video in page.model.values]


def _choose(page: Any, *titles: str) -> None:
    flags = QItemSelectionModel.SelectionFlag
    page.list.clearSelection()
    for at, video in enumerate(page.model.values):
        if video.title in titles:
            page.list.selectionModel().select(page.model.index(at), flags.Select)


def _titles_stored(server: Any) -> list[str]:
    return [
        each.title
        for each in server.clipset.videos.list(HOST, VideoQuery(sort_by="title", order="asc")).items
    ]


def test_searching_and_ordering(page: Any, hand: SimpleNamespace, qtbot: Any) -> None:
    assert _titles(page) == ["School", "Garden", "Beach"]
    page.sort.setCurrentIndex(1)
    hand.until(lambda: _titles(page) == ["Beach", "Garden", "School"])
    qtbot.keyClicks(page.search, "gar")
    hand.until(lambda: _titles(page) == ["Garden"])
    qtbot.keyClicks(page.search, "goyle")
    hand.until(page.nothing_found.isVisible)
    page._show_all()
    hand.until(lambda: len(_titles(page)) == 3)


def test_one_is_edited_in_the_panel(page: Any, hand: SimpleNamespace, server: Any) -> None:
    category = server.clipset.categories.create(HOST, "Holidays")
    hand.until(lambda: bool(page._categories))
    _choose(page, "Beach")
    form: VideoPanel = page.panel.content
    assert isinstance(form, VideoPanel)
    assert not form.save.isEnabled()
    form.title.setText("The beach")
    form.description.setPlainText("Sand and wind")
    form.category.setCurrentIndex(1)
    hand.press(page.panel, "save")
    hand.until(lambda: "The beach" in _titles(page))
    video = server.clipset.videos.get(HOST, form.video.id)
    assert (video.title, video.description, video.category_id) == ("The beach", "Sand and wind", category.id)
    hand.until(lambda: not form.is_changed)


def test_what_is_typed_survives_news(page: Any, hand: SimpleNamespace, server: Any) -> None:
    _choose(page, "Beach")
    form: VideoPanel = page.panel.content
    form.title.setText("Half typ")
    server.admin.post(f"/api/videos/{form.video.id}/view").raise_for_status()
    hand.until(lambda: form.video.view_count == 1)
    assert page.panel.content is form
    assert form.title.text() == "Half typ"


def test_a_title_that_is_refused_is_said_at_its_field(page: Any, hand: SimpleNamespace) -> None:
    _choose(page, "Beach")
    form: VideoPanel = page.panel.content
    form.title.setText("  ")
    hand.press(page.panel, "save")
    hand.until(lambda: bool(form.fields["title"].wrong))
    assert "Beach" in _titles(page)


def test_several_are_moved_and_moved_back(page: Any, hand: SimpleNamespace, server: Any) -> None:
    category = server.clipset.categories.create(HOST, "Holidays")
    hand.until(lambda: bool(page._categories))
    _choose(page, "Beach", "Garden")
    panel: SeveralPanel = page.panel.content
    assert isinstance(panel, SeveralPanel)
    panel.category.setCurrentIndex(1)
    hand.press(page.panel, "move")
    hand.until(page.notice.isVisible)
    assert page.notice.text.text() == "2 videos are in Holidays now."

    def inside() -> int:
        return server.clipset.videos.list(HOST, VideoQuery(category_id=category.id)).total

    assert inside() == 2
    page.which.setCurrentIndex(page.which.count() - 1)
    hand.until(lambda: sorted(_titles(page)) == ["Beach", "Garden"])
    hand.press(page.notice, "offer")
    hand.until(lambda: inside() == 0)


def test_several_are_deleted_after_asking(page: Any, hand: SimpleNamespace, server: Any, qtbot: Any) -> None:
    _choose(page, "Beach", "Garden")
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    question = hand.question()
    assert question.windowTitle() == "Delete 2 videos?"
    hand.press(question, "cancel")
    assert len(_titles_stored(server)) == 3
    page.act(videos_model.DELETE, page.list.values[1])
    hand.until(lambda: not question.isVisible())
    hand.answer("delete")
    hand.until(lambda: _titles(page) == ["School"])
    assert _titles_stored(server) == ["School"]


def test_a_row_outside_of_the_choice_is_deleted_alone(page: Any, hand: SimpleNamespace, server: Any) -> None:
    _choose(page, "Beach", "Garden")
    page.act(videos_model.DELETE, next(each for each in page.model.values if each.title == "School"))
    hand.answer("delete")
    hand.until(lambda: _titles_stored(server) == ["Beach", "Garden"])


def test_watching_in_the_browser_and_here(
    page: Any, opened: list[str], hand: SimpleNamespace, server: Any
) -> None:
    _choose(page, "Garden")
    video = page.list.value
    page.act(videos_model.OPEN, video)
    page.act(videos_model.PLAY, video)
    hand.until(lambda: len(opened) == 2)
    assert opened[0] == f"{server.url}/watch/{video.id}"
    file = Path(QUrl(opened[1]).toLocalFile())
    assert file.is_file()
    assert str(video.id) in str(file)


def test_pictures_come_when_they_are_looked_at(page: Any, hand: SimpleNamespace) -> None:
    thumbnails = page.ctx.thumbnails
    page.list.viewport().update()
    hand.until(lambda: all(thumbnails.get(each.id) is not None for each in page.model.values))
    assert not page.list.grab().isNull()


def test_more_rows_come_with_the_end_of_the_list(
    page: Any, hand: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    page._query = VideoQuery(page_size=2)
    monkeypatch.setattr(videos, "MAX_PAGE_SIZE", 2)
    page._ask_anew()
    # three rows of 56 px and a window of 640: the end is in view at once
    hand.until(lambda: page._wanted == 2 and len(_titles(page)) == 3)
    assert not page.model.has_more


def test_an_empty_library_says_what_to_do(
    window: MainWindow, hand: SimpleNamespace, opened: list[str], server: Any
) -> None:
    window.show_page("videos")
    page: Any = window.pages["videos"]
    hand.until(lambda: page._stack.currentIndex() == 1)
    page._browse("")
    assert opened == [server.url]


def test_why_one_failed(
    window: MainWindow, server: Any, media: Callable[[str], Path], hand: SimpleNamespace
) -> None:
    window.show_page("videos")
    page: Any = window.pages["videos"]
    server.admin.upload(media("gen_truncated_moov_missing.mp4"), title="Cut short")
    hand.until(lambda: [video.status for video in page.model.values] == [VideoStatus.FAILED])
    row = page.model.index(0).data(ROW_ROLE)
    assert [badge.text for badge in row.badges] == ["Failed"]
    assert row.quiet.startswith(page.model.values[0].error)
    assert [action.key for action in row.actions] == [videos_model.OPEN, videos_model.DELETE]
