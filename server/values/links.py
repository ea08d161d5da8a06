"""Links to one video, for people and players without an account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from server.values.accounts import Caller


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A link without its token, which is shown once, when it is made."""

    id: UUID
    note: str
    created_at: datetime
    expires_at: datetime
    created_by: UUID | None
    last_used_at: datetime | None


class OpenedLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link that can be used now: who watches by it, and what, and until when."""

    holder: Caller
    video_id: UUID
    expires_at: datetime


class NewLink(msgspec.Struct, frozen=True, kw_only=True):
    """What making a link answers, once: the link, the token, and the path of its page (`/shared/TOKEN`)."""

    link: Link
    token: str
    path: str
