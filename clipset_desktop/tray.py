"""The icon in the tray: whether the server is on, and a way back to the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from clipset_desktop.look.theme import Theme
from clipset_desktop.state import ServerState
from clipset_desktop.words import tr, trn


class Tray(QObject):
    """Where the system has no tray, `is_there` is false and closing the window ends the program."""

    opened = Signal()
    quit_asked = Signal()

    def __init__(self, theme: Theme, state: ServerState, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = state
        self.is_there = QSystemTrayIcon.isSystemTrayAvailable()
        self._menu = QMenu()
        self._line = self._menu.addAction(tr("Starting"))
        self._line.setEnabled(False)
        self._menu.addSeparator()
        self._menu.addAction(tr("Open Clipset")).triggered.connect(self.opened)
        self._menu.addAction(tr("Copy the address")).triggered.connect(self._copy)
        self._menu.addSeparator()
        self._menu.addAction(tr("Quit")).triggered.connect(self.quit_asked)
        self._icon = QSystemTrayIcon(theme.app_icon, self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._on_activated)
        self._told = False
        state.changed.connect(self._show)
        self._show()
        if self.is_there:
            self._icon.show()

    def hide(self) -> None:
        """Take the icon away."""
        self._icon.hide()

    def tell(self, heading: str, text: str, is_bad: bool) -> None:
        """Say something by the system's own notes."""
        if self.is_there:
            icon = QSystemTrayIcon.MessageIcon.Warning if is_bad else QSystemTrayIcon.MessageIcon.Information
            self._icon.showMessage(heading, text, icon)

    def tell_still_running(self) -> None:
        """Say once that closing the window did not end the server."""
        if not self._told:
            self._told = True
            self._icon.showMessage(
                self._state.now.name,
                tr("Clipset keeps running here. Quit from this menu."),
                self._theme.app_icon,
            )

    def _show(self) -> None:
        line = state_line(self._state)
        self._line.setText(line)
        self._icon.setToolTip(f"{self._state.now.name}: {line}")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._state.now.address)

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.opened.emit()


def state_line(state: ServerState) -> str:
    """What the server is doing, in a few words."""
    now = state.now
    if not now.address:
        return tr("Starting")
    busy = now.stats.jobs_running if now.stats else 0
    parts = (
        trn("{n} person watching", "{n} people watching", now.viewers_now) if now.viewers_now else "",
        trn("{n} getting ready", "{n} getting ready", busy) if busy else "",
    )
    return ", ".join(filter(None, parts)) or tr("On")
