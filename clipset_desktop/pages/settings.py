"""The settings, rendered from the one table: what members feel at once, what the machine takes at its next start."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clipset_desktop.context import Context
from clipset_desktop.pages.page import Page
from clipset_desktop.pages.settings_row import SettingRow
from clipset_desktop.pages.settings_window import WindowSettings
from clipset_desktop.widgets.labels import Button, Card, label, rule
from clipset_desktop.words import sentence, tr, trn
from server import settings
from server.errors import ClipsetError
from server.events import ConfigChanged
from server.settings import CONFIG_SETTINGS, HOST_SETTINGS, Config, Setting, store_host_setting
from server.values.accounts import HOST

#: Used once, before there is an account; by the time there is a window there is one.
_USED_UP = ("initial_admin_email", "initial_admin_username", "initial_admin_password")


class SettingsPage(Page):
    """Nothing takes effect before Save; the bar with it is there as long as something is changed."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx, tr("Settings"))
        self._rows: dict[str, SettingRow] = {}
        self._config: Config | None = None
        self.window_settings = WindowSettings(ctx, self)
        body = QWidget()
        body.setObjectName("scrolled")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        self._parts: Iterator[None] | None = self._build(column)
        self._builder = QTimer(self)
        self._builder.timeout.connect(self._build_on)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        whole = QWidget()
        stack = QVBoxLayout(whole)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(8)
        stack.addWidget(scroll, 1)
        stack.addWidget(self._save_bar())
        self.add_body(whole)
        self.listen(ConfigChanged, lambda _: self._load_config())
        self._on_edited()

    @property
    def rows(self) -> dict[str, SettingRow]:
        """Every setting by its key."""
        while self._parts is not None:
            self._build_on()
        return self._rows

    def load(self) -> None:
        """Build what is not there yet, and show what is in force."""
        self._load_config()
        self._builder.start()

    def _build(self, column: QVBoxLayout) -> Iterator[None]:
        """Put everything into the column, row by row: all of it at once would hold up the window."""
        yield from self._section(
            column, tr("For everyone"), tr("Takes effect at once."), CONFIG_SETTINGS, lambda: self._config
        )
        column.addSpacing(12)
        head = QHBoxLayout()
        head.addWidget(label(tr("This window"), "heading"))
        head.addStretch(1)
        head.addWidget(label(tr("Takes effect at once."), "small"))
        column.addLayout(head)
        column.addWidget(self.window_settings)
        column.addSpacing(12)
        yield
        host = tuple(row for row in HOST_SETTINGS if row.key not in _USED_UP)
        yield from self._section(
            column,
            tr("This computer"),
            tr("Takes effect when Clipset starts again."),
            host,
            lambda: self.ctx.core.settings.host,
        )
        column.addStretch(1)

    def _build_on(self) -> None:
        if self._parts is None:
            return
        for _ in self._parts:
            return  # more is to come
        self._parts = None
        self._builder.stop()
        self.window_settings.load()

    def _load_config(self) -> None:
        self.run(self.ctx.core.configuration.get, self._show_config)

    def _show_config(self, config: Config) -> None:
        self._config = config
        for row in CONFIG_SETTINGS:
            widget = self._rows.get(row.key)
            if widget is not None and not widget.is_changed:
                widget.show_value(getattr(config, row.key))
        self._on_edited()

    def _section(
        self,
        column: QVBoxLayout,
        heading: str,
        when: str,
        table: tuple[Setting, ...],
        in_force: Callable[[], object | None],
    ) -> Iterator[None]:
        """A card with a row for each setting; what is `in_force` is shown from the start where it is known."""
        head = QHBoxLayout()
        head.addWidget(label(heading, "heading"))
        head.addStretch(1)
        head.addWidget(label(when, "small"))
        column.addLayout(head)
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        column.addWidget(card)
        for at, row in enumerate(table):
            if at:
                inside.addWidget(rule())
            widget = SettingRow(self.ctx.theme, row, locked=_locked(row))
            if (values := in_force()) is not None:
                widget.show_value(getattr(values, row.key))
            widget.edited.connect(self._on_edited)
            self._rows[row.key] = widget
            inside.addWidget(widget)
            yield

    def _save_bar(self) -> QFrame:
        self.bar = QFrame()
        self.bar.setObjectName("savebar")
        self._count = label()
        self.undo = Button(self.ctx.theme, tr("Undo"), kind="quiet", name="undo")
        self.undo.clicked.connect(self._undo)
        self.save = Button(self.ctx.theme, tr("Save"), kind="primary", name="save")
        self.save.clicked.connect(self._save)
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(16, 8, 8, 8)
        row.addWidget(self._count, 1)
        row.addWidget(self.undo)
        row.addWidget(self.save)
        return self.bar

    def _changed(self) -> list[SettingRow]:
        return [row for row in self._rows.values() if row.is_changed]

    def _on_edited(self) -> None:
        changed = self._changed()
        wrong = [row for row in changed if row.wrong]
        self.bar.setVisible(bool(changed))
        self.save.setEnabled(not wrong)
        text = trn("{n} change", "{n} changes", len(changed))
        if wrong:
            text = tr("{label} is not right yet.", label=tr(wrong[0].row.label))
        elif any(row.row.needs_restart for row in changed):
            text = tr("{changes}. Restart Clipset afterwards.", changes=text)
        self._count.setText(text)

    def _undo(self) -> None:
        for row in self._changed():
            row.undo()
        self._on_edited()

    def _save(self) -> None:
        changed = self._changed()
        live = {row.row.key: row.value() for row in changed if not row.row.needs_restart}
        host = [(row.row, row.text()) for row in changed if row.row.needs_restart]
        data_path = self.ctx.core.settings.host.data_path

        def store() -> None:
            if live:
                self.ctx.core.configuration.update(HOST, **live)
            for row, text in host:
                same = settings.parse(row, text) == row.default if text else True
                store_host_setting(data_path, row, "" if same else text)

        def done(_: object) -> None:
            for row in changed:
                row.show_value(row.value())
            self._on_edited()
            if host:
                self.notice.say(tr("Saved. Some of it takes effect when Clipset starts again."), "warn")
            else:
                self.notice.say(tr("Saved."), "good")

        self.run(store, done, self._show_refusal)

    def _show_refusal(self, error: ClipsetError) -> None:
        if error.field in self.rows:
            self.rows[error.field].show_wrong(sentence(error.sentence))
            self._on_edited()
        else:
            self.show_error(error)


def _locked(row: Setting) -> str:
    """Why a setting cannot be changed here; empty when it can."""
    if row.key == "data_dir":
        return tr("Where the database and the keys are. Set it when you start Clipset, with --data-dir.")
    if os.environ.get(row.variable):
        return tr("Set outside of Clipset, by {variable}.", variable=row.variable)
    return ""
