"""Getting in and one's own account: joining with an invitation, signing in, changing e-mail or password."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.database.failures import violated_constraint
from server.errors import Conflict, InvalidInput, NotFound, WrongCredentials
from server.events import InvitationChanged, Publish, SessionsEnded, UserChanged
from server.models import PasswordResetRow, UserRow, VideoRow
from server.services import text
from server.services.attempts import Attempts
from server.services.invitations import Invitations
from server.services.passwords import Passwords
from server.services.sessions import Sessions
from server.values.accounts import Client, Role, SignedIn, User
from server.values.clock import Clock


class Accounts:
    """Accounts as their owners use them."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        sessions: Sessions,
        invitations: Invitations,
        attempts: Attempts,
        publish: Publish,
        clock: Clock,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._sessions = sessions
        self._invitations = invitations
        self._attempts = attempts
        self._publish = publish
        self._clock = clock

    def register(self, token: str, email: str, username: str, password: str, client: Client) -> SignedIn:
        """Join with an invitation.

        Raises `InvalidInput`, `Conflict` (e-mail or name taken), `NotFound` (token), `TooManyRequests`.
        """
        email, username, password = text.email(email), text.username(username), text.password(password)
        self._invitations.require_open(token, client)
        password_hash = self._passwords.hash(password)
        now = self._clock()
        with self._database.write() as db:
            user_id = uuid4()
            claimed = self._invitations.claim(db, token, email)
            user = add_user(db, user_id, email, username, password_hash, claimed.role, now)
            self._invitations.settle(db, claimed, user_id)
            signed_in = self._sessions.open(db, user, client)
        self._publish(UserChanged(user_id=user_id))
        self._publish(InvitationChanged(invitation_id=claimed.id))
        return signed_in

    def sign_in(self, identifier: str, password: str, client: Client) -> SignedIn:
        """Sign in by name or e-mail.

        Raises `WrongCredentials`, the same and after the same time for every reason, or `TooManyRequests`.
        """
        target = text.key(identifier.strip())[: text.EMAIL_MAX]
        self._attempts.require_patience("sign_in", client.address, target)
        column = UserRow.email_key if "@" in identifier else UserRow.username_key
        with self._database.read() as db:
            row = db.scalars(select(UserRow).where(column == text.key(identifier.strip()))).one_or_none()
            known = (row.id, row.password_hash, row.is_active) if row else None
        matches = self._passwords.matches(known[1] if known else None, password)
        if not known or not matches or not known[2]:
            self._attempts.failed("sign_in", client.address, target)
            raise WrongCredentials("The name or the password is wrong.")
        with self._database.write() as db:
            row = db.get(UserRow, known[0])
            # the check takes a while: somebody shut out or with a new password meanwhile gets no session
            if row is None or not row.is_active or row.password_hash != known[1]:
                raise WrongCredentials("The name or the password is wrong.")
            return self._sessions.open(db, get_user(db, row.id), client)

    def get(self, user_id: UUID) -> User:
        """One account. Raises `NotFound`."""
        with self._database.read() as db:
            return get_user(db, user_id)

    def add(self, email: str, username: str, password: str, role: Role) -> User:
        """Make an account without an invitation, at the host. Raises `InvalidInput`, `Conflict`."""
        email, username, password = text.email(email), text.username(username), text.password(password)
        password_hash = self._passwords.hash(password)
        with self._database.write() as db:
            user = add_user(db, uuid4(), email, username, password_hash, role, self._clock())
        self._publish(UserChanged(user_id=user.id))
        return user

    def set_password(self, user_id: UUID, password: str) -> None:
        """Give somebody a new password, which ends all their sessions. Raises `InvalidInput`, `NotFound`."""
        password_hash = self._passwords.hash(text.password(password))
        with self._database.write() as db:
            require_row(db, user_id).password_hash = password_hash
            ended = self._sessions.end_all(db, user_id)
        self._publish(ended)
        self._publish(UserChanged(user_id=user_id))

    def change(
        self,
        user_id: UUID,
        session_id: UUID | None,
        *,
        current_password: str,
        email: str | None = None,
        password: str | None = None,
    ) -> User:
        """Change e-mail or password; a new password ends every other session.

        Raises `InvalidInput`, `Conflict`, `TooManyRequests` for who guesses the current one.
        """
        new_email = text.email(email) if email is not None else None
        new_password = text.password(password) if password is not None else None
        self._attempts.require_patience("own_password", str(user_id), "own")
        with self._database.read() as db:
            password_hash = db.scalar(select(UserRow.password_hash).where(UserRow.id == user_id))
        if not self._passwords.matches(password_hash, current_password):
            self._attempts.failed("own_password", str(user_id), "own")
            raise InvalidInput("The current password is wrong.", field="current_password")
        new_hash = self._passwords.hash(new_password) if new_password is not None else None
        ended: SessionsEnded | None = None
        with self._database.write() as db:
            row = require_row(db, user_id)
            if new_email is not None:
                row.email, row.email_key = new_email, text.key(new_email)
            if new_hash is not None:
                row.password_hash = new_hash
                db.execute(delete(PasswordResetRow).where(PasswordResetRow.user_id == user_id))
                ended = self._sessions.end_all(db, user_id, except_session=session_id)
            flush_unique(db)
            user = get_user(db, user_id)
        if ended is not None:
            self._publish(ended)
        self._publish(UserChanged(user_id=user_id))
        return user


def add_user(
    db: DbSession, user_id: UUID, email: str, username: str, password_hash: str, role: Role, now: datetime
) -> User:
    """Insert an account. Raises `Conflict` naming the field that is taken."""
    db.add(
        UserRow(
            id=user_id,
            email=email,
            email_key=text.key(email),
            username=username,
            username_key=text.key(username),
            password_hash=password_hash,
            role=role.value,
            is_active=True,
            created_at=now,
            weekly_upload_bytes=0,
            last_upload_reset=now,
        )
    )
    flush_unique(db)
    return get_user(db, user_id)


def flush_unique(db: DbSession) -> None:
    """Send what is pending; a taken e-mail or name becomes a `Conflict` that names it."""
    try:
        db.flush()
    except IntegrityError as error:
        field = "email" if "email_key" in violated_constraint(error) else "username"
        sentence = (
            "That e-mail address is taken." if field == "email" else "That name is taken. Choose another one."
        )
        raise Conflict(sentence, field=field) from error


def require_row(db: DbSession, user_id: UUID) -> UserRow:
    """The row of an account. Raises `NotFound`."""
    row = db.get(UserRow, user_id)
    if row is None:
        raise NotFound("There is no such person.")
    return row


def get_user(db: DbSession, user_id: UUID) -> User:
    """One account as a value. Raises `NotFound`."""
    row = require_row(db, user_id)
    count = db.scalar(select(func.count()).select_from(VideoRow).where(VideoRow.uploaded_by == user_id)) or 0
    return user_value(row, count)


def user_value(row: UserRow, video_count: int) -> User:
    """The row as a frozen value."""
    return User(
        id=row.id,
        email=row.email,
        username=row.username,
        role=Role(row.role),
        is_active=row.is_active,
        created_at=row.created_at,
        weekly_upload_bytes=row.weekly_upload_bytes,
        last_upload_reset=row.last_upload_reset,
        video_count=video_count,
    )
