"""The queue page, driven by the real queue and its child processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clipset_desktop.pages import queue_model
from clipset_desktop.widgets.rows import ROW_ROLE, Row
from clipset_desktop.window import MainWindow
from server.values.jobs import JobState


def test_cancel_and_try_again(
    window: MainWindow, server: Any, media: Callable[[str], Path], hand: SimpleNamespace
) -> None:
    page: Any = window.pages["queue"]
    window.show_page("queue")
    server.admin.upload(media("ax_long_4k_av1.mp4"), title="First")
    server.admin.upload(media("vide_ocean.webm"), title="Second")
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
    row: Row = page.model.index(0).data(ROW_ROLE)
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
