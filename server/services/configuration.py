"""The settings that members feel: one row, read from memory, changed while running."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from server.database.engine import Database
from server.errors import InvalidInput
from server.events import ConfigChanged, Publish
from server.models import ConfigRow
from server.settings import CONFIG_SETTINGS, Config, config_from, format_value
from server.values.accounts import Caller
from server.values.clock import Clock


class StoredConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The settings with who changed them last, and when."""

    config: Config
    updated_by: UUID | None
    updated_at: datetime


class Configuration:
    """Keeps the `config` row. `get` never touches the database, so anything may ask at any rate."""

    def __init__(self, database: Database, first: Config, publish: Publish, clock: Clock) -> None:
        self._database = database
        self._first = first
        self._publish = publish
        self._clock = clock
        self._lock = threading.Lock()
        self._current: StoredConfig | None = None

    def load(self) -> None:
        """Read the row, or make it from the first values. For the start."""
        with self._lock, self._database.write() as db:
            row = db.get(ConfigRow, 1)
            if row is None:
                row = ConfigRow(id=1, updated_at=self._clock(), updated_by=None, **_texts(self._first))
                db.add(row)
            self._current = _value(row)

    def get(self) -> Config:
        """The settings as they are now."""
        return self.stored().config

    def stored(self) -> StoredConfig:
        """The same with who changed them last."""
        if self._current is None:
            raise RuntimeError("Configuration.load() was not called")
        return self._current

    def update(self, caller: Caller, **changes: Any) -> Config:
        """Change some settings. Raises `InvalidInput` naming the field; then nothing is changed."""
        unknown = changes.keys() - {row.key for row in CONFIG_SETTINGS}
        if unknown:
            raise InvalidInput(f"There is no setting {min(unknown)}.", field=min(unknown))
        with self._lock:
            with self._database.write() as db:
                row = db.get_one(ConfigRow, 1)
                new = config_from({**msgspec.structs.asdict(_value(row).config), **changes})
                for key, value in _texts(new).items():
                    setattr(row, key, value)
                row.updated_by, row.updated_at = caller.user_id, self._clock()
                current = _value(row)
            # after the commit, and before another change can: memory and database agree on which was last
            self._current = current
        self._publish(ConfigChanged())
        return current.config


def _texts(config: Config) -> dict[str, Any]:
    """Column values: lists as comma-separated text."""
    values = msgspec.structs.asdict(config)
    return {key: format_value(value) if isinstance(value, tuple) else value for key, value in values.items()}


def _value(row: ConfigRow) -> StoredConfig:
    values = {setting.key: getattr(row, setting.key) for setting in CONFIG_SETTINGS}
    return StoredConfig(config=config_from(values), updated_by=row.updated_by, updated_at=row.updated_at)
