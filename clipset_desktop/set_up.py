"""Building the core, and carrying out what the wizard asked for. Everything here blocks and knows nothing of Qt."""

from __future__ import annotations

from pathlib import Path

import msgspec

from server.composition import Clipset
from server.data_lock import DataLock
from server.errors import ClipsetError
from server.services import restoring
from server.settings import SETTINGS, Settings, format_value, store_host_setting
from server.values.accounts import HOST

_ROWS = {row.key: row for row in SETTINGS}


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What the wizard asked for."""

    server_name: str
    video_storage_path: str
    port: int
    email: str
    username: str
    password: str


class SetUpError(ClipsetError):
    """The wizard's choices could not be carried out; `core` is what is left to try with, if anything."""

    def __init__(self, error: ClipsetError, core: Clipset | None) -> None:
        super().__init__(error.sentence, code=error.code, field=error.field)
        self.core = core


def build(settings: Settings) -> tuple[Clipset, bool]:
    """The core, not yet started, and whether it waits for its first admin."""
    core = Clipset(settings)
    core.setup.from_environment(settings.host)
    return core, core.setup.is_needed()


def set_up(core: Clipset | None, settings: Settings, choices: Choices) -> Clipset:
    """Carry out the wizard's choices, in an order in which each may fail and be tried again. Raises `SetUpError`."""
    host = msgspec.structs.replace(
        settings.host, port=choices.port, video_storage_path=choices.video_storage_path
    )
    try:
        if core is None or core.settings.host != host:
            if core is not None:
                core.stop()
                core = None
            core = Clipset(msgspec.structs.replace(settings, host=host))
        if core.setup.is_needed():
            core.setup.create_admin(choices.email, choices.username, choices.password)
        core.configuration.update(HOST, server_name=choices.server_name)
        for key in ("port", "video_storage_path"):
            if getattr(host, key) != getattr(settings.host, key):
                store_host_setting(host.data_path, _ROWS[key], format_value(getattr(host, key)))
        core.start()
    except ClipsetError as error:
        raise SetUpError(error, core) from error
    return core


def restore(core: Clipset, settings: Settings, backup: Path) -> tuple[Clipset, ClipsetError | None]:
    """Go back to a backup: a new core, started, and why it is what it was if the backup could not be taken."""
    core.stop()
    lock = DataLock(settings.host.data_path)
    refusal = None
    try:
        lock.acquire()
        restoring.restore(settings.host, backup)
    except ClipsetError as error:
        refusal = error
    finally:
        lock.release()
    core = Clipset(settings)
    core.start()
    return core, refusal
