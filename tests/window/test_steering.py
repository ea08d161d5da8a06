"""The order of the queue, in the window: dragged, moved by key, paused, made the next; and its history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent

from clipset_desktop.pages import queue_model
from clipset_desktop.widgets.rows import ROW_ROLE
from clipset_desktop.window import MainWindow
from server.values.jobs import Job, JobState
from tests.transcoding.puppet import Puppet, no_look


@pytest.fixture
def puppet() -> Puppet:
    """Stands for the child: the test decides when a job ends."""
    return Puppet()


@pytest.fixture
def server(start: Callable[..., Any], puppet: Puppet) -> Any:
    """A server with one worker, whose child is the puppet."""
    return start(run_child=puppet, look=no_look, transcode_workers=1)


@pytest.fixture
def page(window: MainWindow, server: Any, media: Callable[[str], Path], hand: SimpleNamespace) -> Any:
    """The page with one job that runs, and four that wait: A to D."""
    server.admin.upload(media("gr_a.mp4"), title="First")
    page: Any = window.pages["queue"]
    window.show_page("queue")
    hand.until(lambda: [job.state for job in page.model.values] == [JobState.RUNNING])
    for title in "ABCD":
        server.admin.upload(media("gr_a.mp4"), title=title)
    hand.until(lambda: _waiting(page) == "ABCD")
    return page


def _waiting(page: Any) -> str:
    return "".join(job.video_title for job in page.model.values if job.state is JobState.QUEUED)


def _job(page: Any, title: str) -> Job:
    found: Job = next(job for job in page.model.values if job.video_title == title)
    return found


def _choose(page: Any, title: str) -> None:
    page.list.setCurrentIndex(page.model.index(page.model.place(_job(page, title).id)))


def _drop(page: Any, title: str, onto: str, *, below: bool = False) -> None:
    """Let go of a dragged row over the upper or lower half of another one."""
    _choose(page, title)
    rect = page.list.visualRect(page.model.index(page.model.place(_job(page, onto).id)))
    point = QPointF(rect.center().x(), rect.bottom() - 3 if below else rect.top() + 3)
    event = QDropEvent(
        point,
        Qt.DropAction.MoveAction,
        QMimeData(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.list.dropEvent(event)


def test_rows_are_dragged(page: Any, hand: SimpleNamespace) -> None:
    _drop(page, "D", onto="B")
    hand.until(lambda: _waiting(page) == "ADBC")
    _drop(page, "A", onto="C", below=True)
    hand.until(lambda: _waiting(page) == "DBCA")
    _drop(page, "B", onto="First")
    hand.until(lambda: _waiting(page) == "BDCA")


def test_only_rows_that_wait_can_be_dragged(page: Any) -> None:
    movable = [page.model.index(at).data(ROW_ROLE).movable for at in range(5)]
    assert movable == [False, True, True, True, True]
    drags = [bool(page.model.flags(page.model.index(at)) & Qt.ItemFlag.ItemIsDragEnabled) for at in range(5)]
    assert drags == movable


def test_the_keyboard_moves_too(page: Any, hand: SimpleNamespace, qtbot: Any) -> None:
    _choose(page, "C")
    qtbot.keyClick(page.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    hand.until(lambda: _waiting(page) == "ACBD")
    assert page.list.value.video_title == "C"
    qtbot.keyClick(page.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    hand.until(lambda: _waiting(page) == "ABCD")
    _choose(page, "D")
    qtbot.keyClick(page.list, Qt.Key.Key_N)
    hand.until(lambda: _waiting(page) == "DABC")


def test_pausing_and_going_on(page: Any, hand: SimpleNamespace, puppet: Puppet) -> None:
    page.act(queue_model.PAUSE, _job(page, "First"))
    hand.until(lambda: _job(page, "First").state is JobState.PAUSED)
    row = page.model.index(page.model.place(_job(page, "First").id)).data(ROW_ROLE)
    assert [badge.text for badge in row.badges] == ["Paused"]
    hand.until(lambda: _job(page, "A").state is JobState.RUNNING)
    page.act(queue_model.PAUSE, _job(page, "B"))
    hand.until(lambda: _waiting(page) == "CD")
    page.act(queue_model.RESUME, _job(page, "First"))
    hand.until(lambda: _job(page, "First").state is JobState.QUEUED and _job(page, "First").place == 1)


def test_history(page: Any, hand: SimpleNamespace, puppet: Puppet) -> None:
    puppet.let_go()
    hand.until(lambda: _job(page, "First").state is JobState.DONE)
    page.which.setCurrentIndex(3)
    hand.until(lambda: [job.video_title for job in page.model.values] == ["First"])
    page.which.setCurrentIndex(2)
    hand.until(lambda: page._stack.currentIndex() == 2)
    page.which.setCurrentIndex(0)
    hand.until(lambda: len(page.model.values) == 5)
