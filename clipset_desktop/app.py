"""The desktop host: one core, one window, and what happens between start and quit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from clipset_desktop import crash_report, words
from clipset_desktop.background import Background, OnError
from clipset_desktop.bridge import EventBridge
from clipset_desktop.context import Context
from clipset_desktop.crash_report import CrashReport
from clipset_desktop.log_feed import LogFeed
from clipset_desktop.look.theme import Theme
from clipset_desktop.notifications import Notifications
from clipset_desktop.preferences import Preferences
from clipset_desktop.set_up import Choices, SetUpError, build, restore, set_up
from clipset_desktop.start_failed import StartFailed
from clipset_desktop.state import ServerState
from clipset_desktop.thumbnails import Thumbnails
from clipset_desktop.tray import Tray
from clipset_desktop.widgets.ask import Answer, Question
from clipset_desktop.window import MainWindow
from clipset_desktop.wizard import Wizard
from clipset_desktop.words import sentence, tr, trn
from server.composition import Clipset
from server.errors import ClipsetError
from server.recent_log import RecentLog
from server.settings import Settings

T = TypeVar("T")
#: What the window remembers for itself, in the data folder.
PREFERENCES_FILE = "window.ini"


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
        *,
        recent: RecentLog | None = None,
        preferences: Preferences | None = None,
        in_tray: bool = False,
    ) -> None:
        super().__init__(parent)
        self._log = LogFeed(recent or RecentLog(), self)
        self._settings = settings
        self._theme = theme
        self._preferences = preferences or Preferences(settings.host.data_path / PREFERENCES_FILE, self)
        self._preferences.changed.connect(self._on_preferences)
        self._in_tray = in_tray
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
        self.crash: CrashReport | None = None
        self._ctx: Context | None = None
        self._bridge: EventBridge | None = None
        self._language = self._preferences.language

    def start(self) -> None:
        """Build the core and, when it has an admin, start it."""
        self._begin(lambda: build(self._settings), self._on_built, self._on_failed)

    def bring_forward(self) -> None:
        """Show whichever window there is."""
        if self.window is not None:
            self.window.bring_forward()
        elif self.wizard is not None:
            self.wizard.raise_()
            self.wizard.activateWindow()

    def ask_quit(self) -> None:
        """Quit, after asking when that would stop somebody or something."""
        reason = what_quitting_stops(self._ctx.state) if self._ctx is not None else ""
        if not reason or self.window is None or self._stopping:
            self.quit()
            return
        self.window.bring_forward()
        Question(
            self.window,
            self._theme,
            tr("Quit Clipset?"),
            text=reason,
            answers=(Answer(key="quit", text=tr("Quit"), kind="danger"),),
            on_answer=lambda _: self.quit(),
        ).open()

    def restore(self, backup: Path) -> None:
        """Go back to a backup: the server stops, and another one starts, with another window."""
        core, self.core = self.core, None
        if core is None or self._bridge is None or self._stopping:
            return
        self._bridge.close()
        self._close_window()
        self._begin(lambda: restore(core, self._settings, backup), self._on_restored, self._on_failed)

    def _on_restored(self, restored: tuple[Clipset, ClipsetError | None]) -> None:
        self.core, refusal = restored
        self._on_started(None)
        if self.window is not None:
            self.window.show_page("backups")
            page = self.window.pages["backups"]
            if refusal is not None:
                page.show_error(refusal)
            else:
                page.notice.say(tr("The backup is restored. What was there before is set aside."), "good")

    def show_crash(self, report: str) -> None:
        """Show the report of something that broke just now."""
        advice = tr(
            "The server goes on as far as it can. If something does not work any more, quit Clipset and start it "
            "again. With this report, whoever mends Clipset can find the cause; it holds no names of yours."
        )
        self.crash = CrashReport(self._theme, report, advice, self._save_report)
        self.crash.show()

    def show_last_breath(self, stacks: str) -> None:
        """Show what the last process left when it died."""
        advice = tr(
            "Clipset ended unexpectedly the last time. Nothing that had been uploaded is lost. With this report, "
            "whoever mends Clipset can find the cause."
        )
        self.crash = CrashReport(self._theme, crash_report.report(stacks), advice, self._save_report)
        self.crash.show()

    def quit(self) -> None:
        """Stop the core, then end. Asking twice is harmless."""
        if self._stopping:
            return
        self._stopping = True
        for each in (self.window, self.wizard, self.failure, self.crash):
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
        for each in (self.window, self.wizard, self.failure, self.crash, self.tray):
            self._dispose(each)
        self.window = self.wizard = self.failure = self.crash = self.tray = None
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
        self.failure = StartFailed(self._theme, sentence(error.sentence))
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
            return set_up(core, self._settings, choices)

        def refused(error: ClipsetError) -> None:
            # The core was stopped if it could not be built anew; the next attempt builds it from the first settings.
            self.core = error.core if isinstance(error, SetUpError) else core
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
        self._ctx = Context(
            core=self.core,
            background=self._background,
            bridge=bridge,
            theme=self._theme,
            state=state,
            thumbnails=Thumbnails(self._background, bridge, self.core.watching.thumbnail_path, self),
            log=self._log,
            preferences=self._preferences,
            restore=self.restore,
        )
        self._open_window(self._ctx)
        Notifications(self.core, self._background, bridge, self._notify, self)
        state.refresh()
        # the same line as the headless host's: whoever started the program may be waiting for it
        print(f"Clipset is ready at {self.core.address}", flush=True)  # noqa: T201
        self.shown.emit()

    def _open_window(self, ctx: Context) -> MainWindow:
        self.window = MainWindow(ctx)
        self.window.closing.connect(self._on_closing)
        self.window.quit_asked.connect(self.ask_quit)
        self.tray = Tray(self._theme, ctx.state, self)
        self.tray.opened.connect(self.window.bring_forward)
        self.tray.quit_asked.connect(self.ask_quit)
        self._language = self._preferences.language
        if not (self._in_tray and self.tray.is_there):
            self.window.show()
        # that was for the start; whatever opens a window later wants it to be seen
        self._in_tray = False
        return self.window

    def _close_window(self) -> None:
        """Take away the window and the tray's icon, for another one."""
        if self.window is not None:
            self.window.remember_place()
            self.window.hide()
        if self.tray is not None:
            self.tray.hide()
        for each in (self.window, self.tray):
            self._dispose(each)
        self.window = self.tray = self._ctx = None

    def _on_preferences(self) -> None:
        self._theme.want(self._preferences.look)
        ctx = self._ctx
        if ctx is None or self.window is None or self._preferences.language == self._language:
            return
        words.speak(self._preferences.language)
        page = self.window.page_shown
        self._close_window()
        self._ctx = ctx
        self._open_window(ctx).show_page(page)

    def _notify(self, heading: str, text: str, is_bad: bool) -> None:
        looking = self.window is not None and self.window.isActiveWindow()
        if self.tray is not None and self._preferences.notifies and not looking:
            self.tray.tell(heading, text, is_bad)

    def _save_report(self, text: str) -> None:
        folder = self._settings.host.data_path / "logs"

        def save() -> None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "crash-report.txt").write_text(text, encoding="utf-8")

        def saved(_: object) -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

        self._background.run(self, save, saved)

    def _on_closing(self) -> None:
        assert self.tray is not None and self.window is not None
        if self.tray.is_there and self._preferences.closes_to_tray:
            self.window.hide()
            self.tray.tell_still_running()
        else:
            self.ask_quit()


def what_quitting_stops(state: ServerState) -> str:
    """Who and what would be cut off, in sentences; empty when nobody and nothing."""
    now = state.now
    busy = now.stats.jobs_running + now.stats.jobs_queued if now.stats else 0
    watching = trn("{n} person is watching.", "{n} people are watching.", now.viewers_now)
    waiting = trn(
        "{n} video is not ready yet; it goes on at the next start.",
        "{n} videos are not ready yet; they go on at the next start.",
        busy,
    )
    return " ".join(filter(None, (watching if now.viewers_now else "", waiting if busy else "")))
