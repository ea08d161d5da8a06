"""How a backup looks as a row, and what can be done with it."""

from __future__ import annotations

from clipset_desktop.widgets.rows import Action, Badge, Row, RowsModel
from clipset_desktop.words import ago, clock, date, size, tr
from server.values.backups import Backup

OPEN = "open"
RESTORE = "restore"


class BackupsModel(RowsModel[Backup]):
    """Backups, newest first."""

    def __init__(self) -> None:
        super().__init__(lambda backup: backup.folder, row)


def row(backup: Backup) -> Row:
    """One backup."""
    manifest = backup.manifest
    kind = tr("Made by itself") if manifest.scheduled else tr("Made by hand")
    return Row(
        strong=name(backup),
        quiet=" · ".join((ago(manifest.made_at), kind)),
        trailing=size(backup.size_bytes),
        icon="disk",
        badges=(Badge(text=tr("With the videos"), tone="accent"),) if manifest.with_videos else (),
        actions=actions(),
    )


def name(backup: Backup) -> str:
    """When it was made."""
    return f"{date(backup.manifest.made_at)}, {clock(backup.manifest.made_at)[:5]}"


def actions() -> tuple[Action, ...]:
    """What can be done with any backup."""
    return (
        Action(key=OPEN, text=tr("Open the folder"), icon="folder", shortcut="Ctrl+O"),
        Action(key=RESTORE, text=tr("Restore"), icon="retry", danger=True),
    )
