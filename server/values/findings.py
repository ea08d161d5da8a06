"""What the doctor finds."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Level(StrEnum):
    """How bad it is. Only a `problem` keeps Clipset from doing its work."""

    WELL = "well"
    NOTE = "note"
    PROBLEM = "problem"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at, and a sentence: how it is, and what to do where something is wrong."""

    subject: str
    level: Level
    sentence: str
