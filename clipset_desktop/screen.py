"""What the host sees while the server runs: the window, the icon in the tray, and notes. Starts and stops nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from clipset_desktop import words
from clipset_desktop.background import Background
from clipset_desktop.bridge import EventBridge
from clipset_desktop.context import Context
from clipset_desktop.log_feed import LogFeed
from clipset_desktop.look.theme import Theme
from clipset_desktop.notifications import Notifications
from clipset_desktop.preferences import Preferences
from clipset_desktop.state import ServerState
from clipset_desktop.thumbnails import Thumbnails
from clipset_desktop.tray import Tray
from clipset_desktop.widgets.ask import Answer, Question
from clipset_desktop.window import MainWindow
from clipset_desktop.words import tr, trn
from server.composition import Clipset

Discard = Callable[[QObject], None]


class Screen(QObject):
    """For one run of the core: after `close` there is another one, or none."""

    quit_asked = Signal()

    def __init__(
        self,
        core: Clipset,
        background: Background,
        theme: Theme,
        log: LogFeed,
        preferences: Preferences,
        *,
        restore: Callable[[Path], None],
        discard: Discard,
        in_tray: bool,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._discard = discard
        self._language = preferences.language
        bridge = EventBridge(core.events, self)
        self.ctx = Context(
            core=core,
            background=background,
            bridge=bridge,
            theme=theme,
            state=ServerState(core, background, bridge, self),
            thumbnails=Thumbnails(background, bridge, core.watching.thumbnail_path, self),
            log=log,
            preferences=preferences,
            restore=restore,
        )
        self.window: MainWindow | None = None
        self.tray: Tray | None = None
        self._open(in_tray=in_tray)
        Notifications(core, background, bridge, self._notify, self)
        preferences.changed.connect(self._on_preferences)
        self.ctx.state.refresh()

    def close(self) -> None:
        """Hear no more of the core, and take everything away."""
        self.ctx.bridge.close()
        self._take_away()

    def ask_quit(self, on_yes: Callable[[], None]) -> None:
        """Call `on_yes` if nobody and nothing is cut off by it, or if the host says that it shall be."""
        reason = what_quitting_stops(self.ctx.state)
        if not reason or self.window is None:
            on_yes()
            return
        self.window.bring_forward()
        Question(
            self.window,
            self.ctx.theme,
            tr("Quit Clipset?"),
            text=reason,
            answers=(Answer(key="quit", text=tr("Quit"), kind="danger"),),
            on_answer=lambda _: on_yes(),
        ).open()

    def _open(self, *, in_tray: bool) -> None:
        self.window = MainWindow(self.ctx)
        self.window.closing.connect(self._on_closing)
        self.window.quit_asked.connect(self.quit_asked)
        self.tray = Tray(self.ctx.theme, self.ctx.state, self)
        self.tray.opened.connect(self.window.bring_forward)
        self.tray.quit_asked.connect(self.quit_asked)
        if not (in_tray and self.tray.is_there):
            self.window.show()
        self.window.build_ahead()

    def _take_away(self) -> None:
        if self.window is None or self.tray is None:
            return
        self.window.remember_place()
        for each in (self.window, self.tray):
            each.hide()
            self._discard(each)
        self.window = self.tray = None

    def _on_preferences(self) -> None:
        preferences = self.ctx.preferences
        if self.window is None or preferences.language == self._language:
            return
        self._language = preferences.language
        words.speak(preferences.language)
        page = self.window.page_shown
        self._take_away()
        self._open(in_tray=False)
        self.window.show_page(page)

    def _notify(self, heading: str, text: str, is_bad: bool) -> None:
        looking = self.window is not None and self.window.isActiveWindow()
        if self.tray is not None and self.ctx.preferences.notifies and not looking:
            self.tray.tell(heading, text, is_bad)

    def _on_closing(self) -> None:
        assert self.tray is not None and self.window is not None
        if self.tray.is_there and self.ctx.preferences.closes_to_tray:
            self.window.hide()
            self.tray.tell_still_running()
        else:
            self.quit_asked.emit()


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
