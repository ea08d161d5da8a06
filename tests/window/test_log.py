"""The log page, and the feed it lives on: bounded, never blocking, whatever is logged."""

from __future__ import annotations

import logging
import sys
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from clipset_desktop.window import MainWindow
from server.recent_log import KEPT, LogEntry, RecentLog


def _record(event: Any, level: int = logging.INFO, **more: Any) -> logging.LogRecord:
    record = logging.LogRecord("server.jobs", level, __file__, 1, event, (), None)
    record.__dict__.update(more)
    return record


@pytest.fixture
def page(window: MainWindow, recent_log: RecentLog, hand: SimpleNamespace) -> Any:
    """The page with a note, a warning and an error."""
    recent_log.handle(_record({"event": "job_ended", "level": "info", "video_id": "77", "state": "done"}))
    recent_log.handle(_record({"event": "disk_low", "level": "warning"}, logging.WARNING))
    try:
        raise ZeroDivisionError("the tap ran dry")
    except ZeroDivisionError:
        recent_log.handle(_record({"event": "call_failed", "exc_info": True}, logging.ERROR))
    window.show_page("log")
    page: Any = window.pages["log"]
    hand.until(lambda: len(page.model.shown) == 3)
    return page


def _events(page: Any) -> list[str]:
    return [entry.event for entry in page.model.shown]


def test_newest_first_and_live(page: Any, recent_log: RecentLog, hand: SimpleNamespace) -> None:
    assert _events(page) == ["call_failed", "disk_low", "job_ended"]
    threading.Thread(target=recent_log.handle, args=(_record("plain words"),)).start()
    hand.until(lambda: _events(page)[0] == "plain words")


def test_levels_and_search(page: Any, hand: SimpleNamespace, qtbot: Any, recent_log: RecentLog) -> None:
    page.level.setCurrentIndex(1)
    assert _events(page) == ["call_failed", "disk_low"]
    recent_log.handle(_record("of no interest"))
    recent_log.handle(_record("something bad", logging.ERROR))
    hand.until(lambda: _events(page)[0] == "something bad")
    assert "of no interest" not in _events(page)
    page.level.setCurrentIndex(0)
    qtbot.keyClicks(page.search, "state=DONE 77")
    assert _events(page) == ["job_ended"]
    page.search.setText("the tap")
    assert _events(page) == ["call_failed"]
    page.search.setText("no such words")
    assert page._stack.currentIndex() == 1


def test_the_whole_of_a_line(page: Any, hand: SimpleNamespace) -> None:
    page.list.setCurrentIndex(page.model.index(0))
    assert page.panel.isVisible()
    texts = page.panel.content.texts
    assert texts["Part of the program"].text() == "server.jobs"
    assert "ZeroDivisionError: the tap ran dry" in texts["Where it went wrong"].text()
    hand.press(page.panel, "copy")
    assert "server.jobs call_failed" in QGuiApplication.clipboard().text()
    assert "the tap ran dry" in QGuiApplication.clipboard().text()


def test_the_selected_line_stays_when_others_come(
    page: Any, recent_log: RecentLog, hand: SimpleNamespace
) -> None:
    page.list.setCurrentIndex(page.model.index(1))
    recent_log.handle(_record("another"))
    hand.until(lambda: len(page.model.shown) == 4)
    assert page.model.shown[page.list.currentIndex().row()].event == "disk_low"


def test_it_never_grows_beyond_what_is_kept(page: Any, recent_log: RecentLog, hand: SimpleNamespace) -> None:
    for at in range(KEPT + 500):
        recent_log.handle(_record(f"line {at}"))
    hand.until(lambda: _events(page)[0] == f"line {KEPT + 499}")
    assert len(page.model.shown) == KEPT
    assert _events(page)[-1] == "line 500"


def test_whoever_listens_is_told_once_until_asking() -> None:
    recent, told = RecentLog(), []
    recent.listen(lambda: told.append(1))
    for _ in range(100):
        recent.handle(_record("again"))
    assert len(told) == 1
    assert len(recent.since(0)) == 100
    recent.handle(_record("and again"))
    assert len(told) == 2
    assert [entry.number for entry in recent.since(100)] == [101]


def test_many_threads_lose_nothing() -> None:
    recent, told = RecentLog(), threading.Event()
    taken: list[LogEntry] = []
    recent.listen(told.set)
    writers = [
        threading.Thread(target=lambda: [recent.handle(_record("line")) for _ in range(200)])
        for _ in range(5)
    ]
    for writer in writers:
        writer.start()
    while len(taken) < 1000:
        assert told.wait(60)
        told.clear()
        taken += recent.since(taken[-1].number if taken else 0)
    for writer in writers:
        writer.join()
    assert [entry.number for entry in taken] == list(range(1, 1001))


def test_what_cannot_be_shown_harms_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    class Hostile:
        def __str__(self) -> str:
            raise RuntimeError("no")

    recent = RecentLog()
    recent.handle(_record({"event": "x", "thing": Hostile()}))
    recent.handle(_record({"event": "long", "text": "a" * 10_000}))
    assert [(e.event, len(e.facts[0][1])) for e in recent.since(0)] == [("long", 4000)]
    assert "RuntimeError" in capsys.readouterr().err
    assert sys.exc_info() == (None, None, None)
