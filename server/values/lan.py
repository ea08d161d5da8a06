"""How others reach the server, and what may keep them out."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class Tone(StrEnum):
    """How a finding is meant."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the LAN doctor looked at: what is so, and what to do; `command` can be copied into a terminal."""

    code: str
    tone: Tone
    sentence: str
    advice: str = ""
    command: str = ""


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """The last time another device got an answer."""

    address: str
    at: datetime


class WayIn(msgspec.Struct, frozen=True, kw_only=True):
    """The address to tell people, other addresses that might work, the names it has by mDNS, and the last proof."""

    address: str
    others: tuple[str, ...]
    names: tuple[str, ...]
    last_reached: Reached | None
