"""Backups: when they are made by themselves, one by hand, and the way back to one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from clipset_desktop.context import Context
from clipset_desktop.pages import backups_model
from clipset_desktop.pages.list_page import ListPage
from clipset_desktop.widgets.ask import Answer
from clipset_desktop.widgets.empty import EmptyState
from clipset_desktop.words import size, tr
from server.errors import ClipsetError
from server.values.backups import Backup

_WITH, _WITHOUT = "with", "without"


class BackupsPage(ListPage[Backup]):
    """A restore stops the server, so the host does it; this page only asks."""

    def __init__(self, ctx: Context) -> None:
        empty = EmptyState(
            ctx.theme,
            "disk",
            tr("No backups yet"),
            tr("A backup holds the accounts, the categories and all that is known of the videos."),
            action=tr("Back up now"),
            on_action=self._ask_create,
        )
        super().__init__(ctx, tr("Backups"), backups_model.BackupsModel(), empty)
        self.make = self.add_header_button(tr("Back up now"), "disk", self._ask_create)
        schedule = {
            "off": tr("Nothing is backed up by itself. Settings, Backups, changes that."),
            "daily": tr("Made by itself every day."),
            "weekly": tr("Made by itself every week."),
        }
        self.say(schedule.get(ctx.core.settings.host.backup_schedule, ""))

    def fetch(self) -> Sequence[Backup]:
        """Every backup in the data folder."""
        return self.ctx.core.backups.list()

    def act(self, action: str, value: Any) -> None:
        """Show where it is, or go back to it after asking."""
        if action == backups_model.OPEN:
            QDesktopServices.openUrl(QUrl.fromLocalFile(value.folder))
        elif action == backups_model.RESTORE:
            self._ask_restore(value)

    def show_details(self, value: Backup) -> None:
        """What is in it."""
        rows = value.manifest.rows
        pairs = [
            (tr("People"), str(rows.get("users", ""))),
            (tr("Videos"), str(rows.get("videos", ""))),
            (tr("Files of the videos"), tr("In it") if value.manifest.with_videos else tr("Not in it")),
            (tr("Size"), size(value.size_bytes)),
            (tr("Made with"), f"Clipset {value.manifest.version}"),
            (tr("Where"), value.folder),
        ]
        self.show_facts(backups_model.name(value), pairs, backups_model.actions())

    def _ask_create(self) -> None:
        self.ask(
            tr("Back up now?"),
            tr(
                "A backup goes into the data folder. The files of the videos are many; on the same disk they take no "
                "more room, but do not outlive that disk either."
            ),
            (
                Answer(key=_WITH, text=tr("With the videos")),
                Answer(key=_WITHOUT, text=tr("Without"), kind="primary"),
            ),
            self._create,
        )

    def _create(self, answer: str) -> None:
        self.make.setEnabled(False)

        def done(_: Backup) -> None:
            self.make.setEnabled(True)
            self.notice.say(tr("The backup is made, and checked."), "good")
            self.load()

        def failed(error: ClipsetError) -> None:
            self.make.setEnabled(True)
            self.show_error(error)

        self.run(lambda: self.ctx.core.backups.create(with_videos=answer == _WITH), done, failed)

    def _ask_restore(self, backup: Backup) -> None:
        self.ask(
            tr("Go back to {name}?", name=backups_model.name(backup)),
            tr(
                "The server stops for it, and everybody has to sign in again. What is there now is set aside, not "
                "deleted."
            ),
            (Answer(key="restore", text=tr("Restore"), kind="danger"),),
            lambda _: self.ctx.restore(Path(backup.folder)),
        )
