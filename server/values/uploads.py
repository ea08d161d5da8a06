"""Uploads and the quota they are paid from."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """A member's week: `used_bytes` counts charged and reserved bytes; both limits are in bytes."""

    used_bytes: int
    limit_bytes: int
    next_reset: datetime

    @property
    def left_bytes(self) -> int:
        """What may still be uploaded this week."""
        return max(0, self.limit_bytes - self.used_bytes)


LedgerKind = Literal["reserved", "charged", "refunded", "reset"]


class LedgerLine(msgspec.Struct, frozen=True, kw_only=True):
    """A change of what somebody has used; `bytes` is negative for what was given back.

    `title` is the video's, or says what the line is about where there is no video (`video_id` None).
    """

    id: UUID
    at: datetime
    kind: LedgerKind
    bytes: int
    title: str
    video_id: UUID | None


class UploadRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to upload; `title` is made from the file's name when it is empty.

    `metadata` is all that a client said of it in its protocol's own words, to be told again when it asks.
    """

    filename: str
    size_bytes: int
    title: str = ""
    description: str = ""
    category_id: UUID | None = None
    metadata: str = ""


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """An upload under way, or finished once `video_id` is set. `offset_bytes` is what is safely on disk."""

    id: UUID
    user_id: UUID
    filename: str
    metadata: str
    size_bytes: int
    offset_bytes: int
    created_at: datetime
    expires_at: datetime
    video_id: UUID | None


class UploadVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an upload would be accepted, and if not, why; against which quota."""

    accepted: bool
    code: str | None
    reason: str | None
    quota: Quota
