"""The desktop host: one application, one core, one window, and what happens between start and quit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from clipset_desktop import words
from clipset_desktop.background import Background, OnError
from clipset_desktop.bridge import EventBridge
from clipset_desktop.context import Context
from clipset_desktop.log_feed import LogFeed
from clipset_desktop.look.theme import Theme, Wanted
from clipset_desktop.look.tokens import shipped
from clipset_desktop.single_instance import SingleInstance
from clipset_desktop.start_failed import StartFailed
from clipset_desktop.state import ServerState
from clipset_desktop.stop_signals import StopSignals
from clipset_desktop.thumbnails import Thumbnails
from clipset_desktop.tray import Tray
from clipset_desktop.window import MainWindow
from clipset_desktop.wizard import Choices, Wizard
from server import __version__, logs
from server.composition import Clipset
from server.errors import ClipsetError
from server.recent_log import RecentLog
from server.settings import SETTINGS, Settings, format_value, store_host_setting
from server.values.accounts import HOST

T = TypeVar("T")
_ROWS = {row.key: row for row in SETTINGS}
#: Where size and place of the window are kept, in the data folder.
_PLACE_FILE = "window.ini"


def run(settings: Settings, wanted: Wanted = "system") -> int:
    """Show the window until the person quits or a signal comes. Returns the exit code."""
    app = QApplication(sys.argv[:1])
    words.speak()
    app.setApplicationName("Clipset")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("clipset")
    app.setQuitOnLastWindowClosed(False)
    instance = SingleInstance(settings.host.data_path, app)
    if not instance.is_first():
        return 0
    recent = RecentLog()
    _log_to(settings.host.data_path / "logs", recent)
    theme = Theme(shipped(), wanted, app)
    theme.apply(app)
    app.setWindowIcon(theme.app_icon)
    signals = StopSignals(app)
    host = DesktopHost(settings, theme, app, recent)
    host.ended.connect(app.exit)
    signals.received.connect(host.quit)
    instance.asked_forward.connect(host.bring_forward)
    host.start()
    code = app.exec()
    signals.close()
    instance.close()
    return code


class DesktopHost(QObject):
    """Builds the core off the GUI thread, asks for what is missing, shows the window, and stops all of it in reverse.

    The order of states: starting → (wizard) → running → stopping; `ended` carries the exit code.
    """

    ended = Signal(int)
    shown = Signal()

    def __init__(
        self,
        settings: Settings,
        theme: Theme,
        parent: QObject | None = None,
        recent: RecentLog | None = None,
    ) -> None:
        super().__init__(parent)
        self._log = LogFeed(recent or RecentLog(), self)
        self._settings = settings
        self._theme = theme
        self._background = Background(parent=self)
        self._starting = False
        self._stopping = False
        self._code = 0
        self._disposed: list[QObject] = []
        self.core: Clipset | None = None
        self.wizard: Wizard | None = None
        self.window: MainWindow | None = None
        self.tray: Tray | None = None
        self.failure: StartFailed | None = None
        self._bridge: EventBridge | None = None

    def start(self) -> None:
        """Build the core and, when it has an admin, start it."""
        self._begin(lambda: _build(self._settings), self._on_built, self._on_failed)

    def bring_forward(self) -> None:
        """Show whichever window there is."""
        if self.window is not None:
            self.window.bring_forward()
        elif self.wizard is not None:
            self.wizard.raise_()
            self.wizard.activateWindow()

    def quit(self) -> None:
        """Stop the core, then end. Asking twice is harmless."""
        if self._stopping:
            return
        self._stopping = True
        for each in (self.window, self.wizard, self.failure):
            if each is not None:
                each.hide()
        if self.window is not None:
            self.window.remember_place()
        if self._bridge is not None:
            self._bridge.close()
        if not self._starting:
            self._stop()

    def _begin(self, fn: Callable[[], T], on_done: Callable[[T], None], on_error: OnError) -> None:
        """Do a step of the start. A quit that comes meanwhile waits for its end: only then is known what to stop."""
        self._starting = True

        def ended(follow: Callable[[Any], None], value: Any) -> None:
            self._starting = False
            follow(value)

        self._background.run(self, fn, partial(ended, on_done), partial(ended, on_error))

    def _stop(self) -> None:
        core = self.core
        if core is None:
            self._end(None)
        else:
            self._background.run_last(self, core.stop, self._end)

    def _end(self, _: object) -> None:
        self._background.finish()
        self._log.close()
        for each in (self.window, self.wizard, self.failure, self.tray):
            self._dispose(each)
        self.window = self.wizard = self.failure = self.tray = None
        self.ended.emit(self._code)

    def _dispose(self, widget: QObject | None) -> None:
        """Have Qt destroy a window, on this thread and after its own event handlers have returned.

        The reference is kept: were it the last one, Python would destroy the window here and now, or its collector
        would do so on a thread of the server's.
        """
        if widget is not None:
            self._disposed.append(widget)
            widget.deleteLater()

    def _on_built(self, built: tuple[Clipset, bool]) -> None:
        self.core, needs_setup = built
        if self._stopping:
            self._stop()
        elif needs_setup:
            self._show_wizard()
        else:
            self._begin(self.core.start, self._on_started, self._on_failed)

    def _on_failed(self, error: ClipsetError) -> None:
        self.core = None
        if self._stopping:
            self._stop()
            return
        self._code = 1
        self.failure = StartFailed(self._theme, error.sentence)
        self.failure.retried.connect(self._retry)
        self.failure.abandoned.connect(self.quit)
        self.failure.show()

    def _retry(self) -> None:
        self._code = 0
        self._dispose(self.failure)
        self.failure = None
        self.start()

    def _show_wizard(self) -> None:
        self.wizard = Wizard(self._theme, self._settings)
        self.wizard.finished.connect(self._set_up)
        self.wizard.abandoned.connect(self.quit)
        self.wizard.show()

    def _set_up(self, choices: Choices) -> None:
        core = self.core

        def carry_out() -> Clipset:
            return _set_up(core, self._settings, choices)

        def refused(error: ClipsetError) -> None:
            # The core was stopped if it could not be built anew; the next attempt builds it from the first settings.
            self.core = error.core if isinstance(error, _SetUpError) else core
            if self._stopping:
                self._stop()
            elif self.wizard is not None:
                self.wizard.refuse(error)

        self._begin(carry_out, self._on_set_up, refused)

    def _on_set_up(self, core: Clipset) -> None:
        self.core = core
        self._settings = core.settings
        if self._stopping:
            self._stop()
            return
        if self.wizard is not None:
            self.wizard.accept()
            self._dispose(self.wizard)
            self.wizard = None
        self._on_started(None)

    def _on_started(self, _: object) -> None:
        assert self.core is not None
        if self._stopping:
            self._stop()
            return
        bridge = self._bridge = EventBridge(self.core.events, self)
        state = ServerState(self.core, self._background, bridge, self)
        ctx = Context(
            core=self.core,
            background=self._background,
            bridge=bridge,
            theme=self._theme,
            state=state,
            thumbnails=Thumbnails(self._background, bridge, self.core.watching.thumbnail_path, self),
            log=self._log,
        )
        self.window = MainWindow(ctx, Path(self._settings.host.data_path) / _PLACE_FILE)
        self.tray = Tray(self._theme, state, self)
        self.tray.opened.connect(self.window.bring_forward)
        self.tray.quit_asked.connect(self.quit)
        self.window.closing.connect(self._on_closing)
        self.window.show()
        state.refresh()
        # the same line as the headless host's: whoever started the program may be waiting for it
        print(f"Clipset is ready at {self.core.address}", flush=True)  # noqa: T201
        self.shown.emit()

    def _on_closing(self) -> None:
        assert self.tray is not None and self.window is not None
        if self.tray.is_there:
            self.window.hide()
            self.tray.tell_still_running()
        else:
            self.quit()


class _SetUpError(ClipsetError):
    """The wizard's choices could not be carried out; `core` is what is left to try with, if anything."""

    def __init__(self, error: ClipsetError, core: Clipset | None) -> None:
        super().__init__(error.sentence, code=error.code, field=error.field)
        self.core = core


