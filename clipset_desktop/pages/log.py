"""The log, as it is written: levels, search, and the whole of a line beside it."""

from __future__ import annotations

import logging

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QStackedWidget, QWidget

from clipset_desktop.bridge import Throttle
from clipset_desktop.context import Context
from clipset_desktop.pages.log_model import (
    ENTRY_ROLE,
    LogDelegate,
    LogModel,
    facts_line,
    level_word,
    sentence,
)
from clipset_desktop.pages.page import Page
from clipset_desktop.widgets.details import DetailsPanel
from clipset_desktop.widgets.empty import EmptyState
from clipset_desktop.widgets.fields import Choice, search_line
from clipset_desktop.widgets.rows import Action
from clipset_desktop.words import clock, date, tr
from server.recent_log import LogEntry

#: The list takes in new lines this often at most, however fast they come.
_GROWS_MS = 250
_COPY = "copy"


class LogPage(Page):
    """Shows what the feed keeps in memory; older lines are in the files, which a button leads to."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx, tr("Log"))
        self.add_header_button(tr("Open the folder"), "folder", self._open_folder, kind="plain")
        self.search = search_line(ctx.theme, tr("Search"))
        levels = [
            (0, tr("Everything")),
            (logging.WARNING, tr("Warnings and errors")),
            (logging.ERROR, tr("Errors")),
        ]
        self.level = Choice[int](ctx.theme, levels, 0)
        self.level.setAccessibleName(tr("Which lines to show"))
        self.add_tools(self.search, self.level)
        self.model = LogModel(self)
        self.list = QListView()
        self.list.setObjectName("rows")
        self.list.setAccessibleName(tr("Log"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(LogDelegate(ctx.theme, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.panel = DetailsPanel(ctx.theme)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(
            EmptyState(
                ctx.theme,
                "log",
                tr("No such lines"),
                tr("What the server does and what goes wrong shows here."),
            )
        )
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._stack, 1)
        row.addWidget(self.panel)
        self.add_body(body)
        self.search.textChanged.connect(self._narrow)
        self.level.currentIndexChanged.connect(self._narrow)
        self.list.selectionModel().selectionChanged.connect(lambda *_: self._show(self._chosen()))
        self.panel.closed.connect(self._close_panel)
        self._grown = Throttle(_GROWS_MS, lambda _: self._take_in(), self)
        ctx.log.grew.connect(self._on_grew)

    def load(self) -> None:
        """What is kept already."""
        self._take_in()

    def take_focus(self) -> None:
        """The keyboard goes to the list."""
        self.list.setFocus()

    def _on_grew(self) -> None:
        self._grown.put(None, None)

    def _take_in(self) -> None:
        self.model.add(self.ctx.log.since(self.model.last_number))
        self._stack.setCurrentIndex(0 if self.model.shown else 1)

    def _narrow(self) -> None:
        self.model.narrow(self.level.value, self.search.text())
        self.panel.hide()
        self._stack.setCurrentIndex(0 if self.model.shown else 1)

    def _chosen(self) -> LogEntry | None:
        indexes = self.list.selectedIndexes()
        return indexes[0].data(ENTRY_ROLE) if indexes else None

    def _show(self, entry: LogEntry | None) -> None:
        if entry is None:
            self.panel.hide()
            return
        pairs = [
            (tr("When"), f"{date(entry.at)}, {clock(entry.at)}"),
            (tr("Level"), level_word(entry.level)),
            (tr("Part of the program"), entry.logger),
            *entry.facts,
            (tr("Where it went wrong"), entry.trace),
        ]
        copy = Action(key=_COPY, text=tr("Copy"), icon="copy")
        self.panel.show_facts(sentence(entry), pairs, (copy,), lambda _: self._copy())

    def _copy(self) -> None:
        entry = self._chosen()
        if entry is None:
            return
        line = f"{entry.at.isoformat()} {logging.getLevelName(entry.level)} {entry.logger} {entry.event}"
        text = "\n".join(filter(None, (f"{line} {facts_line(entry)}".strip(), entry.trace)))
        QGuiApplication.clipboard().setText(text)
        self.notice.say(tr("The line is copied."), "good")

    def _close_panel(self) -> None:
        self.list.clearSelection()
        self.list.setFocus()

    def _open_folder(self) -> None:
        folder = self.ctx.core.settings.host.data_path / "logs"
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
