"""What several people, or workers, do at the same moment. On every database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from server.database.engine import Database
from server.jobs.store import JobStore
from server.models import VideoRow
from server.values.clock import utc_now

pytestmark = pytest.mark.database


def at_once(*calls):
    """Run calls in threads that begin together; what each returned."""
    begin = threading.Barrier(len(calls))

    def run(call):
        begin.wait(60)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_admins_who_demote_each_other_leave_one(server):
    names = ["anna", "ada", "ben", "cleo"]
    people = [server.admin, *(server.member(name, role="admin") for name in names[1:])]
    ids = [person.get("/api/auth/me").json()["id"] for person in people]

    def demote(person, user_id):
        return lambda: person.patch(f"/api/users/{user_id}/role", json={"role": "user"}).status_code

    answers = at_once(*(demote(person, ids[place - 1]) for place, person in enumerate(people)))
    assert set(answers) <= {200, 403, 409}
    roles = [person.get("/api/auth/me").json()["role"] for person in people]
    assert "admin" in roles
    assert roles.count("user") == answers.count(200)


def test_a_job_is_claimed_by_one_worker(server):
    server.clipset.stop()
    databases = [Database(server.clipset.settings.host.effective_database_url) for _ in range(4)]
    stores = [JobStore(database, utc_now) for database in databases]
    with databases[0].write() as db:
        for number in range(12):
            video = VideoRow(
                id=uuid4(),
                title=f"Video {number}",
                original_filename="video.mp4",
                size_bytes=1,
                status="pending",
                created_at=utc_now(),
            )
            db.add(video)
            db.flush()
            stores[0].add(db, video.id)
    claimed = at_once(*(lambda store=store: [store.claim() for _ in range(4)] for store in stores))
    ids = [claim.job_id for claims in claimed for claim in claims if claim]
    assert len(ids) == len(set(ids)) == 12
    for database in databases:
        database.close()