def _log_to(folder: Path, recent: RecentLog) -> None:
    try:
        logs.set_up(folder, recent)
    except OSError:
        # the core, which comes next, says in a sentence that the folder cannot be written
        logs.set_up(None, recent)


def _build(settings: Settings) -> tuple[Clipset, bool]:
    core = Clipset(settings)
    core.setup.from_environment(settings.host)
    return core, core.setup.is_needed()


def _set_up(core: Clipset | None, settings: Settings, choices: Choices) -> Clipset:
    """Carry out the wizard's choices, in an order in which each may fail and be tried again."""
    host = msgspec.structs.replace(
        settings.host, port=choices.port, video_storage_path=choices.video_storage_path
    )
    try:
        if core is None or core.settings.host != host:
            if core is not None:
                core.stop()
                core = None
            core = Clipset(msgspec.structs.replace(settings, host=host))
        if core.setup.is_needed():
            core.setup.create_admin(choices.email, choices.username, choices.password)
        core.configuration.update(HOST, server_name=choices.server_name)
        for key in ("port", "video_storage_path"):
            if getattr(host, key) != getattr(settings.host, key):
                store_host_setting(host.data_path, _ROWS[key], format_value(getattr(host, key)))
        core.start()
    except ClipsetError as error:
        raise _SetUpError(error, core) from error
    return core
