"""A window on a real server, without a screen."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

pytest.importorskip("PySide6", reason="the window needs the desktop extra")

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clipset_desktop import words
from clipset_desktop.app import DesktopHost
from clipset_desktop.background import Background
from clipset_desktop.bridge import EventBridge
from clipset_desktop.context import Context
from clipset_desktop.log_feed import LogFeed
from clipset_desktop.look.theme import Theme
from clipset_desktop.look.tokens import shipped
from clipset_desktop.preferences import Preferences
from clipset_desktop.state import ServerState
from clipset_desktop.thumbnails import Thumbnails
from clipset_desktop.widgets.ask import Question
from clipset_desktop.window import MainWindow
from server import settings
from server.recent_log import RecentLog

#: Generous: the machine may be busy, and nothing waits longer than it has to.
WAIT_MS = 60_000


@pytest.fixture(autouse=True, scope="session")
def english() -> None:
    """The sentences in the tests are English, wherever they run."""
    words.speak()


@pytest.fixture(autouse=True)
def collected_here(request: pytest.FixtureRequest) -> Iterator[None]:
    """Widgets that tests let go of are destroyed on this thread: the collector may not run on the server's."""
    if "qapp" not in request.fixturenames:
        yield  # no widgets; collecting takes longer than these tests
        return
    qapp: QApplication = request.getfixturevalue("qapp")
    gc.disable()
    yield
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    gc.enable()


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The light look, applied."""
    theme = Theme(shipped(), "light")
    theme.apply(qapp)
    return theme


@pytest.fixture
def background() -> Iterator[Background]:
    """The way off the GUI thread."""
    background = Background()
    yield background
    background.finish()


@pytest.fixture
def recent_log() -> RecentLog:
    """The log's last lines; nothing writes to it but the test."""
    return RecentLog()


@pytest.fixture
def ctx(
    server: Any,
    theme: Theme,
    background: Background,
    recent_log: RecentLog,
    qapp: QApplication,
    tmp_path: Path,
) -> Iterator[Context]:
    """What pages are given, around a running server."""
    core = server.clipset
    owner = QObject()
    bridge = EventBridge(core.events, owner)
    feed = LogFeed(recent_log, owner)
    yield Context(
        core=core,
        background=background,
        bridge=bridge,
        theme=theme,
        state=ServerState(core, background, bridge, owner),
        thumbnails=Thumbnails(background, bridge, core.watching.thumbnail_path, owner),
        log=feed,
        preferences=Preferences(tmp_path / "window.ini", owner),
        restore=lambda _backup: None,
    )
    feed.close()
    bridge.close()
    background.finish()
    owner.deleteLater()


@pytest.fixture
def window(ctx: Context, qtbot: QtBot) -> MainWindow:
    """The main window, shown, with its state loaded."""
    window = MainWindow(ctx)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(ctx.state.changed, timeout=WAIT_MS):
        ctx.state.refresh()
    return window


@pytest.fixture
def hand(qtbot: QtBot) -> SimpleNamespace:
    """What a person does: press a button by its name, answer the question that is asked."""

    def button(parent: QWidget, name: str) -> QPushButton:
        found = parent.findChild(QPushButton, name)
        assert isinstance(found, QPushButton), f"no button {name!r}"
        return found

    def press(parent: QWidget, name: str) -> None:
        button(parent, name).click()

    def question() -> Question:
        open_ones: list[Question] = []

        def asked() -> bool:
            open_ones[:] = [each for each in QApplication.topLevelWidgets() if isinstance(each, Question)]
            return bool(open_ones) and open_ones[0].isVisible()

        qtbot.waitUntil(asked, timeout=WAIT_MS)
        return open_ones[0]

    def answer(key: str) -> None:
        press(question(), key)

    def until(condition: Callable[[], bool]) -> None:
        qtbot.waitUntil(condition, timeout=WAIT_MS)

    return SimpleNamespace(button=button, press=press, question=question, answer=answer, until=until)


@pytest.fixture
def launch(
    load_settings: Callable[..., settings.Settings], theme: Theme, qtbot: Any, hand: SimpleNamespace
) -> Iterator[Callable[..., DesktopHost]]:
    """Start a host with some settings; it is quit when the test ends."""
    hosts: list[tuple[DesktopHost, list[int]]] = []

    def launch(**overrides: Any) -> DesktopHost:
        host = DesktopHost(load_settings(**overrides), theme)
        codes: list[int] = []
        host.ended.connect(codes.append)
        hosts.append((host, codes))
        host.start()
        return host

    yield launch
    for host, codes in hosts:
        host.quit()
        hand.until(lambda codes=codes: bool(codes))
        with qtbot.waitSignal(host.destroyed):
            host.deleteLater()
