"""The weekly allowance as a ledger: bytes are reserved, charged or given back; the week starts anew for all at once.

`users.weekly_upload_bytes` is the sum of all of a member's ledger lines, resets among them; every change of it and its
line are written in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.errors import QuotaExceeded
from server.events import Publish, UserChanged
from server.models import LedgerRow, UserRow, VideoRow
from server.services.configuration import Configuration
from server.settings import Config
from server.values.accounts import Caller
from server.values.clock import Clock
from server.values.paging import Page
from server.values.uploads import LedgerKind, LedgerLine, Quota

_log = structlog.get_logger(__name__)

_KINDS: dict[str, LedgerKind] = {
    "reserve": "reserved",
    "charge": "charged",
    "refund": "refunded",
    "reset": "reset",
}

_MOST_AHEAD = timedelta(days=1)
"""A week that began later than this from now began by a clock that was wrong; less is a clock being set right."""


class Quotas:
    """Reserves, charges and refunds; the last three within the caller's transaction."""

    def __init__(
        self, database: Database, configuration: Configuration, publish: Publish, clock: Clock
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._publish = publish
        self._clock = clock

    def of(self, user_id: UUID) -> Quota:
        """A member's week as it stands."""
        with self._database.read() as db:
            used = db.scalar(select(UserRow.weekly_upload_bytes).where(UserRow.id == user_id)) or 0
        config = self._configuration.get()
        return Quota(
            used_bytes=used,
            limit_bytes=config.weekly_upload_limit_bytes,
            next_reset=last_reset(config, self._clock() + timedelta(days=7)),
        )

    def reserve(
        self, db: DbSession, user_id: UUID, upload_id: UUID, video_id: UUID, size_bytes: int, note: str
    ) -> None:
        """Promise `size_bytes` to an upload. Raises `QuotaExceeded`; of many at once, no two get the same bytes."""
        limit = self._configuration.get().weekly_upload_limit_bytes
        reserved = db.execute(
            update(UserRow)
            .where(UserRow.id == user_id, UserRow.weekly_upload_bytes + size_bytes <= limit)
            .values(weekly_upload_bytes=UserRow.weekly_upload_bytes + size_bytes)
            .returning(UserRow.id)
        ).one_or_none()
        if reserved is None:
            raise QuotaExceeded("This is more than you have left this week.")
        self._line(db, user_id, "reserve", size_bytes, note, upload_id, video_id)

    def settle(
        self, db: DbSession, user_id: UUID, upload_id: UUID, video_id: UUID, size_bytes: int, note: str
    ) -> None:
        """Turn what is reserved for an upload into a charge of `size_bytes`; 0 gives everything back."""
        reserved = self._reserved_this_week(db, user_id, upload_id)
        if reserved is None:
            return
        kind = "charge" if size_bytes else "refund"
        self._change(db, user_id, kind, size_bytes - reserved, note, upload_id, video_id)

    def correct(
        self, db: DbSession, user_id: UUID, upload_id: UUID, video_id: UUID, size_bytes: int, note: str
    ) -> None:
        """Reserve `size_bytes` for an upload whose size was not known, in place of what was guessed."""
        reserved = self._reserved_this_week(db, user_id, upload_id)
        if reserved is not None and reserved != size_bytes:
            self._change(db, user_id, "reserve", size_bytes - reserved, note, upload_id, video_id)

    def ledger(self, user_id: UUID, page: int = 1, page_size: int = 20) -> Page[LedgerLine]:
        """What was added to and taken from somebody's week, the latest first."""
        with self._database.read() as db:
            total = db.scalar(select(func.count()).where(LedgerRow.user_id == user_id)) or 0
            rows = db.execute(
                select(LedgerRow, VideoRow.id, VideoRow.title)
                .outerjoin(VideoRow, VideoRow.id == LedgerRow.video_id)
                .where(LedgerRow.user_id == user_id)
                .order_by(LedgerRow.created_at.desc(), LedgerRow.id)
                .limit(page_size)
                .offset((page - 1) * page_size)
            )
            items = [_value(row, video_id, title) for row, video_id, title in rows]
        return Page(items=items, total=total, page=page, page_size=page_size)

    def reset_if_due(self) -> int:
        """Start the week anew for everybody whose last reset lies before the latest one due. Returns how many."""
        return self._reset(lambda now: last_reset(self._configuration.get(), now), "A new week")

    def reset_now(self, caller: Caller) -> int:
        """Start the week anew for everybody at once. Returns how many."""
        _log.info("quota_reset_asked_for", by=str(caller.user_id))
        return self._reset(lambda now: now, "A new week, started by an admin")

    def _reset(self, due_at: Callable[[datetime], datetime], note: str) -> int:
        with self._database.write() as db:
            # asked now that nobody else writes: a line written while this waited belongs to the old week
            now = self._clock()
            over = or_(UserRow.last_upload_reset < due_at(now), UserRow.last_upload_reset > now + _MOST_AHEAD)
            rows = db.execute(
                select(UserRow.id, UserRow.weekly_upload_bytes).where(over).with_for_update()
            ).all()
            for user_id, used in rows:
                if used:
                    self._line(db, user_id, "reset", -used, note)
            db.execute(update(UserRow).where(over).values(weekly_upload_bytes=0, last_upload_reset=now))
        for user_id, _ in rows:
            self._publish(UserChanged(user_id=user_id))
        return len(rows)

    def _reserved_this_week(self, db: DbSession, user_id: UUID, upload_id: UUID) -> int | None:
        """What stands against an upload since the reset; None when it was promised in a week that is over."""
        since = select(UserRow.last_upload_reset).where(UserRow.id == user_id).scalar_subquery()
        reserved = db.scalar(
            select(func.sum(LedgerRow.bytes)).where(
                LedgerRow.user_id == user_id, LedgerRow.upload_id == upload_id, LedgerRow.created_at >= since
            )
        )
        # PostgreSQL's sum of whole numbers is a Decimal
        return None if reserved is None else int(reserved)

    def _change(
        self,
        db: DbSession,
        user_id: UUID,
        kind: str,
        change: int,
        note: str,
        upload_id: UUID,
        video_id: UUID,
    ) -> None:
        db.execute(
            update(UserRow)
            .where(UserRow.id == user_id)
            .values(weekly_upload_bytes=UserRow.weekly_upload_bytes + change)
        )
        self._line(db, user_id, kind, change, note, upload_id, video_id)

    def _line(
        self,
        db: DbSession,
        user_id: UUID,
        kind: str,
        change: int,
        note: str,
        upload_id: UUID | None = None,
        video_id: UUID | None = None,
    ) -> None:
        db.add(
            LedgerRow(
                id=uuid4(),
                user_id=user_id,
                upload_id=upload_id,
                video_id=video_id,
                kind=kind,
                bytes=change,
                note=note[:255],
                created_at=self._clock(),
            )
        )


def _value(row: LedgerRow, video_id: UUID | None, title: str | None) -> LedgerLine:
    return LedgerLine(
        id=row.id,
        at=row.created_at,
        kind=_KINDS[row.kind],
        bytes=row.bytes,
        title=row.note if title is None else title,
        video_id=video_id,
    )


def last_reset(config: Config, now: datetime) -> datetime:
    """The latest moment at or before `now` at which the week starts anew; day 0 is Sunday.

    The hour is meant on the clock of `quota_reset_timezone`; where a change to summer time skips it, Python's
    `fold=0` rule gives the moment the clocks jump to.
    """
    local = now.astimezone(config.reset_zone)
    sunday_based_today = local.isoweekday() % 7
    day = local - timedelta(days=(sunday_based_today - config.quota_reset_day) % 7)
    moment = day.replace(hour=config.quota_reset_hour, minute=0, second=0, microsecond=0, fold=0)
    if moment > local:
        moment -= timedelta(days=7)
    return moment.astimezone(now.tzinfo)
