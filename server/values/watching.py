"""Where people stopped watching."""

from __future__ import annotations

from datetime import datetime

import msgspec

from server.values.videos import Video


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody stopped; 0 is the start, and `updated_at` is None where they never began."""

    position_ms: int
    updated_at: datetime | None


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """A video that somebody has begun and not finished."""

    video: Video
    position_ms: int
    updated_at: datetime
