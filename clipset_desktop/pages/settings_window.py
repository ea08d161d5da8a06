"""The part of the settings that is about this window alone: takes effect at once, and needs no Save."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from clipset_desktop import start_at_login
from clipset_desktop.bridge import Loader
from clipset_desktop.context import Context
from clipset_desktop.look.theme import Wanted
from clipset_desktop.pages.page import Page
from clipset_desktop.preferences import Language
from clipset_desktop.widgets.fields import Choice, Switch
from clipset_desktop.widgets.labels import Card, label, rule
from clipset_desktop.words import tr
from server.errors import ClipsetError, Unavailable

_SYSTEMS = {"win32": "Windows", "darwin": "macOS"}


class WindowSettings(Card):
    """Language, look, and what happens at login, at closing, and when something is to be told."""

    def __init__(self, ctx: Context, page: Page) -> None:
        super().__init__()
        self._page = page
        self._preferences = preferences = ctx.preferences
        self._entry = start_at_login.entry()
        self._command = start_at_login.command(ctx.core.settings.host.data_path)
        #: What the person wants of it; None before they have said.
        self._wanted: bool | None = None
        self._loader = Loader(page.run, self._settle, self._show_at_login, self._refuse_at_login, self)
        self.language = Choice[Language](
            ctx.theme,
            [("system", tr("As the system")), ("en", "English"), ("de", "Deutsch")],
            preferences.language,
        )
        self.language.activated.connect(self._set_language)
        self.look = Choice[Wanted](
            ctx.theme,
            [("system", tr("As the system")), ("light", tr("Light")), ("dark", tr("Dark"))],
            preferences.look,
        )
        self.look.activated.connect(self._set_look)
        self.at_login = Switch(ctx.theme)
        self.at_login.clicked.connect(self._set_at_login)
        self.to_tray = Switch(ctx.theme, on=preferences.closes_to_tray)
        self.to_tray.clicked.connect(self._set_to_tray)
        self.notifies = Switch(ctx.theme, on=preferences.notifies)
        self.notifies.clicked.connect(self._set_notifies)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 1, 1, 1)
        self._column.setSpacing(0)
        system = _SYSTEMS.get(sys.platform, "Linux")
        for title, help_text, entry in (
            (tr("Language"), tr("Of this window. The browser has its own."), self.language),
            (tr("Look"), tr("Light or dark."), self.look),
            (
                tr("Start with {system}", system=system),
                tr("The server is on as soon as you have signed in, with the window in the tray."),
                self.at_login,
            ),
            (
                tr("Keep running when the window is closed"),
                tr("People can go on watching. Quit from the icon in the tray."),
                self.to_tray,
            ),
            (
                tr("Tell me when something needs me"),
                tr("A note of the system for a video that failed, and when the queue is empty."),
                self.notifies,
            ),
        ):
            self._add(title, help_text, entry)

    def load(self) -> None:
        """Find out what the system starts at login."""
        self._loader.ask()

    def _add(self, title: str, help_text: str, entry: QWidget) -> None:
        if self._column.count():
            self._column.addWidget(rule())
        row = QWidget()
        grid = QGridLayout(row)
        grid.setContentsMargins(16, 12, 46, 12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(label(title, "strong", wrap=True), 0, 0)
        grid.addWidget(label(help_text, "small", wrap=True), 1, 0)
        grid.addWidget(entry, 0, 1, 2, 1)
        entry.setAccessibleName(title)
        entry.setAccessibleDescription(help_text)
        self._column.addWidget(row)

    def _set_at_login(self, on: bool) -> None:
        self._wanted = on
        self._loader.ask()

    def _settle(self) -> bool:
        """See to it that it is as wanted; whether the system starts it."""
        wanted = self._wanted
        try:
            on = self._entry.is_on()
            if wanted is None or wanted == on:
                return on
            self._entry.turn_on(self._command) if wanted else self._entry.turn_off()
            return self._entry.is_on()
        except OSError as error:
            raise _refusal(error) from error

    def _show_at_login(self, on: bool) -> None:
        if self._wanted is None:
            self.at_login.setChecked(on)

    def _refuse_at_login(self, error: ClipsetError) -> None:
        self._page.show_error(error)
        if self._wanted is not None:
            self.at_login.setChecked(not self._wanted)
            self._wanted = None

    def _set_language(self) -> None:
        self._preferences.language = self.language.value

    def _set_look(self) -> None:
        self._preferences.look = self.look.value

    def _set_to_tray(self, on: bool) -> None:
        self._preferences.closes_to_tray = on

    def _set_notifies(self, on: bool) -> None:
        self._preferences.notifies = on


def _refusal(error: OSError) -> ClipsetError:
    return Unavailable(
        tr("The system does not let Clipset change that ({reason}).", reason=error.strerror or error)
    )
