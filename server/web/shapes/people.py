"""The JSON of people and invitations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from server.values.accounts import Caller, Invitation, NewInvitation, NewPasswordReset, Role, User
from server.web.shapes.paging import Body


class ProfileBody(msgspec.Struct, frozen=True, kw_only=True):
    """A person as others see them; the unset fields are for themselves and admins alone."""

    id: UUID
    username: str
    role: Role
    created_at: datetime
    video_count: int
    email: str | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    weekly_upload_bytes: int | UnsetType = UNSET

    @classmethod
    def of(cls, user: User, caller: Caller) -> ProfileBody:
        whole = caller.may_edit(user.id)
        return cls(
            id=user.id,
            username=user.username,
            role=user.role,
            created_at=user.created_at,
            video_count=user.video_count,
            email=user.email if whole else UNSET,
            is_active=user.is_active if whole else UNSET,
            weekly_upload_bytes=user.weekly_upload_bytes if whole else UNSET,
        )


class RoleBody(Body, frozen=True, kw_only=True):
    role: Role


class ActiveBody(Body, frozen=True, kw_only=True):
    is_active: bool


class DeleteUserQuery(msgspec.Struct, frozen=True, kw_only=True):
    videos: str = ""


class NewInvitationBody(Body, frozen=True, kw_only=True):
    email: str | None = None
    role: Role = Role.USER
    expires_in_days: int = 7
    note: str = ""


class CreatedPasswordReset(msgspec.Struct, frozen=True, kw_only=True):
    """The address by which somebody sets a new password, shown this once."""

    token: str
    url: str
    expires_at: datetime

    @classmethod
    def of(cls, made: NewPasswordReset, origin: str) -> CreatedPasswordReset:
        return cls(token=made.token, url=f"{origin}{made.path}", expires_at=made.expires_at)


class CreatedInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation with its token and address, shown this once."""

    id: UUID
    email: str | None
    role: Role
    note: str
    state: str
    created_at: datetime
    created_by: UUID | None
    expires_at: datetime
    token: str
    url: str

    @classmethod
    def of(cls, made: NewInvitation, origin: str) -> CreatedInvitation:
        invitation: Invitation = made.invitation
        return cls(
            id=invitation.id,
            email=invitation.email,
            role=invitation.role,
            note=invitation.note,
            state=invitation.state.value,
            created_at=invitation.created_at,
            created_by=invitation.created_by,
            expires_at=invitation.expires_at,
            token=made.token,
            url=f"{origin}{made.path}",
        )
