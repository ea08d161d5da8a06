"""The JSON of getting in and of one's own account."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from server.values.accounts import Caller, Role, Session, SignedIn, User
from server.values.uploads import Quota
from server.web.shapes.paging import Body


class RegisterBody(Body, frozen=True, kw_only=True):
    token: str
    email: str
    username: str
    password: str


class LoginBody(Body, frozen=True, kw_only=True):
    username: str
    password: str


class PasswordResetBody(Body, frozen=True, kw_only=True):
    token: str
    password: str


class EndSessionsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """`?keep=current` leaves the session that asks."""

    keep: Literal["current"] | UnsetType = UNSET


class SetupBody(Body, frozen=True, kw_only=True):
    token: str
    email: str
    username: str
    password: str


class AccountChanges(Body, frozen=True, kw_only=True):
    current_password: str
    email: str | None = None
    password: str | None = None


class SignedInBody(msgspec.Struct, frozen=True, kw_only=True):
    access_token: str
    token_type: str
    expires_in: int
    user: User

    @classmethod
    def of(cls, signed_in: SignedIn) -> SignedInBody:
        return cls(
            access_token=signed_in.access_token,
            token_type="bearer",  # noqa: S106  the scheme's name
            expires_in=signed_in.expires_in_s,
            user=signed_in.user,
        )


class QuotaBody(msgspec.Struct, frozen=True, kw_only=True):
    used_bytes: int
    limit_bytes: int
    left_bytes: int
    next_reset: datetime

    @classmethod
    def of(cls, quota: Quota) -> QuotaBody:
        return cls(
            used_bytes=quota.used_bytes,
            limit_bytes=quota.limit_bytes,
            left_bytes=quota.left_bytes,
            next_reset=quota.next_reset,
        )


class MeBody(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    email: str
    username: str
    role: Role
    is_active: bool
    created_at: datetime
    weekly_upload_bytes: int
    last_upload_reset: datetime
    video_count: int
    session_id: UUID | None
    quota: QuotaBody

    @classmethod
    def of(cls, user: User, caller: Caller, quota: Quota) -> MeBody:
        return cls(**msgspec.structs.asdict(user), session_id=caller.session_id, quota=QuotaBody.of(quota))


class SessionBody(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str
    user_agent: str
    current: bool

    @classmethod
    def of(cls, session: Session, caller: Caller) -> SessionBody:
        values = msgspec.structs.asdict(session)
        del values["user_id"]
        return cls(**values, current=session.id == caller.session_id)
