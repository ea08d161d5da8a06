"""The desktop host: one core, one window, and what happens between start and quit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from clipset_desktop import crash_report
from clipset_desktop.background import Background, OnError
from clipset_desktop.collector import Collector
from clipset_desktop.crash_report import CrashReport
from clipset_desktop.log_feed import LogFeed
from clipset_desktop.look.theme import Theme
from clipset_desktop.preferences import Preferences
from clipset_desktop.screen import Screen
from clipset_desktop.set_up import Choices, SetUpError, build, restore, set_up
from clipset_desktop.start_failed import StartFailed
from clipset_desktop.tray import Tray
from clipset_desktop.window import MainWindow
from clipset_desktop.wizard import Wizard
from clipset_desktop.words import sentence, tr
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
        self._preferences.changed.connect(lambda: self._theme.want(self._preferences.look))
        self._in_tray = in_tray
        self._background = Background(parent=self)
        self._collector = Collector(self)
        self._starting = False
        self._stopping = False
        self._code = 0
        self._discarded: list[QObject] = []
        self.core: Clipset | None = None
        self.wizard: Wizard | None = None
        self.failure: StartFailed | None = None
        self.crash: CrashReport | None = None
        self._screen: Screen | None = None

    @property
    def window(self) -> MainWindow | None:
        """The main window, while the server runs."""
        return self._screen.window if self._screen is not None else None

    @property
    def tray(self) -> Tray | None:
        """The icon in the tray, while the server runs."""
        return self._screen.tray if self._screen is not None else None

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
        if self._screen is None or self._stopping:
            self.quit()
        else:
            self._screen.ask_quit(self.quit)

    def restore(self, backup: Path) -> None:
        """Go back to a backup: the server stops, and another one starts, with another window."""
        core, self.core = self.core, None
        if core is None or self._screen is None or self._stopping:
            return
        self._close_screen()
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
        self._close_screen()
        for each in (self.wizard, self.failure, self.crash):
            if each is not None:
                each.hide()
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
        self._collector.close()
        for each in (self.wizard, self.failure, self.crash):
            if each is not None:
                self._discard(each)
        self.wizard = self.failure = self.crash = None
        self.ended.emit(self._code)

    def _close_screen(self) -> None:
        if self._screen is not None:
            self._screen.close()
            self._screen = None

    def _discard(self, widget: QObject) -> None:
        """Have Qt destroy a window, on this thread and after its own event handlers have returned.

        The reference is kept: were it the last one, Python would destroy the window here and now, or its collector
        would do so on a thread of the server's.
        """
        self._discarded.append(widget)
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
        if self.failure is not None:
            self._discard(self.failure)
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
            self._discard(self.wizard)
            self.wizard = None
        self._on_started(None)

    def _on_started(self, _: object) -> None:
        assert self.core is not None
        if self._stopping:
            self._stop()
            return
        self._screen = Screen(
            self.core,
            self._background,
            self._theme,
            self._log,
            self._preferences,
            restore=self.restore,
            discard=self._discard,
            in_tray=self._in_tray,
            parent=self,
        )
        self._screen.quit_asked.connect(self.ask_quit)
        self._collector.spare_what_is_there()
        # that was for the start; whatever opens a window later wants it to be seen
        self._in_tray = False
        # the same line as the headless host's: whoever started the program may be waiting for it
        print(f"Clipset is ready at {self.core.address}", flush=True)  # noqa: T201
        self.shown.emit()

    def _save_report(self, text: str) -> None:
        folder = self._settings.host.data_path / "logs"

        def save() -> None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "crash-report.txt").write_text(text, encoding="utf-8")

        def saved(_: object) -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

        self._background.run(self, save, saved)
