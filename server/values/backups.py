"""What a backup holds, as its own `manifest.json` says it."""

from __future__ import annotations

from datetime import datetime

import msgspec

FORMAT = 1


class BackupFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a backup, by its path in it. Without `sha256` for what shares its bytes with the original."""

    path: str
    size_bytes: int
    sha256: str | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Written last: a folder without it is no backup."""

    format: int = FORMAT
    made_at: datetime
    version: str
    revision: str
    rows: dict[str, int]
    with_videos: bool
    scheduled: bool
    files: tuple[BackupFile, ...]


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """A backup and where it is."""

    folder: str
    manifest: Manifest

    @property
    def size_bytes(self) -> int:
        """All of its files together."""
        return sum(file.size_bytes for file in self.manifest.files)
