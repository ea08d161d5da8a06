"""One page of the library's list: filters, order, search and the total, each from an index.

A page is looked for among ids alone, in an index that holds all it is filtered by, and from the nearer end; only its
own rows are read. Totals come from `video_counts`. So any page of 100,000 videos costs about what the first one does.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    bindparam,
    case,
    false,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session as DbSession

from server.models import FINISHED, UserRow, VideoCountRow, VideoRow
from server.services.search import Search, Wanted
from server.values.accounts import Caller
from server.values.videos import SortField, SortOrder, VideoQuery, VideoStatus

#: A search looks no further than this many matches, the newest. Who gets more adds a word; so a word that stands in all
#: of a large library is found as fast as a rare one.
MATCHES_MAX = 500

_SORT_COLUMNS: dict[SortField, InstrumentedAttribute[Any]] = {
    "created_at": VideoRow.created_at,
    "title": VideoRow.title_key,
    "view_count": VideoRow.view_count,
    "duration": VideoRow.duration_ms,
}

_FILTERS: dict[str, InstrumentedAttribute[Any]] = {
    "category_id": VideoRow.category_id,
    "uploaded_by": VideoRow.uploaded_by,
    "status": VideoRow.status,
}

_Who = Literal["admin", "member", "link"]

NAMED: Select[VideoRow, str | None] = select(VideoRow, UserRow.username).outerjoin(
    UserRow, UserRow.id == VideoRow.uploaded_by
)
"""Videos with the names of their uploaders."""
_NAMED_BY_IDS = NAMED.where(VideoRow.id.in_(bindparam("ids", expanding=True)))


def visible_to(caller: Caller) -> ColumnElement[bool]:
    """Finished videos for every member; what is not finished for its uploader and admins alone; for a link its own."""
    if caller.link is not None:
        return VideoRow.id == caller.link.video_id
    return _visible(caller.is_admin, caller.user_id, VideoRow.status, VideoRow.uploaded_by)


def one_of(caller: Caller, video_id: UUID) -> tuple[Select[VideoRow, str | None], dict[str, object]]:
    """The statement that finds one video, if `caller` may see it, and what it has to be given."""
    return _one_statement(_who(caller)), {"video_id": video_id, **_asked_by(caller)}


def page_of(
    db: DbSession, search: Search, caller: Caller, query: VideoQuery
) -> tuple[list[tuple[VideoRow, str | None]], int]:
    """The rows of the page that `query` asks for, and how many `caller` could see on all of its pages.

    A length that is not known yet counts as the shortest.
    """
    if wanted := search.wanted(query.q):
        return _page_of_search(db, search, caller, query, wanted)
    first = (query.page - 1) * query.page_size
    finished, unfinished = _totals(db, caller, query)
    total = finished + unfinished
    size = min(query.page_size, total - first)
    if size <= 0:
        return [], total
    from_end = first > total // 2
    offset = total - first - size if from_end else first
    ids = list(db.scalars(_slice(caller, query, unfinished, offset, size, from_end=from_end)))
    return _rows(db, ids[::-1] if from_end else ids), total


def _slice(
    caller: Caller, query: VideoQuery, unfinished: int, offset: int, size: int, *, from_end: bool
) -> Select[UUID]:
    """The ids of `size` videos, in order, after the first `offset`.

    The finished ones are skipped in their index, where nothing has to be asked of any: 50,000 in 0.5 ms instead of 4.
    The unfinished ones that `caller` sees are few; each may put the finished ones off by one, so these are taken from
    so much earlier, and both are put in order.
    """
    sort_column = _SORT_COLUMNS[query.sort_by]
    skipped = max(0, offset - unfinished)
    in_order = (
        select(VideoRow.id.label("id"), sort_column.label("sorted_by"))
        .where(VideoRow.status == FINISHED, *_filtered(query))
        .order_by(*_order(query, sort_column, VideoRow.id, from_end=from_end))
        .limit(offset - skipped + size)
        .offset(skipped)
    )
    if not unfinished:
        return in_order.with_only_columns(VideoRow.id)
    few = select(VideoRow.id, sort_column).where(
        VideoRow.status != FINISHED, visible_to(caller), *_filtered(query)
    )
    both = union_all(select(in_order.subquery()), few).subquery()
    order = _order(query, both.c.sorted_by, both.c.id, from_end=from_end)
    return select(both.c.id).order_by(*order).limit(size).offset(offset - skipped)


class _Shape(NamedTuple):
    """Of a search, what its statement depends on; all else is given to it when it is asked."""

    longer: int
    bounded: bool
    who: _Who
    filters: tuple[str, ...]
    sort_by: SortField
    order: SortOrder


def _page_of_search(
    db: DbSession, search: Search, caller: Caller, query: VideoQuery, wanted: Wanted
) -> tuple[list[tuple[VideoRow, str | None]], int]:
    """Looks further back until there are enough matches or no older texts."""
    filters = _filters(query)
    asked = {
        **filters,
        **_asked_by(caller),
        "size": query.page_size,
        "first": (query.page - 1) * query.page_size,
    }
    reach = search.reach(db)
    while True:
        shape = _Shape(
            len(wanted.longer), reach.bounded, _who(caller), tuple(filters), query.sort_by, query.order
        )
        page, count = _search_statements(search, shape)
        parameters = {**asked, **search.parameters(wanted, reach)}
        rows = db.execute(page, parameters).all()
        ids = [row[0] for row in rows]
        total = rows[0][1] if rows else 0
        if not rows and query.page > 1:
            total = db.scalar(count, parameters) or 0
        wider = reach.further(total, MATCHES_MAX) if total < MATCHES_MAX else None
        if wider is None:
            return (_rows(db, ids) if ids else []), total
        reach = wider


@lru_cache(maxsize=256)
def _search_statements(search: Search, shape: _Shape) -> tuple[Select[UUID, int], Select[int]]:
    """The ids of a page with how many matches there are, and that number alone.

    Made once for each shape: putting one together takes longer than SQLite takes to answer.
    """
    sort_column = _SORT_COLUMNS[shape.sort_by]
    matches = search.matches(shape.longer, bounded=shape.bounded).where(
        _shown(shape.who), *(_FILTERS[name] == bindparam(name) for name in shape.filters)
    )
    columns = matches.with_only_columns(VideoRow.id.label("id"), sort_column.label("sorted_by"))
    found = columns.limit(MATCHES_MAX).subquery("found")
    order = _order(shape, found.c.sorted_by, found.c.id)
    page = select(found.c.id, func.count().over()).order_by(*order)
    return page.limit(bindparam("size")).offset(bindparam("first")), select(func.count()).select_from(found)


@lru_cache
def _one_statement(who: _Who) -> Select[VideoRow, str | None]:
    """Made once for each: it is asked for with every piece of a video that is sent."""
    return NAMED.where(VideoRow.id == bindparam("video_id"), _shown(who))


def _rows(db: DbSession, ids: list[UUID]) -> list[tuple[VideoRow, str | None]]:
    rows = {row.id: (row, name) for row, name in db.execute(_NAMED_BY_IDS, {"ids": ids})}
    return [rows[video_id] for video_id in ids]


def _order(
    query: VideoQuery | _Shape,
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


def _totals(db: DbSession, caller: Caller, query: VideoQuery) -> tuple[int, int]:
    """How many finished and how many unfinished videos `caller` sees on all pages."""
    conditions = [_visible(caller.is_admin, caller.user_id, VideoCountRow.status, VideoCountRow.uploaded_by)]
    if query.category_id is not None:
        conditions.append(VideoCountRow.category_id == query.category_id)
    if query.uploaded_by is not None:
        conditions.append(VideoCountRow.uploaded_by == query.uploaded_by)
    if query.status is not None:
        conditions.append(VideoCountRow.status == query.status.value)
    counted = db.execute(
        select(VideoCountRow.status, func.sum(VideoCountRow.number))
        .where(*conditions)
        .group_by(VideoCountRow.status)
    )
    # PostgreSQL's sum of whole numbers is a Decimal
    totals = {status: int(number) for status, number in counted}
    return totals.pop(VideoStatus.COMPLETED.value, 0), sum(totals.values())


def _visible(
    is_admin: bool,
    user_id: UUID | ColumnElement[UUID] | None,
    status: InstrumentedAttribute[str],
    uploader: InstrumentedAttribute[Any],
) -> ColumnElement[bool]:
    if is_admin:
        return true()
    return or_(status == VideoStatus.COMPLETED.value, uploader == user_id)


def _who(caller: Caller) -> _Who:
    return "link" if caller.link else "admin" if caller.is_admin else "member"


def _asked_by(caller: Caller) -> dict[str, object]:
    """What `_shown` has to be given."""
    return {
        "caller_id": caller.user_id,
        "link_video_id": caller.link.video_id if caller.link else None,
    }


def _shown(who: _Who) -> ColumnElement[bool]:
    """`visible_to` for rows that are found already: of an OR, both databases make a union of two indexes."""
    if who == "link":
        return VideoRow.id == bindparam("link_video_id")
    asker = bindparam("caller_id", type_=VideoRow.uploaded_by.type)
    seen = _visible(who == "admin", asker, VideoRow.status, VideoRow.uploaded_by)
    return case((seen, true()), else_=false())


def _filters(query: VideoQuery) -> dict[str, object]:
    """The values that are filtered by, by their names in `_FILTERS`."""
    asked = {
        "category_id": query.category_id,
        "uploaded_by": query.uploaded_by,
        "status": query.status.value if query.status is not None else None,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _filtered(query: VideoQuery) -> list[ColumnElement[bool]]:
    return [_FILTERS[name] == value for name, value in _filters(query).items()]
