"""Links to one video: made and revoked by who may edit it, good for whoever holds one until it expires.

A link is never more than its maker: it is revoked when they are shut out, or may no longer edit the video.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

import structlog
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.errors import Conflict, InvalidInput, NotFound, NotSignedIn, OutOfSpace, Unavailable
from server.events import LinksEnded, Publish
from server.models import LinkRow, VideoRow
from server.services import text
from server.services.attempts import Attempts
from server.services.random_tokens import new_token, token_hash
from server.services.videos import require_editable
from server.values.accounts import Caller, Client, LinkHolder, Role
from server.values.clock import Clock
from server.values.links import Link, NewLink, OpenedLink
from server.values.paging import Page

_log = structlog.get_logger(__name__)

DAYS_MIN, DAYS_MAX = 1, 365
LINKS_MAX = 100
_UNUSABLE = (
    "This link cannot be used: it is wrong, revoked or expired. Ask whoever gave it to you for a new one."
)
#: `last_used_at` is written no more often than this, so that watching never writes to the database.
_USED_EVERY = timedelta(minutes=10)


class Links:
    """Makes, checks and revokes links."""

    def __init__(self, database: Database, attempts: Attempts, publish: Publish, clock: Clock) -> None:
        self._database = database
        self._attempts = attempts
        self._publish = publish
        self._clock = clock

    def create(self, caller: Caller, video_id: UUID, *, expires_in_days: int = 7, note: str = "") -> NewLink:
        """A new link with its token, which is not kept.

        Raises `NotFound`, `NotAllowed`, `InvalidInput`, and `Conflict` for more than `LINKS_MAX` of one video.
        """
        if not DAYS_MIN <= expires_in_days <= DAYS_MAX:
            raise InvalidInput(f"A link lasts {DAYS_MIN} to {DAYS_MAX} days.", field="expires_in_days")
        clean_note = text.one_line(note, field="note", label="The note", maximum=200)
        token = new_token()
        now = self._clock()
        row = LinkRow(
            id=uuid4(),
            token_hash=token_hash(token),
            video_id=video_id,
            note=clean_note,
            created_by=caller.user_id,
            created_at=now,
            expires_at=now + timedelta(days=expires_in_days),
        )
        link = _value(row)
        with self._database.write() as db:
            require_editable(db, caller, video_id)
            db.execute(delete(LinkRow).where(LinkRow.video_id == video_id, LinkRow.expires_at <= now))
            if _count(db, video_id, now) >= LINKS_MAX:
                raise Conflict(f"This video has {LINKS_MAX} links already. Revoke one of them first.")
            db.add(row)
        return NewLink(link=link, token=token, path=f"/shared/{token}")

    def list(self, caller: Caller, video_id: UUID, page: int = 1, page_size: int = 20) -> Page[Link]:
        """The links of a video that can be used now, the newest first. Raises `NotFound`, `NotAllowed`."""
        now = self._clock()
        with self._database.read() as db:
            require_editable(db, caller, video_id)
            total = _count(db, video_id, now)
            rows = db.scalars(
                select(LinkRow)
                .where(LinkRow.video_id == video_id, LinkRow.expires_at > now)
                .order_by(LinkRow.created_at.desc(), LinkRow.id)
                .limit(page_size)
                .offset((page - 1) * page_size)
            )
            items = [_value(row) for row in rows]
        return Page(items=items, total=total, page=page, page_size=page_size)

    def revoke(self, caller: Caller, video_id: UUID, link_id: UUID) -> None:
        """Make a link unusable; who is watching by it is cut off. Raises `NotFound`, `NotAllowed`."""
        with self._database.write() as db:
            require_editable(db, caller, video_id)
            revoked = db.execute(
                delete(LinkRow)
                .where(LinkRow.id == link_id, LinkRow.video_id == video_id)
                .returning(LinkRow.id)
            ).one_or_none()
        if revoked is None:
            raise NotFound("There is no such link.")
        self._publish(LinksEnded(link_ids=frozenset({link_id})))

    def admit(self, token: str, video_id: UUID, client: Client) -> Caller:
        """Whoever holds a link to this video, for this request.

        Raises `NotSignedIn`, the same for every reason, or `TooManyRequests` for who guesses.
        """
        row = self._find(token, client)
        if row is None or row.video_id != video_id:
            raise NotSignedIn(_UNUSABLE, code="link_unusable")
        return _holder(row, client)

    def open(self, token: str, client: Client) -> OpenedLink:
        """The link of a token, to whichever video.

        Raises `NotFound`, the same for every reason, or `TooManyRequests` for who guesses.
        """
        row = self._find(token, client)
        if row is None:
            raise NotFound(_UNUSABLE, code="link_unusable")
        return OpenedLink(holder=_holder(row, client), video_id=row.video_id, expires_at=row.expires_at)

    def end_of(self, db: DbSession, user_id: UUID, *, except_own_videos: bool = False) -> LinksEnded:
        """Revoke the links that somebody made, within the caller's transaction, who publishes the event after it."""
        statement = delete(LinkRow).where(LinkRow.created_by == user_id)
        if except_own_videos:
            foreign = select(VideoRow.id).where(
                or_(VideoRow.uploaded_by != user_id, VideoRow.uploaded_by.is_(None))
            )
            statement = statement.where(LinkRow.video_id.in_(foreign))
        return LinksEnded(link_ids=frozenset(db.scalars(statement.returning(LinkRow.id))))

    def _find(self, token: str, client: Client) -> LinkRow | None:
        """The link of a token. A wrong one is counted once, so that a player which asks on and on does no harm."""
        self._attempts.require_patience("link", client.address)
        hashed, now = token_hash(token), self._clock()
        with self._database.read() as db:
            row = db.scalars(
                select(LinkRow).where(LinkRow.token_hash == hashed, LinkRow.expires_at > now)
            ).one_or_none()
        if row is None:
            self._attempts.guessed("link", client.address, hashed)
        elif row.last_used_at is None or now - row.last_used_at > _USED_EVERY:
            self._note_used(row.id, now)
        return row

    def _note_used(self, link_id: UUID, now: datetime) -> None:
        try:
            with self._database.write() as db:
                db.execute(update(LinkRow).where(LinkRow.id == link_id).values(last_used_at=now))
        except (Unavailable, OutOfSpace) as error:
            # a full disk or a busy database must not keep people from watching
            _log.warning("link_not_noted", reason=error.sentence)


def _count(db: DbSession, video_id: UUID, now: datetime) -> int:
    usable = select(func.count()).where(LinkRow.video_id == video_id, LinkRow.expires_at > now)
    return db.scalar(usable) or 0


def _holder(row: LinkRow, client: Client) -> Caller:
    link = LinkHolder(link_id=row.id, video_id=row.video_id, viewer_id=uuid5(row.id, client.address))
    return Caller(user_id=None, session_id=None, role=Role.USER, link=link, expires_at=row.expires_at)


def _value(row: LinkRow) -> Link:
    return Link(
        id=row.id,
        note=row.note,
        created_at=row.created_at,
        expires_at=row.expires_at,
        created_by=row.created_by,
        last_used_at=row.last_used_at,
    )
