"""Shelves for videos."""

from __future__ import annotations

from itertools import count
from uuid import UUID, uuid4

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.errors import Conflict, NotFound
from server.events import CategoryChanged, Publish
from server.models import CategoryRow, VideoCountRow
from server.services import text
from server.values.accounts import Caller
from server.values.clock import Clock
from server.values.videos import Category, VideoStatus

NAME_MAX = 60
DESCRIPTION_MAX = 500


class Categories:
    """Lists and edits categories."""

    def __init__(self, database: Database, publish: Publish, clock: Clock) -> None:
        self._database = database
        self._publish = publish
        self._clock = clock

    def list(self) -> list[Category]:
        """All categories by name, each with the number of videos that can be watched."""
        with self._database.read() as db:
            return [_value(row, number) for row, number in db.execute(_with_counts())]

    def get(self, category_id: UUID) -> Category:
        """One category. Raises `NotFound`."""
        with self._database.read() as db:
            return _get(db, category_id)

    def create(self, caller: Caller, name: str, description: str = "") -> Category:
        """A new category with a slug of its own. Raises `InvalidInput`, `Conflict` for a taken name."""
        name, description = _name(name), _description(description)
        with self._database.write() as db:
            row = CategoryRow(
                id=uuid4(),
                name=name,
                name_key=text.key(name),
                slug=_free_slug(db, name, None),
                description=description,
                created_by=caller.user_id,
                created_at=self._clock(),
            )
            db.add(row)
            _flush_unique(db)
            category = _value(row, 0)
        self._publish(CategoryChanged(category_id=category.id))
        return category

    def update(
        self,
        caller: Caller,  # noqa: ARG002
        category_id: UUID,
        *,
        name: str | None = None,
        description: str | None = None,
    ) -> Category:
        """Rename or describe a category; a new name makes a new slug. Raises `NotFound`, `InvalidInput`, `Conflict`."""
        with self._database.write() as db:
            row = _require(db, category_id)
            if name is not None:
                name = _name(name)
                # before the row changes: asking for a slug would write half of the change
                slug = _free_slug(db, name, category_id)
                row.name, row.name_key, row.slug = name, text.key(name), slug
            if description is not None:
                row.description = _description(description)
            _flush_unique(db)
            category = _get(db, category_id)
        self._publish(CategoryChanged(category_id=category_id))
        return category

    def delete(self, caller: Caller, category_id: UUID) -> None:  # noqa: ARG002
        """Remove a category; its videos stay, without one. Raises `NotFound`."""
        with self._database.write() as db:
            db.delete(_require(db, category_id))
        self._publish(CategoryChanged(category_id=category_id))


def _name(value: str) -> str:
    name = text.one_line(value, field="name", label="The name", minimum=1, maximum=NAME_MAX)
    text.require_short_key(name, field="name", label="The name", maximum=2 * NAME_MAX)
    return name


def _description(value: str) -> str:
    return text.paragraphs(value, field="description", label="The description", maximum=DESCRIPTION_MAX)


def _free_slug(db: DbSession, name: str, own_id: UUID | None) -> str:
    base = text.slug(name)
    for number in count(1):
        candidate = base if number == 1 else f"{base}-{number}"
        taken = db.scalar(select(CategoryRow.id).where(CategoryRow.slug == candidate))
        if taken is None or taken == own_id:
            return candidate
    raise AssertionError("count() has no end")


def _flush_unique(db: DbSession) -> None:
    try:
        db.flush()
    except IntegrityError as error:
        raise Conflict("There is a category of that name.", field="name") from error


def _with_counts() -> Select[CategoryRow, int]:
    counts = (
        select(VideoCountRow.category_id, func.sum(VideoCountRow.number).label("count"))
        .where(VideoCountRow.status == VideoStatus.COMPLETED.value)
        .group_by(VideoCountRow.category_id)
        .subquery()
    )
    return (
        select(CategoryRow, func.coalesce(counts.c.count, 0))
        .outerjoin(counts, counts.c.category_id == CategoryRow.id)
        .order_by(CategoryRow.name_key)
    )


def _require(db: DbSession, category_id: UUID) -> CategoryRow:
    row = db.get(CategoryRow, category_id)
    if row is None:
        raise NotFound("There is no such category.", field="category_id")
    return row


def _get(db: DbSession, category_id: UUID) -> Category:
    found = db.execute(_with_counts().where(CategoryRow.id == category_id)).one_or_none()
    if found is None:
        raise NotFound("There is no such category.")
    return _value(found[0], found[1])


def _value(row: CategoryRow, video_count: int) -> Category:
    return Category(
        id=row.id,
        name=row.name,
        slug=row.slug,
        description=row.description,
        created_by=row.created_by,
        created_at=row.created_at,
        video_count=video_count,
    )
