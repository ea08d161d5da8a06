"""The queue page, driven by the real queue and its child processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clipset_desktop.pages import queue_model
from clipset_desktop.widgets.details import Facts
from clipset_desktop.widgets.rows import ROW_ROLE, Row
from clipset_desktop.window import MainWindow
from server.values.jobs import JobState

#: VP8 in WebM, ten seconds: it has to be converted, which takes long enough to be watched.
_TO_CONVERT = "vide_ocean.webm"


def _row(page: Any, at: int = 0) -> Row:
    row: Row = page.model.index(at).data(ROW_ROLE)
    return row


def test_progress_rises_to_done(
    window: MainWindow, server: Any, media: Callable[[str], Path], hand: SimpleNamespace
) -> None:
    page: Any = window.pages["queue"]
    window.show_page("queue")
    seen: list[float] = []

    def watch() -> None:
        row = _row(page) if page.model.values else None
        if row is not None and row.progress is not None and (not seen or row.progress != seen[-1]):
            seen.append(row.progress)

    page.model.dataChanged.connect(watch)
    page.model.layoutChanged.connect(watch)
    server.admin.upload(media(_TO_CONVERT), title="Ocean")
    hand.until(lambda: [job.state for job in page.model.values] == [JobState.DONE])
    assert len(seen) >= 3, seen
    assert seen == sorted(seen)
    assert seen[-1] > 0.5
    row = _row(page)
    assert row.strong == "Ocean"
    assert row.quiet == "Ready just now · anna"
    assert row.progress is None
    hand.until(lambda: _row(page).picture is not None)


def test_details_say_what_is_done_and_why(
    window: MainWindow, server: Any, media: Callable[[str], Path], hand: SimpleNamespace
) -> None:
    page: Any = window.pages["queue"]
    window.show_page("queue")
    server.admin.upload(media(_TO_CONVERT), title="Ocean")
    hand.until(lambda: bool(page.model.values) and page.model.values[0].state is JobState.RUNNING)
    page.list.setCurrentIndex(page.model.index(0))
    assert page.panel.isVisible()
    hand.until(lambda: "What is done" in _facts(page))
    cancel = hand.button(page.panel, "cancel")
    assert _facts(page)["What is done"] == "Converted"
    assert "VP8" in _facts(page)["Why"]
    before = _facts(page)["State"]
    hand.until(lambda: _facts(page)["State"] != before)
    if page.model.values[0].state is JobState.RUNNING:
        assert hand.button(page.panel, "cancel") is cancel, (
            "a button must not be replaced while it can be pressed"
        )
    hand.until(lambda: page.model.values[0].state is JobState.DONE)
    hand.until(lambda: _facts(page)["State"] == "Ready just now")


def test_cancel_and_try_again(
    window: MainWindow, server: Any, media: Callable[[str], Path], hand: SimpleNamespace
) -> None:
    page: Any = window.pages["queue"]
    window.show_page("queue")
    server.admin.upload(media("ax_long_4k_av1.mp4"), title="First")
    server.admin.upload(media(_TO_CONVERT), title="Second")
    hand.until(lambda: len(page.model.values) == 2)

    def job(title: str) -> Any:
        return next(each for each in page.model.values if each.video_title == title)

    page.act(queue_model.CANCEL, job("Second"))
    hand.until(lambda: job("Second").state is JobState.CANCELLED)
    assert [action.key for action in queue_model.actions(job("Second"))] == [queue_model.RETRY]
    hand.until(lambda: job("First").state is JobState.RUNNING)
    page.act(queue_model.CANCEL, job("First"))
    hand.until(lambda: job("First").state is JobState.CANCELLED)
    page.act(queue_model.RETRY, job("Second"))
    hand.until(lambda: job("Second").state is JobState.DONE)


def test_a_failure_says_why(
    window: MainWindow, server: Any, media: Callable[[str], Path], hand: SimpleNamespace
) -> None:
    page: Any = window.pages["queue"]
    window.show_page("queue")
    server.admin.upload(media("gen_truncated_moov_missing.mp4"), title="Cut short")
    hand.until(lambda: [job.state for job in page.model.values] == [JobState.FAILED])
    row = _row(page)
    assert [badge.text for badge in row.badges] == ["Failed"]
    assert row.quiet.startswith(page.model.values[0].error)
    assert page.model.values[0].error.endswith(".")


def test_an_empty_queue_says_what_will_be_here(window: MainWindow, qtbot: Any) -> None:
    page: Any = window.pages["queue"]
    window.show_page("queue")
    qtbot.waitUntil(lambda: page._stack.currentIndex() == 1)


@pytest.mark.parametrize(
    ("state", "place", "expected"),
    [
        (JobState.QUEUED, 1, ["pause", "cancel"]),
        (JobState.QUEUED, 2, ["next", "pause", "cancel"]),
        (JobState.RUNNING, None, ["pause", "cancel"]),
        (JobState.PAUSING, None, []),
        (JobState.PAUSED, None, ["resume", "cancel"]),
        (JobState.CANCELLING, None, []),
        (JobState.DONE, None, []),
        (JobState.FAILED, None, ["retry"]),
        (JobState.CANCELLED, None, ["retry"]),
    ],
)
def test_what_can_be_done(state: JobState, place: int | None, expected: list[str]) -> None:
    job: Any = SimpleNamespace(state=state, place=place)
    assert [action.key for action in queue_model.actions(job)] == expected


def _facts(page: Any) -> dict[str, str]:
    shown = page.panel.findChild(Facts)
    return {} if shown is None else {name: text.text() for name, text in shown.texts.items()}
