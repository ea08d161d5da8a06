"""The list of a large library: the same answers as a plain look at every video, each from an index, total included."""

from __future__ import annotations

from contextlib import closing
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import event, select, text

from server.database.engine import Database
from server.models import VideoRow, VideoTextRow
from server.services.listing import MATCHES_MAX, page_of
from server.services.search import GinIndex, Search
from server.values.accounts import Caller, Role
from server.values.folded import grams_of_word
from server.values.videos import VideoQuery, VideoStatus
from tests.large_library import CHINESE, COMMON, RARE, fill

pytestmark = pytest.mark.database

_SORTS = ("created_at", "title", "view_count", "duration")
_FILTERS = ("", "category_id", "uploaded_by", "status")


@pytest.fixture
def library(server):
    """A database with 1,200 videos, its admin, and a member who owns none of them."""
    server.member("max")
    database = Database(server.clipset.settings.host.effective_database_url)
    fill(database, 1_200)
    with database.write() as db:
        if not database.is_sqlite:
            db.execute(text("ANALYZE"))
    yield database
    database.close()


def _callers(server):
    ids = {user.username: user.id for user in server.clipset.people.list().items}
    return [
        Caller(user_id=ids["anna"], session_id=None, role=Role.ADMIN),
        Caller(user_id=ids["anna"], session_id=None, role=Role.USER),
        Caller(user_id=ids["max"], session_id=None, role=Role.USER),
    ]


def _filter(name, videos):
    owner = next(video.uploaded_by for video in videos if video.uploaded_by)
    values = {"category_id": videos[0].category_id, "uploaded_by": owner, "status": VideoStatus.FAILED}
    return {name: values[name]} if name else {}


