"""What people do to the queue: pause, resume, move, put first. Needs the media folder."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select

from server.database.engine import Database
from server.jobs import places
from server.models import JobRow
from server.values.jobs import JobState
from tests.postgresql import about_sqlite
from tests.transcoding.puppet import Puppet, no_look
from tests.transcoding.queueing import children, job_of, steer, waiting_videos
from tests.watching.clips import clip
from tests.watching.held import Held

_SMALL = "gr_a.mp4"
#: What a running job may be once it has been asked to pause: its child is ended meanwhile.
_PAUSING = {"pausing", "paused"}


@pytest.fixture
def waiting(start, media):
    """A server that works on one video of the admin's while five more of his wait."""
    puppet = Puppet()
    server = start(run_child=puppet, look=no_look, transcode_workers=1)
    videos = [server.admin.upload(media(_SMALL))["id"] for _ in range(6)]
    server.heard.job_of(videos[0], JobState.RUNNING)
    return server, puppet, videos


def test_a_waiting_job_is_moved_before_another_to_the_end_and_to_the_front(waiting):
    server, puppet, (_, a, b, c, d, e) = waiting
    assert waiting_videos(server) == [a, b, c, d, e]
    assert steer(server, d, "move", before=job_of(server, b)["id"])["place"] == 2
    assert waiting_videos(server) == [a, d, b, c, e]
    assert steer(server, a, "move", before=None)["place"] == 5
    assert waiting_videos(server) == [d, b, c, e, a]
    assert steer(server, e, "move", to="next")["place"] == 1
    assert waiting_videos(server) == [e, d, b, c, a]
    assert steer(server, c, "move", before=job_of(server, e)["id"])["place"] == 1
    assert steer(server, c, "move", before=job_of(server, c)["id"])["place"] == 1
    puppet.let_go(6)
    for video_id in (a, b, c, d, e):
        server.heard.job_of(video_id, JobState.DONE)
    assert puppet.began[1:] == [c, e, d, b, a]


def test_moving_again_and_again_never_runs_out_of_room(waiting):
    server, _, (_, a, b, c, d, e) = waiting
    b_id = job_of(server, b)["id"]
    for _ in range(60):
        for video_id in (c, d):
            steer(server, video_id, "move", before=b_id)
    assert waiting_videos(server) == [a, c, d, b, e]


def test_what_cannot_be_moved_is_refused(waiting):
    server, _, (running, a, *_) = waiting
    running_id, waiting_id = job_of(server, running)["id"], job_of(server, a)["id"]
    post = server.admin.post
    assert post(f"/api/admin/jobs/{running_id}/move", json={"to": "next"}).status_code == 409
    assert post(f"/api/admin/jobs/{waiting_id}/move", json={"before": running_id}).status_code == 409
    assert post(f"/api/admin/jobs/{waiting_id}/move", json={"before": str(uuid4())}).status_code == 404
    assert post(f"/api/admin/jobs/{waiting_id}/move", json={}).status_code == 422
    both = {"before": None, "to": "next"}
    assert post(f"/api/admin/jobs/{waiting_id}/move", json=both).status_code == 422
    assert post(f"/api/admin/jobs/{waiting_id}/move", json={"to": "moon"}).status_code == 422


@about_sqlite
def test_no_question_reads_the_whole_queue(waiting):
    server, _, (_, a, *_) = waiting
    database = Database(server.clipset.settings.host.effective_database_url)
    steps = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def explain(connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            plan = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps.extend(row[3] for row in plan.fetchall())

    with database.write() as db:
        row = db.scalars(select(JobRow).where(JobRow.video_id == UUID(a))).one()
        steps.clear()
        places.place_of(db, row)
        places.first(db)
        places.join_queue(db, row, uuid4())
        places.put_first(db, row)
        places.put_last(db, row)
        db.rollback()
    database.close()
    assert steps
    assert [step for step in steps if step.startswith("SCAN") and "ix_jobs_started_at" not in step] == []
    assert [step for step in steps if "B-TREE" in step and "LAST" not in step] == []


def test_a_paused_job_leaves_the_line_and_comes_back_at_its_head(waiting):
    server, _, (_, a, b, c, d, e) = waiting
    paused = steer(server, c, "pause")
    assert (paused["state"], paused["place"], paused["eta_ms"]) == ("paused", None, None)
    assert steer(server, c, "pause")["state"] == "paused", "asking twice is harmless"
    assert waiting_videos(server) == [a, b, d, e]
    assert server.admin.video(c)["status"] == "pending"
    assert steer(server, c, "resume")["place"] == 1
    assert waiting_videos(server) == [c, a, b, d, e]
    answer = server.admin.post(f"/api/admin/jobs/{job_of(server, c)['id']}/resume")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_a_running_job_is_paused_over_a_restart_and_then_goes_on(start, media, tmp_path):
    held = Held(from_ms=1)
    server = start(run_child=held)
    video_id = server.admin.upload(clip(tmp_path / "long.mkv", seconds=8))["id"]
    assert held.frozen.wait(60)
    assert steer(server, video_id, "pause")["state"] in _PAUSING
    server.heard.job_of(video_id, JobState.PAUSED)
    assert children() == []
    assert server.files(f"videos/library/{video_id}")[0] == "source"
    server.clipset.stop()

    again = start()
    assert job_of(again, video_id)["state"] == "paused"
    other = again.admin.upload(media(_SMALL))["id"]
    assert again.heard.job_of(other) is JobState.DONE, "a paused job holds nobody up"
    assert job_of(again, video_id)["state"] == "paused"
    steer(again, video_id, "resume")
    assert again.heard.job_of(video_id, JobState.DONE, JobState.FAILED) is JobState.DONE
    assert again.admin.video(video_id)["status"] == "completed"


def test_a_pause_that_is_taken_back_at_once_goes_on(start, media):
    puppet = Puppet()
    server = start(run_child=puppet, look=no_look, transcode_workers=1)
    video_id = server.admin.upload(media(_SMALL))["id"]
    server.heard.job_of(video_id, JobState.RUNNING)
    assert steer(server, video_id, "pause")["state"] in _PAUSING
    # whichever comes first, the end of the child or this: the job goes on
    assert steer(server, video_id, "resume")["state"] in {"running", "queued"}
    puppet.let_go()
    assert server.heard.job_of(video_id, JobState.DONE) is JobState.DONE


def test_a_paused_job_can_be_cancelled_and_deleted(waiting):
    server, _, (running, a, b, *_) = waiting
    for video_id in (a, b):
        steer(server, video_id, "pause")
    assert steer(server, a, "cancel")["state"] == "cancelled"
    assert server.admin.delete(f"/api/videos/{b}").status_code == 204
    assert server.files(f"videos/library/{a}") == ["source"]
    assert server.files(f"videos/library/{b}") == []
    steer(server, running, "pause")
    server.heard.job_of(running, JobState.PAUSED)
    assert steer(server, running, "cancel")["state"] == "cancelled"
    assert server.files(f"videos/library/{running}") == ["source"], "its work folder goes"


def test_what_is_over_is_neither_paused_nor_resumed(waiting):
    server, puppet, (first, *_) = waiting
    puppet.let_go()
    server.heard.job_of(first, JobState.DONE)
    job_id = job_of(server, first)["id"]
    for what in ("pause", "resume"):
        assert server.admin.post(f"/api/admin/jobs/{job_id}/{what}").status_code == 409
