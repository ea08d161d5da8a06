"""The settings: `table` declares each one once, `sources` reads and writes their values."""

from server.settings.sources import (
    Settings,
    config_from,
    example_env,
    format_value,
    load,
    parse,
    store_host_setting,
)
from server.settings.table import (
    CONFIG_SETTINGS,
    GIB,
    HOST_SETTINGS,
    PREFIX,
    SETTINGS,
    Config,
    Encoder,
    HostSettings,
    Preset,
    Schedule,
    Setting,
    Unit,
    VideoFormat,
)

__all__ = [
    "CONFIG_SETTINGS",
    "GIB",
    "HOST_SETTINGS",
    "PREFIX",
    "SETTINGS",
    "Config",
    "Encoder",
    "HostSettings",
    "Preset",
    "Schedule",
    "Setting",
    "Settings",
    "Unit",
    "VideoFormat",
    "config_from",
    "example_env",
    "format_value",
    "load",
    "parse",
    "store_host_setting",
]
