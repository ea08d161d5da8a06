"""Accounts as an admin sees them: roles, access, deletion. There is always one active admin left."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.errors import Conflict, NotFound
from server.events import Event, Publish, UserChanged
from server.models import UserRow, VideoCountRow, VideoRow
from server.services import text
from server.services.accounts import get_user, require_row, user_value
from server.services.links import Links
from server.services.sessions import Sessions
from server.services.uploads import Uploads
from server.services.videos import Videos
from server.values.accounts import Caller, Role, User
from server.values.paging import Page


class People:
    """What admins do with accounts."""

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        links: Links,
        videos: Videos,
        uploads: Uploads,
        publish: Publish,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._links = links
        self._videos = videos
        self._uploads = uploads
        self._publish = publish

    def list(self, page: int = 1, page_size: int = 20) -> Page[User]:
        """All accounts by name."""
        counts = (
            select(VideoCountRow.uploaded_by, func.sum(VideoCountRow.number).label("count"))
            .group_by(VideoCountRow.uploaded_by)
            .subquery()
        )
        with self._database.read() as db:
            total = db.scalar(select(func.count()).select_from(UserRow)) or 0
            rows = db.execute(
                select(UserRow, func.coalesce(counts.c.count, 0))
                .outerjoin(counts, counts.c.uploaded_by == UserRow.id)
                .order_by(UserRow.username_key)
                .limit(page_size)
                .offset((page - 1) * page_size)
            )
            items = [user_value(row, count) for row, count in rows]
        return Page(items=items, total=total, page=page, page_size=page_size)

    def find(self, who: str) -> User:
        """The account with this name, e-mail address or id. Raises `NotFound`."""
        key = text.key(who.strip())
        conditions = [UserRow.username_key == key, UserRow.email_key == key]
        with suppress(ValueError):
            conditions.append(UserRow.id == UUID(who))
        with self._database.read() as db:
            user_id = db.scalar(select(UserRow.id).where(or_(*conditions)))
            if user_id is None:
                raise NotFound(f"There is nobody called {who}.")
            return get_user(db, user_id)

    def set_role(self, caller: Caller, user_id: UUID, role: Role) -> User:  # noqa: ARG002
        """Make somebody an admin or a user; a user keeps the links to their own videos alone.

        Raises `NotFound`, `Conflict` for the last active admin.
        """
        ended: tuple[Event, ...] = ()
        with self._database.write() as db:
            row = require_row(db, user_id)
            if role is not Role.ADMIN:
                _keep_one_admin(db, row)
                ended = (self._links.end_of(db, user_id, except_own_videos=True),)
            row.role = role.value
            db.flush()
            user = get_user(db, user_id)
        self._tell(user_id, ended)
        return user

    def set_active(self, caller: Caller, user_id: UUID, is_active: bool) -> User:  # noqa: ARG002
        """Let somebody in or keep them out, which ends their sessions and links. Raises `NotFound`, `Conflict`."""
        ended: tuple[Event, ...] = ()
        with self._database.write() as db:
            row = require_row(db, user_id)
            if not is_active:
                _keep_one_admin(db, row)
                ended = self._shut_out(db, user_id)
            row.is_active = is_active
            db.flush()
            user = get_user(db, user_id)
        self._tell(user_id, ended)
        return user

    def sign_out_everywhere(self, caller: Caller, user_id: UUID) -> None:  # noqa: ARG002
        """End every session of somebody. Raises `NotFound`."""
        with self._database.write() as db:
            require_row(db, user_id)
            ended = self._sessions.end_all(db, user_id)
        self._tell(user_id, (ended,))

    def delete(self, caller: Caller, user_id: UUID, *, keep_videos: bool) -> None:
        """Delete an account; its videos go too, or stay without an owner. Raises `NotFound`, `Conflict`."""
        with self._database.write() as db:
            row = require_row(db, user_id)
            _keep_one_admin(db, row)
            # first out, so that nothing new is uploaded while the rest is cleared away
            row.is_active = False
            ended = self._shut_out(db, user_id)
        self._tell(user_id, ended)
        self._uploads.cancel_all(user_id)
        if not keep_videos:
            # only now: until its uploads were given up, one could still become a video
            with self._database.read() as db:
                owned = list(db.scalars(select(VideoRow.id).where(VideoRow.uploaded_by == user_id)))
            for video_id in owned:
                with suppress(NotFound):  # somebody else was quicker
                    self._videos.delete(caller, video_id)
        with self._database.write() as db:
            db.execute(delete(UserRow).where(UserRow.id == user_id))
        self._publish(UserChanged(user_id=user_id))

    def _shut_out(self, db: DbSession, user_id: UUID) -> tuple[Event, ...]:
        """End what somebody may come in by; the events are published after the transaction."""
        return self._sessions.end_all(db, user_id), self._links.end_of(db, user_id)

    def _tell(self, user_id: UUID, ended: Iterable[Event]) -> None:
        for event in ended:
            self._publish(event)
        self._publish(UserChanged(user_id=user_id))


def _keep_one_admin(db: DbSession, row: UserRow) -> None:
    """Raise `Conflict` if `row` is the only active admin. The caller holds a write transaction."""
    if row.role != Role.ADMIN or not row.is_active:
        return
    admins = db.scalars(select(UserRow.id).where(UserRow.role == Role.ADMIN.value, UserRow.is_active)).all()
    if list(admins) == [row.id]:
        raise Conflict("This is the only active admin. Make somebody else an admin first.")
