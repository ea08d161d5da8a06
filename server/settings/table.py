"""The one table of settings: each is declared once, with its type, default, limits, label and help.

The environment (`CLIPSET_*`), `.env` files, the admin API, the command line and the desktop's settings page
all derive from the two structs. `HostSettings` belong to the machine and take effect at a start. `Config` is what
members feel: it lives in the database, is changed live, and takes its first values here.
"""

from __future__ import annotations

from server.settings.config import Config
from server.settings.host import HostSettings
from server.settings.setting import rows_of

HOST_SETTINGS = tuple(rows_of(HostSettings, needs_restart=True))
CONFIG_SETTINGS = tuple(rows_of(Config, needs_restart=False))
SETTINGS = HOST_SETTINGS + CONFIG_SETTINGS
"""Every setting, in the order pages show them."""
