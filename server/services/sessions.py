"""Signed-in devices: opened by a sign-in, checked against the database on every request, ended at will."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.errors import NotFound, NotSignedIn, OutOfSpace, Unavailable
from server.events import Publish, SessionsEnded
from server.models import SessionRow, UserRow
from server.services.tokens import Claims, Tokens
from server.values.accounts import Caller, Client, Role, Session, SignedIn, User
from server.values.clock import Clock

_log = structlog.get_logger(__name__)

#: `last_seen_at` is written no more often than this, so that watching never writes to the database.
_SEEN_EVERY = timedelta(minutes=10)
#: How long an ended session is remembered, for whoever looks into what happened.
_REMEMBERED = timedelta(days=30)
#: Asked on every request, so made once: putting it together takes longer than SQLite takes to answer.
_IF_OPEN = (
    select(UserRow.role, SessionRow.last_seen_at, SessionRow.expires_at)
    .join(SessionRow, SessionRow.user_id == UserRow.id)
    .where(
        SessionRow.id == bindparam("session_id"),
        UserRow.id == bindparam("user_id"),
        UserRow.is_active,
        SessionRow.ended_at.is_(None),
        SessionRow.expires_at > bindparam("now"),
    )
)


class Sessions:
    """Opens, checks and ends sessions."""

    def __init__(
        self, database: Database, tokens: Tokens, lifetime: timedelta, publish: Publish, clock: Clock
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._lifetime = lifetime
        self._publish = publish
        self._clock = clock

    def open(self, db: DbSession, user: User, client: Client) -> SignedIn:
        """A new session for `user` within the caller's transaction."""
        now = self._clock()
        row = SessionRow(
            id=uuid4(),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + self._lifetime,
            address=client.address[:64],
            user_agent=client.user_agent[:300],
        )
        db.add(row)
        token = self._tokens.sign(
            Claims(user_id=user.id, session_id=row.id), issued_at=now, expires_at=row.expires_at
        )
        return SignedIn(
            access_token=token, expires_in_s=int(self._lifetime.total_seconds()), session_id=row.id, user=user
        )

    def authenticate(self, token: str) -> Caller:
        """Who sent `token`, by what the database says now. Raises `NotSignedIn`."""
        now = self._clock()
        claims = self._tokens.read(token, now)
        asked = {"session_id": claims.session_id, "user_id": claims.user_id, "now": now}
        found = self._database.ask(_IF_OPEN, asked)
        if found is None:
            raise NotSignedIn("Please sign in again.")
        if now - found.last_seen_at > _SEEN_EVERY:
            self._note_seen(claims.session_id, now)
        return Caller(
            user_id=claims.user_id,
            session_id=claims.session_id,
            role=Role(found.role),
            expires_at=found.expires_at,
        )

    def _note_seen(self, session_id: UUID, now: datetime) -> None:
        try:
            with self._database.write() as db:
                db.execute(update(SessionRow).where(SessionRow.id == session_id).values(last_seen_at=now))
        except (Unavailable, OutOfSpace) as error:
            # a full disk or a busy database must not keep people from watching
            _log.warning("session_not_noted", reason=error.sentence)

    def list(self, user_id: UUID) -> list[Session]:
        """The open sessions of a person, the latest used first."""
        with self._database.read() as db:
            rows = db.scalars(
                select(SessionRow)
                .where(
                    SessionRow.user_id == user_id,
                    SessionRow.ended_at.is_(None),
                    SessionRow.expires_at > self._clock(),
                )
                .order_by(SessionRow.last_seen_at.desc())
            )
            return [_value(row) for row in rows]

    def end(self, user_id: UUID, session_id: UUID) -> None:
        """End one session of a person. Raises `NotFound` for somebody else's or an ended one."""
        with self._database.write() as db:
            ended = db.execute(
                update(SessionRow)
                .where(
                    SessionRow.id == session_id, SessionRow.user_id == user_id, SessionRow.ended_at.is_(None)
                )
                .values(ended_at=self._clock())
                .returning(SessionRow.id)
            ).one_or_none()
        if ended is None:
            raise NotFound("There is no such session.")
        self._publish(SessionsEnded(session_ids=frozenset({session_id})))

    def end_own(self, user_id: UUID, *, except_session: UUID | None) -> None:
        """End every session of a person, or all but one."""
        with self._database.write() as db:
            ended = self.end_all(db, user_id, except_session=except_session)
        self._publish(ended)

    def purge(self) -> int:
        """Forget sessions that ended or expired long ago. Returns how many."""
        long_ago = self._clock() - _REMEMBERED
        with self._database.write() as db:
            over = or_(SessionRow.ended_at < long_ago, SessionRow.expires_at < long_ago)
            return len(db.scalars(delete(SessionRow).where(over).returning(SessionRow.id)).all())

    def end_all(self, db: DbSession, user_id: UUID, *, except_session: UUID | None = None) -> SessionsEnded:
        """End sessions within the caller's transaction, who publishes the event after it."""
        statement = update(SessionRow).where(SessionRow.user_id == user_id, SessionRow.ended_at.is_(None))
        if except_session is not None:
            statement = statement.where(SessionRow.id != except_session)
        ended = db.scalars(statement.values(ended_at=self._clock()).returning(SessionRow.id))
        return SessionsEnded(session_ids=frozenset(ended))


def _value(row: SessionRow) -> Session:
    return Session(
        id=row.id,
        user_id=row.user_id,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        address=row.address,
        user_agent=row.user_agent,
    )
