"""One page of the library's list: filters, order, search and the total, each from an index.

A page is looked for among ids alone, in an index that holds all it is filtered by, and from the nearer end; only its
own rows are read. Totals come from `video_counts`. So the last page of 100,000 videos costs about what the first
one does.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session as DbSession

from server.models import UserRow, VideoCountRow, VideoRow
from server.services.search import Search
from server.values.accounts import Caller
from server.values.videos import SortField, VideoQuery, VideoStatus

#: A search looks no further than this many matches, the newest. Who gets more adds a word; so a word that stands in all
#: of a large library is found as fast as a rare one.
MATCHES_MAX = 1000

_SORT_COLUMNS: dict[SortField, InstrumentedAttribute[Any]] = {
    "created_at": VideoRow.created_at,
    "title": VideoRow.title_key,
    "view_count": VideoRow.view_count,
    "duration": VideoRow.duration_ms,
}


def visible_to(caller: Caller) -> ColumnElement[bool]:
    """Finished videos for every member; what is not finished for its uploader and admins alone; for a link its own."""
    if caller.link is not None:
        return VideoRow.id == caller.link.video_id
    return _visible(caller, VideoRow.status, VideoRow.uploaded_by)


def named() -> Select[VideoRow, str | None]:
    """Videos with the names of their uploaders."""
    return select(VideoRow, UserRow.username).outerjoin(UserRow, UserRow.id == VideoRow.uploaded_by)


def page_of(
    db: DbSession, search: Search, caller: Caller, query: VideoQuery
) -> tuple[list[tuple[VideoRow, str | None]], int]:
    """The rows of the page that `query` asks for, and how many `caller` could see on all of its pages.

    A length that is not known yet counts as the shortest.
    """
    matches = search.matches(query.q)
    first = (query.page - 1) * query.page_size
    if matches is not None:
        return _page_of_matches(db, matches.where(*_filters(caller, query)), query, first)
    total = _total(db, caller, query)
    size = min(query.page_size, total - first)
    if size <= 0:
        return [], total
    from_end = first > total // 2
    page = (
        select(VideoRow.id)
        .where(*_filters(caller, query))
        .order_by(*_order(query, _SORT_COLUMNS[query.sort_by], VideoRow.id, from_end=from_end))
        .limit(size)
        .offset(total - first - size if from_end else first)
    )
    ids = list(db.scalars(page))
    return _rows(db, ids[::-1] if from_end else ids), total


def _page_of_matches(
    db: DbSession, matches: Select[UUID], query: VideoQuery, first: int
) -> tuple[list[tuple[VideoRow, str | None]], int]:
    sort_column = _SORT_COLUMNS[query.sort_by]
    columns = matches.with_only_columns(VideoRow.id.label("id"), sort_column.label("sorted_by"))
    found = columns.limit(MATCHES_MAX).subquery("found")
    order = _order(query, found.c.sorted_by, found.c.id)
    page = select(found.c.id, func.count().over()).order_by(*order).limit(query.page_size).offset(first)
    rows = db.execute(page).all()
    if rows:
        return _rows(db, [row[0] for row in rows]), rows[0][1]
    return [], (db.scalar(select(func.count()).select_from(found)) or 0) if first else 0


def _rows(db: DbSession, ids: list[UUID]) -> list[tuple[VideoRow, str | None]]:
    rows = {row.id: (row, name) for row, name in db.execute(named().where(VideoRow.id.in_(ids)))}
    return [rows[video_id] for video_id in ids]


def _order(
    query: VideoQuery,
    column: SQLColumnExpression[Any],
    video_id: SQLColumnExpression[UUID],
    *,
    from_end: bool = False,
) -> list[ColumnElement[Any]]:
    """The sort column, then the id, both in one direction: what an index can be read by."""
    if (query.order == "desc") is not from_end:
        first = column.desc()
        return [first.nulls_last() if query.sort_by == "duration" else first, video_id.desc()]
    first = column.asc()
    return [first.nulls_first() if query.sort_by == "duration" else first, video_id.asc()]


def _total(db: DbSession, caller: Caller, query: VideoQuery) -> int:
    conditions = [_visible(caller, VideoCountRow.status, VideoCountRow.uploaded_by)]
    if query.category_id is not None:
        conditions.append(VideoCountRow.category_id == query.category_id)
    if query.uploaded_by is not None:
        conditions.append(VideoCountRow.uploaded_by == query.uploaded_by)
    if query.status is not None:
        conditions.append(VideoCountRow.status == query.status.value)
    # PostgreSQL's sum of whole numbers is a Decimal
    return int(db.scalar(select(func.coalesce(func.sum(VideoCountRow.number), 0)).where(*conditions)) or 0)


def _visible(
    caller: Caller, status: InstrumentedAttribute[str], uploader: InstrumentedAttribute[Any]
) -> ColumnElement[bool]:
    if caller.is_admin:
        return true()
    return or_(status == VideoStatus.COMPLETED.value, uploader == caller.user_id)


def _filters(caller: Caller, query: VideoQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if not caller.is_admin:
        # as a CASE: of an OR, both databases make a union of two indexes, which then has to be sorted whole
        conditions.append(case((visible_to(caller), true()), else_=false()))
    if query.category_id is not None:
        conditions.append(VideoRow.category_id == query.category_id)
    if query.uploaded_by is not None:
        conditions.append(VideoRow.uploaded_by == query.uploaded_by)
    if query.status is not None:
        conditions.append(VideoRow.status == query.status.value)
    return conditions
