"""Invitations: made and revoked by admins, used once by whoever joins."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.errors import InvalidInput, NotFound
from server.events import InvitationChanged, Publish
from server.models import InvitationRow, UserRow
from server.services import text
from server.services.attempts import Attempts
from server.services.random_tokens import new_token, token_hash
from server.values.accounts import (
    Caller,
    Client,
    Invitation,
    InvitationCheck,
    InvitationState,
    NewInvitation,
    Role,
)
from server.values.clock import Clock
from server.values.paging import Page

DAYS_MIN, DAYS_MAX = 1, 365
_UNUSABLE = "This invitation cannot be used: it is wrong, used up or expired. Ask for a new one."


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that this transaction, and no other, may use up."""

    id: UUID
    role: Role


class Invitations:
    """Makes, checks and uses up invitations."""

    def __init__(self, database: Database, attempts: Attempts, publish: Publish, clock: Clock) -> None:
        self._database = database
        self._attempts = attempts
        self._publish = publish
        self._clock = clock

    def create(
        self,
        caller: Caller,
        *,
        email: str | None = None,
        role: Role = Role.USER,
        expires_in_days: int = 7,
        note: str = "",
    ) -> NewInvitation:
        """A new invitation with its token, which is not kept. Raises `InvalidInput`."""
        if not DAYS_MIN <= expires_in_days <= DAYS_MAX:
            raise InvalidInput(f"An invitation lasts {DAYS_MIN} to {DAYS_MAX} days.", field="expires_in_days")
        token = new_token()
        now = self._clock()
        row = InvitationRow(
            id=uuid4(),
            token_hash=token_hash(token),
            email=text.email(email) if email else None,
            role=role.value,
            note=text.one_line(note, field="note", label="The note", maximum=200),
            created_by=caller.user_id,
            created_at=now,
            expires_at=now + timedelta(days=expires_in_days),
        )
        invitation = _value(row, None, now)
        with self._database.write() as db:
            db.add(row)
        self._publish(InvitationChanged(invitation_id=invitation.id))
        return NewInvitation(invitation=invitation, token=token, path=f"/join/{token}")

    def list(self, page: int = 1, page_size: int = 20) -> Page[Invitation]:
        """All invitations, the newest first."""
        now = self._clock()
        with self._database.read() as db:
            total = db.scalar(select(func.count()).select_from(InvitationRow)) or 0
            rows = db.execute(
                select(InvitationRow, UserRow.username)
                .outerjoin(UserRow, UserRow.id == InvitationRow.used_by)
                .order_by(InvitationRow.created_at.desc(), InvitationRow.id)
                .limit(page_size)
                .offset((page - 1) * page_size)
            )
            items = [_value(row, name, now) for row, name in rows]
        return Page(items=items, total=total, page=page, page_size=page_size)

    def revoke(self, caller: Caller, invitation_id: UUID) -> None:  # noqa: ARG002
        """Make an open invitation unusable; asking twice is harmless. Raises `NotFound`, `InvalidInput` if used."""
        with self._database.write() as db:
            row = db.get(InvitationRow, invitation_id)
            if row is None:
                raise NotFound("There is no such invitation.")
            if row.used_at is not None:
                raise InvalidInput("This invitation has been used. Change the person's account instead.")
            row.revoked_at = row.revoked_at or self._clock()
        self._publish(InvitationChanged(invitation_id=invitation_id))

    def validate(self, token: str, client: Client) -> InvitationCheck:
        """Whether `token` would let somebody join; the same answer for every reason why not.

        Raises `TooManyRequests` for who guesses.
        """
        self._attempts.require_patience("invitation", client.address)
        with self._database.read() as db:
            row = self._find_open(db, token)
            if row is not None:
                return InvitationCheck(valid=True, email=row.email, expires_at=row.expires_at)
        self._attempts.failed("invitation", client.address)
        return InvitationCheck(valid=False)

    def require_open(self, token: str, client: Client) -> None:
        """Raise `NotFound` unless `token` could be used now: a cheap look before the costly password hash."""
        if not self.validate(token, client).valid:
            raise NotFound(_UNUSABLE, code="invitation_unusable", field="token")

    def claim(self, db: DbSession, token: str, email: str) -> Claimed:
        """Use up an invitation within the caller's transaction; of many at once, one succeeds. Raises `NotFound`."""
        now = self._clock()
        found = db.execute(
            update(InvitationRow)
            .where(
                InvitationRow.token_hash == token_hash(token),
                InvitationRow.used_at.is_(None),
                InvitationRow.revoked_at.is_(None),
                InvitationRow.expires_at > now,
            )
            .values(used_at=now)
            .returning(InvitationRow.id, InvitationRow.role, InvitationRow.email)
        ).one_or_none()
        if found is None:
            raise NotFound(_UNUSABLE, code="invitation_unusable", field="token")
        if found.email and text.key(found.email) != text.key(email):
            raise InvalidInput("This invitation is for another e-mail address.", field="email")
        return Claimed(id=found.id, role=Role(found.role))

    def settle(self, db: DbSession, claimed: Claimed, user_id: UUID) -> None:
        """Note who used the invitation, within the caller's transaction."""
        db.execute(update(InvitationRow).where(InvitationRow.id == claimed.id).values(used_by=user_id))

    def _find_open(self, db: DbSession, token: str) -> InvitationRow | None:
        return db.scalars(
            select(InvitationRow).where(
                InvitationRow.token_hash == token_hash(token),
                InvitationRow.used_at.is_(None),
                InvitationRow.revoked_at.is_(None),
                InvitationRow.expires_at > self._clock(),
            )
        ).one_or_none()


def _value(row: InvitationRow, used_by_name: str | None, now: datetime) -> Invitation:
    if row.used_at is not None:
        state = InvitationState.USED
    elif row.revoked_at is not None:
        state = InvitationState.REVOKED
    else:
        state = InvitationState.OPEN if row.expires_at > now else InvitationState.EXPIRED
    return Invitation(
        id=row.id,
        email=row.email,
        role=Role(row.role),
        note=row.note,
        state=state,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        used_at=row.used_at,
        used_by=row.used_by,
        used_by_name=used_by_name,
        revoked_at=row.revoked_at,
    )
