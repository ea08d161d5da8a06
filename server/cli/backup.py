"""`clipset backup` and `clipset restore`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.cli import output
from server.cli.data_folder import opened, taken

if TYPE_CHECKING:
    from server.values.backups import Backup

_COLUMNS = ("folder", "made_at", "with_videos", "size_bytes", "version")


def add(commands: argparse._SubParsersAction[Any], shared: argparse.ArgumentParser) -> None:
    """The parsers of both."""
    backup = commands.add_parser(
        "backup",
        parents=[shared],
        help="copy the database, the secret key and the settings",
        description="Copy the database, the secret key and the settings, also while Clipset runs.",
    )
    backup.set_defaults(run=_backup)
    backup.add_argument("--to", metavar="FOLDER", help="where it is put (backups in the data folder)")
    backup.add_argument(
        "--with-videos",
        action="store_true",
        help="the videos too; on the same disk they take no room, as they share it with the originals",
    )
    backup.add_argument("--list", action="store_true", help="only list the backups that are there")
    restore = commands.add_parser(
        "restore",
        parents=[shared],
        help="put a backup in the place of what is there",
        description="Put a backup in the place of what is there, which is set aside. Stop Clipset first.",
    )
    restore.set_defaults(run=_restore)
    restore.add_argument("backup", help="the folder of a backup")
    restore.add_argument("--settings", action="store_true", help="restore the file of settings too")


def _backup(options: argparse.Namespace) -> int:
    target = Path(options.to).expanduser().absolute() if options.to else None
    with opened(options) as bench:
        if options.list:
            rows = [_row(backup) for backup in bench.backups.list(target)]
            output.show(rows, as_json=options.json, columns=_COLUMNS)
            return 0
        made = bench.backups.create(target, with_videos=options.with_videos)
    if options.json:
        output.show(_row(made), as_json=True)
    else:
        output.say(made.folder)
        if options.with_videos and any(not file.sha256 for file in made.manifest.files):
            output.say(
                "The videos in it share the disk with the originals. Against a broken disk, use another one."
            )
    return 0


def _restore(options: argparse.Namespace) -> int:
    from server.services.restoring import restore

    with taken(options) as host:
        done = restore(host, Path(options.backup).expanduser(), with_settings=options.settings)
    if options.json:
        output.show({"made_at": done.manifest.made_at, "aside": done.aside}, as_json=True)
    else:
        output.say(
            f"The backup of {done.manifest.made_at:%Y-%m-%d %H:%M} UTC is restored. Everybody has to sign in again."
        )
        output.say(f"What was there before is in {done.aside}.")
    return 0


def _row(backup: Backup) -> dict[str, Any]:
    return {
        "folder": backup.folder,
        "made_at": backup.manifest.made_at,
        "with_videos": backup.manifest.with_videos,
        "scheduled": backup.manifest.scheduled,
        "size_bytes": backup.size_bytes,
        "version": backup.manifest.version,
    }