def test_every_page_of_every_order_is_what_a_look_at_all_videos_gives(library, server):
    search = Search(library)
    columns = {"created_at": "created_at", "title": "title_key", "view_count": "view_count"}
    with library.read() as db:
        videos = list(db.scalars(select(VideoRow)))
        for caller, sort, name, order in product(_callers(server), _SORTS, _FILTERS, ("asc", "desc")):
            wanted = _filter(name, videos)
            seen = [
                video
                for video in videos
                if (caller.is_admin or video.status == "completed" or video.uploaded_by == caller.user_id)
                and all(getattr(video, key) == value for key, value in wanted.items())
            ]
            column = columns.get(sort, "duration_ms")
            seen.sort(key=lambda video: (getattr(video, column), video.id.hex), reverse=order == "desc")
            ids = [video.id for video in seen]
            last = max(1, -(-len(ids) // 50))
            for page in {1, 2, last // 2 + 1, last, last + 1}:
                query = VideoQuery(page=page, page_size=50, sort_by=sort, order=order, **wanted)
                rows, total = page_of(db, search, caller, query)
                assert total == len(ids), query
                assert [row.id for row, _ in rows] == ids[(page - 1) * 50 : page * 50], query


def test_counts_follow_what_happens_to_videos(library, server):
    admin = _callers(server)[0]
    category = server.admin.get("/api/categories").json()["items"][0]["id"]
    search = Search(library)

    def totals():
        with library.read() as db:
            counted = page_of(db, search, admin, VideoQuery(page_size=1))[1]
            shelf = page_of(db, search, admin, VideoQuery(page_size=1, category_id=UUID(category)))[1]
            own = page_of(db, search, admin, VideoQuery(page_size=1, uploaded_by=admin.user_id))[1]
            rows = list(db.execute(select(VideoRow.category_id, VideoRow.uploaded_by)))
        assert counted == len(rows)
        assert shelf == sum(str(row.category_id) == category for row in rows)
        assert own == sum(row.uploaded_by == admin.user_id for row in rows)
        return counted, shelf

    before, on_shelf = totals()
    video_id = server.admin.get("/api/videos", params={"category_id": category}).json()["items"][0]["id"]
    server.admin.patch(f"/api/videos/{video_id}", json={"category_id": None}).raise_for_status()
    assert totals() == (before, on_shelf - 1)
    server.admin.delete(f"/api/videos/{video_id}").raise_for_status()
    assert totals() == (before - 1, on_shelf - 1)
    server.admin.delete(f"/api/categories/{category}").raise_for_status()
    assert totals() == (before - 1, 0)


@pytest.fixture
def plans(library):
    """Plan every statement of a block as it is sent: what the database says it will do."""
    found = []

    @event.listens_for(library.engine, "before_cursor_execute")
    def explain(connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith(("SELECT", "WITH")):
            cursor = connection.connection.cursor()
            if library.is_sqlite:
                cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                found.extend(row[3] for row in cursor.fetchall())
            else:
                # with so few rows a scan is cheapest; what counts is whether an index can do it
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("SET LOCAL enable_sort = off")
                cursor.execute(f"EXPLAIN {statement}", parameters)
                found.extend(row[0].strip(" ->") for row in cursor.fetchall())
            cursor.close()

    return found


def _scans(plans):
    """Steps that read a whole table of videos or texts without an index."""
    return [
        step
        for step in plans
        if ("Seq Scan on video" in step and "video_counts" not in step)
        or (step.startswith(("SCAN videos", "SCAN video_texts")) and "INDEX" not in step)
    ]


@pytest.mark.parametrize("member", [False, True])
@pytest.mark.parametrize("name", _FILTERS)
@pytest.mark.parametrize("sort", _SORTS)
def test_each_filter_and_order_uses_an_index(library, server, plans, sort, name, member):
    caller = _callers(server)[2 if member else 0]
    with library.read() as db:
        some = list(db.scalars(select(VideoRow).where(VideoRow.uploaded_by.is_not(None)).limit(1)))
        plans.clear()
        for order, page in product(("asc", "desc"), (1, 40)):
            query = VideoQuery(page=page, sort_by=sort, order=order, **_filter(name, some))
            page_of(db, Search(library), caller, query)
    assert plans
    assert _scans(plans) == []
    if not name:
        index = "ix_videos_" + {"title": "title_key", "duration": "duration_ms"}.get(sort, sort)
        assert [step for step in plans if index in step], plans
    if member and (not name or (sort == "created_at" and name != "status")):
        # an admin sees unfinished ones besides, and a page's worth of both is put in order
        assert [step for step in plans if "B-TREE" in step or step.startswith("Sort")] == []


@pytest.mark.parametrize("typed", [COMMON, RARE, CHINESE, "a", "ka", "none-such"])
def test_a_search_can_be_answered_from_its_index(library, server, plans, typed):
    with library.read() as db:
        if library.is_sqlite:
            plans.clear()
            page_of(db, Search(library), _callers(server)[2], VideoQuery(q=typed))
        else:
            # of so few rows PostgreSQL would read all by their numbers; so the index is asked for alone
            db.execute(text("SET LOCAL enable_indexscan = off"))
            plans.clear()
            index = GinIndex()
            reach = index.reach(db)
            statement = index.matches([], bounded=reach.bounded)
            db.execute(statement, index.parameters(grams_of_word(typed), reach))
    assert _scans(plans) == []
    assert any("VIRTUAL TABLE INDEX" in step or "on ix_video_texts_grams" in step for step in plans), plans


def test_a_search_finds_the_newest_matches_however_far_back_they_are(server):
    member = Caller(
        user_id=UUID(server.member("max").get("/api/auth/me").json()["id"]), session_id=None, role=Role.USER
    )
    with closing(Database(server.clipset.settings.host.effective_database_url)) as database:
        fill(database, 4_000)
        with database.read() as db:
            texts = db.execute(
                select(VideoRow, VideoTextRow.text)
                .join(VideoTextRow, VideoTextRow.video_id == VideoRow.id)
                .where(VideoRow.status == "completed")
                .order_by(VideoTextRow.number.desc())
            ).all()
            category = texts[0][0].category_id
            oldest = max(texts[-1][1].split(), key=len)
            for typed, shelf in product(
                ("a", "ka", COMMON, RARE, CHINESE, oldest, "none-such"), (None, category)
            ):
                found = [
                    video for video, held in texts if typed in held and shelf in (None, video.category_id)
                ][:MATCHES_MAX]
                found.sort(key=lambda video: (video.view_count, video.id.hex), reverse=True)
                for page in (1, 2, len(found) // 50 + 1):
                    query = VideoQuery(
                        q=typed, page=page, page_size=50, sort_by="view_count", category_id=shelf
                    )
                    rows, total = page_of(db, Search(database), member, query)
                    ids = [video.id for video in found[(page - 1) * 50 : page * 50]]
                    assert (total, [row.id for row, _ in rows]) == (len(found), ids), query
