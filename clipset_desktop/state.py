"""What the window's frame shows wherever one is: the server's name and address, who is watching, and the figures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from clipset_desktop.background import Background
from clipset_desktop.bridge import EventBridge, Loader
from server.events import (
    AddressChanged,
    ConfigChanged,
    Event,
    JobChanged,
    UploadProgressed,
    UserChanged,
    VideoChanged,
    VideoDeleted,
    ViewersChanged,
)
from server.values.stats import Stats

if TYPE_CHECKING:
    from server.composition import Clipset

_FIGURES = (
    AddressChanged,
    UserChanged,
    VideoChanged,
    VideoDeleted,
    JobChanged,
    UploadProgressed,
    ConfigChanged,
)
#: The figures cost a few queries and change with every byte, so they are asked for at most once in this time.
_INTERVAL_MS = 1000


class Snapshot(msgspec.Struct, frozen=True):
    """One consistent view of the server."""

    name: str = "Clipset"
    address: str = ""
    local_name: str = ""
    viewers_now: int = 0
    stats: Stats | None = None


class ServerState(QObject):
    """Keeps a `Snapshot` fresh by events and says `changed` when it differs."""

    changed = Signal()

    def __init__(
        self, core: Clipset, background: Background, bridge: EventBridge, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._core = core
        self.now = Snapshot()
        run = partial(background.run, self)
        self._loader = Loader(run, self._read, self._set, lambda _: None, self, _INTERVAL_MS)
        bridge.happened.connect(self._on_event)

    def refresh(self) -> None:
        """Ask the core anew."""
        self._loader.ask()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, ViewersChanged):
            self._set(msgspec.structs.replace(self.now, viewers_now=event.viewers_now))
        elif isinstance(event, _FIGURES):
            self.refresh()

    def _read(self) -> Snapshot:
        stats = self._core.stats.snapshot()
        way_in = self._core.lan.way_in()
        return Snapshot(
            name=self._core.configuration.get().server_name,
            address=way_in.address,
            local_name=way_in.names[0] if way_in.names else "",
            viewers_now=stats.viewers_now,
            stats=stats,
        )

    def _set(self, snapshot: Snapshot) -> None:
        if snapshot != self.now:
            self.now = snapshot
            self.changed.emit()
