"""What every page is given: the core, the way off the GUI thread, the events, the look, and the server's state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clipset_desktop.background import Background
from clipset_desktop.bridge import EventBridge
from clipset_desktop.log_feed import LogFeed
from clipset_desktop.look.theme import Theme
from clipset_desktop.preferences import Preferences
from clipset_desktop.state import ServerState
from clipset_desktop.thumbnails import Thumbnails

if TYPE_CHECKING:
    from server.composition import Clipset


@dataclass(frozen=True, kw_only=True)
class Context:
    """Built once by the app. Calls to `core` block and go through `background`."""

    core: Clipset
    background: Background
    bridge: EventBridge
    theme: Theme
    state: ServerState
    thumbnails: Thumbnails
    log: LogFeed
    preferences: Preferences
    restore: Callable[[Path], None]
    """Stops the server, goes back to a backup, and starts it again; the window is another one then."""
