"""The queue through its public face: crashes, cancelling, deleting, fairness. Needs the media folder."""

from __future__ import annotations

import pytest

from server.events import JobChanged, VideoDeleted
from server.media.child import run_child
from server.media.messages import Crashed
from server.values.jobs import JobState
from tests.transcoding.puppet import Puppet, no_look
from tests.transcoding.queueing import children, job_of
from tests.watching.held import Held

pytestmark = pytest.mark.database

_LONG = "gen_bench_1080p30_h264_aac_28s.mp4"
_HEVC = "ax_h265_with_metadata_track.mp4"


@pytest.fixture
def working(start, media):
    """A server whose admin has uploaded a file; its child stands still in the middle of the work."""
    held = Held(from_ms=1)
    server = start(run_child=held)
    video = server.admin.upload(media(_LONG))
    assert held.frozen.wait(60)
    return server, video["id"]


def test_a_job_that_is_done_says_what_was_done_and_why(server, media):
    video = server.admin.upload(media(_HEVC))
    assert server.heard.job_of(video["id"]) is JobState.DONE
    job = job_of(server, video["id"])
    assert (job["state"], job["action"], job["percent"], job["attempts"]) == ("done", "transcode", 100.0, 0)
    assert job["reasons"] and all(reason.endswith(".") for reason in job["reasons"])
    assert server.files(f"videos/library/{video['id']}") == ["video.boxes", "video.index", "video.mp4"], (
        "the original goes, nothing else stays"
    )
    assert server.admin.get(f"/api/videos/{video['id']}/progress").json()["state"] == "done"


def test_originals_are_kept_where_the_admin_wants_them(start, media):
    server = start(keep_originals=True)
    video = server.admin.upload(media(_HEVC))
    server.heard.job_of(video["id"])
    assert server.files(f"videos/library/{video['id']}") == [
        "source",
        "video.boxes",
        "video.index",
        "video.mp4",
    ]


def test_a_killed_child_is_tried_again_and_then_given_up_with_a_sentence(start, media):
    killed = set()

    def run_and_kill(order, on_message, should_stop):
        def kill(message):
            on_message(message)
            for child in children():
                killed.add(child.pid)
                child.kill()

        return run_child(order, kill, should_stop)

    server = start(run_child=run_and_kill)
    video_id = server.admin.upload(media(_LONG))["id"]
    assert server.heard.job_of(video_id) is JobState.FAILED
    job, video = job_of(server, video_id), server.admin.video(video_id)
    assert len(killed) == 3
    assert (job["state"], job["attempts"]) == ("failed", 2)
    assert "SIGKILL" in job["detail"]
    assert video["status"] == "failed" and video["error"].endswith(".")
    assert server.admin.get("/health").json()["status"] == "healthy"
    assert server.files(f"videos/library/{video_id}") == ["source"], "the original stays for another try"


def test_a_failed_job_can_be_tried_again(start, media):
    outcomes = [Crashed(cause="signal", code=11, detail="SIGSEGV")] * 3

    def crash_thrice(order, on_message, should_stop):
        return outcomes.pop() if outcomes else run_child(order, on_message, should_stop)

    server = start(run_child=crash_thrice)
    video_id = server.admin.upload(media(_HEVC))["id"]
    assert server.heard.job_of(video_id) is JobState.FAILED
    job = job_of(server, video_id)
    assert server.admin.post(f"/api/admin/jobs/{job['id']}/retry").status_code == 200
    assert server.heard.job_of(video_id, JobState.DONE) is JobState.DONE
    assert server.admin.video(video_id)["status"] == "completed"
    assert server.admin.post(f"/api/admin/jobs/{job['id']}/retry").status_code == 409


def test_a_running_job_is_cancelled(working):
    server, video_id = working
    answer = server.admin.post(f"/api/admin/jobs/{job_of(server, video_id)['id']}/cancel")
    assert answer.status_code == 200
    assert answer.json()["state"] in {"cancelling", "cancelled"}, "its child is ended meanwhile"
    assert server.heard.job_of(video_id) is JobState.CANCELLED
    assert children() == []
    assert server.admin.video(video_id)["error"] == "Getting this video ready was cancelled."
    assert server.admin.post(f"/api/admin/jobs/{job_of(server, video_id)['id']}/cancel").status_code == 409


def test_deleting_while_it_is_made_leaves_nothing(working):
    server, video_id = working
    assert server.admin.delete(f"/api/videos/{video_id}").status_code == 204
    server.heard.wait_for(lambda event: isinstance(event, VideoDeleted))
    server.clipset.stop()
    assert (server.files("videos"), server.files("thumbnails"), children()) == ([], [], [])


def test_stopping_the_server_keeps_the_job_for_the_next_start(working, start):
    server, video_id = working
    server.clipset.stop()
    assert children() == []
    again = start()
    assert again.heard.job_of(video_id) is JobState.DONE
    assert again.admin.video(video_id)["status"] == "completed"


def test_members_take_turns(start, media):
    puppet = Puppet()
    server = start(run_child=puppet, look=no_look, transcode_workers=1)
    max_, mia = server.member("max"), server.member("mia")
    many = [max_.upload(media("gr_a.mp4"))["id"] for _ in range(4)]
    server.heard.job_of(many[0], JobState.RUNNING)
    one = mia.upload(media("gr_a.mp4"))["id"]
    assert mia.get(f"/api/videos/{one}/progress").json()["place"] == 1
    assert [max_.get(f"/api/videos/{each}/progress").json()["place"] for each in many] == [None, 2, 3, 4]
    for _ in range(5):
        puppet.let_go()
    for video_id in [*many, one]:
        server.heard.job_of(video_id, JobState.DONE)
    done = [str(event.video_id) for event in server.heard.of(JobChanged) if event.state is JobState.DONE]
    assert done == [many[0], one, *many[1:]]


def test_what_others_upload_is_theirs_until_it_plays(start, media):
    puppet = Puppet()
    server = start(run_child=puppet)
    max_, mia = server.member("max"), server.member("mia")
    video_id = max_.upload(media("gr_a.mp4"))["id"]
    server.heard.job_of(video_id, JobState.RUNNING)
    for path in ("", "/progress", "/stream", "/thumbnail"):
        assert mia.get(f"/api/videos/{video_id}{path}").status_code == 404
    assert max_.get(f"/api/videos/{video_id}/stream").json()["code"] == "video_not_ready"
    puppet.let_go()
    server.heard.job_of(video_id, JobState.DONE)
    assert mia.get(f"/api/videos/{video_id}/stream").status_code == 200
    assert mia.patch(f"/api/videos/{video_id}", json={"title": "Mine"}).status_code == 403
    assert mia.delete(f"/api/videos/{video_id}").status_code == 403
