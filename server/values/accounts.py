"""Who people are: accounts, sessions, invitations, and the caller of an operation."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class Role(StrEnum):
    """What a person may do: an admin everything, a user their own."""

    USER = "user"
    ADMIN = "admin"


class LinkHolder(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who holds a link, and the one video that it is for; at each address somebody else (`viewer_id`)."""

    link_id: UUID
    video_id: UUID
    viewer_id: UUID


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """On whose behalf an operation runs, and until when.

    `user_id` and `session_id` are None for the person at the host itself, and for who holds a link (`link`).
    """

    user_id: UUID | None
    session_id: UUID | None
    role: Role
    link: LinkHolder | None = None
    expires_at: datetime | None = None

    @property
    def viewer_id(self) -> UUID | None:
        """Who is counted when this caller watches; None for the person at the host."""
        return self.link.viewer_id if self.link else self.session_id

    @property
    def is_admin(self) -> bool:
        """Whether admin operations are allowed."""
        return self.role is Role.ADMIN

    def may_edit(self, owner_id: UUID | None) -> bool:
        """Whether this caller may change what `owner_id` owns."""
        return self.is_admin or (self.user_id is not None and self.user_id == owner_id)


#: The person at the host: the desktop window and the command line act as an admin without an account.
HOST = Caller(user_id=None, session_id=None, role=Role.ADMIN)


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """The device a session is opened from."""

    address: str
    user_agent: str


class User(msgspec.Struct, frozen=True, kw_only=True):
    """An account as admins and its owner see it."""

    id: UUID
    email: str
    username: str
    role: Role
    is_active: bool
    created_at: datetime
    weekly_upload_bytes: int
    last_upload_reset: datetime
    video_count: int = 0


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One signed-in device."""

    id: UUID
    user_id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str
    user_agent: str


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A fresh session: the token that proves it, and for how long."""

    access_token: str
    expires_in_s: int
    session_id: UUID
    user: User


class InvitationState(StrEnum):
    """Where an invitation stands."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation without its token, which is shown once, when it is made."""

    id: UUID
    email: str | None
    role: Role
    note: str
    state: InvitationState
    created_at: datetime
    created_by: UUID | None
    expires_at: datetime
    used_at: datetime | None
    used_by: UUID | None
    used_by_name: str | None
    revoked_at: datetime | None


class NewInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """What making an invitation answers, once: the row, the token, and the path of its join page (`/join/TOKEN`)."""

    invitation: Invitation
    token: str
    path: str


class InvitationCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a token would let somebody join; nothing more is told of an unusable one."""

    valid: bool
    email: str | None = None
    expires_at: datetime | None = None


class NewPasswordReset(msgspec.Struct, frozen=True, kw_only=True):
    """What making an address for a new password answers, once; `path` is that of its page (`/reset/TOKEN`)."""

    token: str
    path: str
    expires_at: datetime
