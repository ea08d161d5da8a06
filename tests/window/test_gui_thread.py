"""The GUI thread never waits: no page calls the core on it, and nothing blocks it long while three jobs run.

How long its longest block is while three jobs run is a figure: `python3 tasks.py bench window`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clipset_desktop.pages.categories import CategoriesPage
from clipset_desktop.window import MainWindow
from server.events import CategoryChanged
from server.values.accounts import HOST
from tests.postgresql import about_sqlite

#: What of the core answers from memory, at once, and may be asked anywhere.
_FROM_MEMORY = frozenset({"settings", "address", "local_address", "port", "events"})


class _Guarded:
    """Stands before a service, and notes each call that comes on the main thread."""

    def __init__(self, name: str, service: object, calls: list[str]) -> None:
        self._name, self._service, self._calls = name, service, calls

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._service, name)
        if not callable(member):
            return member

        def call(*args: Any, **options: Any) -> Any:
            if threading.current_thread() is threading.main_thread():
                self._calls.append(f"{self._name}.{name}")
            return member(*args, **options)

        return call


class _GuardedCore:
    """Stands before the core."""

    def __init__(self, core: object, calls: list[str]) -> None:
        self._core, self._calls = core, calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._core, name)
        return found if name in _FROM_MEMORY else _Guarded(name, found, self._calls)


@pytest.fixture
def calls() -> list[str]:
    """Calls of the core on the main thread."""
    return []


@pytest.fixture
def guarded(ctx: Any, calls: list[str], qtbot: Any) -> MainWindow:
    """The main window on a core that notes who calls it where."""
    values = {field: getattr(ctx, field) for field in ctx.__dataclass_fields__}
    window = MainWindow(type(ctx)(**{**values, "core": _GuardedCore(ctx.core, calls)}))
    qtbot.addWidget(window)
    window.show()
    return window


def test_the_guard_notices(ctx: Any, calls: list[str]) -> None:
    _GuardedCore(ctx.core, calls).categories.list()
    assert calls == ["categories.list"]


def test_pages_are_built_before_they_are_opened_and_ask_for_nothing_until_then(
    window: MainWindow, ctx: Any, hand: SimpleNamespace, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(CategoriesPage, "load", lambda _page: asked.append("once"))
    assert window.pages.not_built, "the window is shown before all of them are there"
    window.build_ahead()
    hand.until(lambda: not window.pages.not_built)
    with qtbot.waitSignal(
        ctx.bridge.happened, check_params_cb=lambda event: isinstance(event, CategoryChanged)
    ):
        ctx.core.categories.create(HOST, "Garden")
    assert asked == []
    window.show_page("categories")
    assert asked == ["once"]


@about_sqlite
def test_no_page_calls_the_core_on_the_gui_thread(
    guarded: MainWindow,
    calls: list[str],
    server: Any,
    media: Callable[[str], Path],
    hand: SimpleNamespace,
) -> None:
    member = server.member("max")
    server.clipset.categories.create(HOST, "Garden")
    server.clipset.backups.create()
    video = member.upload(media("mp4p_metadata.mp4"))
    server.heard.video_settled(video["id"])
    for name, page in guarded.pages.items():
        guarded.show_page(name)
        rows: Any = getattr(page, "list", None)
        if rows is None or name == "log":
            continue
        hand.until(lambda rows=rows: rows.model().rowCount() > 0)
        rows.setCurrentIndex(rows.model().index(0, 0))
        page.close_panel()  # type: ignore[attr-defined]
    guarded.show_page("invitations", "new")
    page = guarded.pages["invitations"]
    page.submit.click()  # type: ignore[attr-defined]
    hand.until(lambda: page.card is not None)  # type: ignore[attr-defined]
    guarded.show_page("reaching", "examine")
    hand.until(lambda: bool(guarded.pages["reaching"].findings))  # type: ignore[attr-defined]
    member.get(f"/api/videos/{video['id']}/stream").raise_for_status()
    hand.until(lambda: guarded.pages["overview"].watchers.rowCount() == 1)  # type: ignore[attr-defined]
    server.clipset.pulse.sample()
    server.clipset.configuration.update(HOST, server_name="Meadow Lane")
    hand.until(lambda: guarded.pages["settings"].rows["server_name"].text() == "Meadow Lane")  # type: ignore[attr-defined]
    assert calls == []
