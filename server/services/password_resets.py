"""A new password for somebody who forgot theirs: an admin makes an address, good once and for a day."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, select

from server.database.engine import Database
from server.errors import NotFound
from server.events import Publish, UserChanged
from server.models import PasswordResetRow, UserRow
from server.services import text
from server.services.accounts import get_user, require_row
from server.services.attempts import Attempts
from server.services.passwords import Passwords
from server.services.random_tokens import new_token, token_hash
from server.services.sessions import Sessions
from server.values.accounts import Caller, Client, NewPasswordReset, SignedIn
from server.values.clock import Clock

_log = structlog.get_logger(__name__)

_LASTS = timedelta(hours=24)
_UNUSABLE = "This address cannot be used: it is wrong, used up or expired. Ask an admin for a new one."


class PasswordResets:
    """Makes and uses up the addresses."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        sessions: Sessions,
        attempts: Attempts,
        publish: Publish,
        clock: Clock,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._sessions = sessions
        self._attempts = attempts
        self._publish = publish
        self._clock = clock

    def create(self, caller: Caller, user_id: UUID) -> NewPasswordReset:
        """A new address for somebody, in place of the one before. Raises `NotFound`."""
        token, now = new_token(), self._clock()
        with self._database.write() as db:
            require_row(db, user_id)
            db.execute(delete(PasswordResetRow).where(PasswordResetRow.user_id == user_id))
            row = PasswordResetRow(
                user_id=user_id, token_hash=token_hash(token), created_at=now, expires_at=now + _LASTS
            )
            db.add(row)
        _log.info("password_reset_made", user_id=str(user_id), by=str(caller.user_id))
        return NewPasswordReset(token=token, path=f"/reset/{token}", expires_at=now + _LASTS)

    def use(self, token: str, password: str, client: Client) -> SignedIn:
        """Set the password and sign in; every session from before ends.

        Raises `InvalidInput`, `NotFound` (the same for every reason), `TooManyRequests` for who guesses.
        """
        password = text.password(password)
        self._require_open(token, client)
        password_hash = self._passwords.hash(password)
        with self._database.write() as db:
            user_id = db.scalar(
                delete(PasswordResetRow)
                .where(
                    PasswordResetRow.token_hash == token_hash(token),
                    PasswordResetRow.expires_at > self._clock(),
                )
                .returning(PasswordResetRow.user_id)
            )
            row = db.get(UserRow, user_id) if user_id else None
            if row is None or not row.is_active:
                raise _unusable()
            row.password_hash = password_hash
            ended = self._sessions.end_all(db, row.id)
            signed_in = self._sessions.open(db, get_user(db, row.id), client)
        self._publish(ended)
        self._publish(UserChanged(user_id=signed_in.user.id))
        return signed_in

    def _require_open(self, token: str, client: Client) -> None:
        """Raise `NotFound` unless `token` could be used now: a cheap look before the costly password hash."""
        self._attempts.require_patience("password_reset", client.address)
        hashed = token_hash(token)
        with self._database.read() as db:
            found = db.scalar(
                select(UserRow.id)
                .join(PasswordResetRow, PasswordResetRow.user_id == UserRow.id)
                .where(
                    PasswordResetRow.token_hash == hashed,
                    PasswordResetRow.expires_at > self._clock(),
                    UserRow.is_active,
                )
            )
        if found is None:
            self._attempts.guessed("password_reset", client.address, hashed)
            raise _unusable()


def _unusable() -> NotFound:
    return NotFound(_UNUSABLE, code="reset_unusable", field="token")
