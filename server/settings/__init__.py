"""The settings: `host` and `config` declare each one, `table` lists them, `sources` reads and writes their values."""

from server.settings.config import GIB, Config, VideoFormat
from server.settings.host import SECRET_KEY_MIN_BYTES, Encoder, HostSettings, Preset, Schedule
from server.settings.setting import PREFIX, Setting, Unit
from server.settings.sources import (
    Settings,
    config_from,
    example_env,
    format_value,
    load,
    parse,
    store_host_setting,
)
from server.settings.table import CONFIG_SETTINGS, HOST_SETTINGS, SETTINGS

__all__ = [
    "CONFIG_SETTINGS",
    "GIB",
    "HOST_SETTINGS",
    "PREFIX",
    "SECRET_KEY_MIN_BYTES",
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
