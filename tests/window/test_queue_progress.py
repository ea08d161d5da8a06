"""What the queue page shows of a video while it is being made, by a real child that stands still after its middle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clipset_desktop.widgets.details import Facts
from clipset_desktop.widgets.rows import ROW_ROLE, Row
from clipset_desktop.window import MainWindow
from server.values.jobs import JobState
from tests.watching.held import Held


@pytest.fixture
def held() -> Held:
    """The child: it makes six of the ten seconds, then waits for the test."""
    return Held(from_ms=6000)


@pytest.fixture
def server(start: Callable[..., Any], held: Held) -> Any:
    """A server with that child."""
    return start(run_child=held)


@pytest.fixture
def page(window: MainWindow) -> Any:
    """The queue's page, open."""
    window.show_page("queue")
    return window.pages["queue"]


@pytest.fixture
def upload(server: Any, media: Callable[[str], Path]) -> Callable[[], Any]:
    """Uploads VP8 in WebM, ten seconds, which have to be converted."""
    return lambda: server.admin.upload(media("vide_ocean.webm"), title="Ocean")


def _row(page: Any) -> Row:
    row: Row = page.model.index(0).data(ROW_ROLE)
    return row


def _facts(page: Any) -> dict[str, str]:
    shown = page.panel.findChild(Facts)
    return {} if shown is None else {name: text.text() for name, text in shown.texts.items()}


def test_progress_rises_to_done(
    page: Any, upload: Callable[[], Any], held: Held, hand: SimpleNamespace
) -> None:
    seen: list[float] = []

    def watch() -> None:
        progress = _row(page).progress if page.model.values else None
        if progress is not None:
            seen.append(progress)

    page.model.dataChanged.connect(watch)
    page.model.layoutChanged.connect(watch)
    upload()
    hand.until(lambda: held.frozen.is_set() and seen[-1] > 0.5)
    held.go_on()
    hand.until(lambda: page.model.values[0].state is JobState.DONE)
    assert seen == sorted(seen)
    assert seen[0] < 0.5
    row = _row(page)
    assert row.strong == "Ocean"
    assert row.quiet == "Ready just now · anna"
    assert row.progress is None
    hand.until(lambda: _row(page).picture is not None)


def test_details_say_what_is_done_and_why(
    page: Any, upload: Callable[[], Any], held: Held, hand: SimpleNamespace
) -> None:
    upload()
    hand.until(lambda: bool(page.model.values) and page.model.values[0].state is JobState.RUNNING)
    page.list.setCurrentIndex(page.model.index(0))
    assert page.panel.isVisible()
    hand.until(lambda: "What is done" in _facts(page))
    cancel = hand.button(page.panel, "cancel")
    assert _facts(page)["What is done"] == "Converted"
    assert "VP8" in _facts(page)["Why"]
    hand.until(lambda: held.frozen.is_set() and (_row(page).progress or 0) > 0.5)
    assert page.model.values[0].state is JobState.RUNNING
    assert hand.button(page.panel, "cancel") is cancel, (
        "a button must not be replaced while it can be pressed"
    )
    held.go_on()
    hand.until(lambda: page.model.values[0].state is JobState.DONE)
    hand.until(lambda: _facts(page)["State"] == "Ready just now")
