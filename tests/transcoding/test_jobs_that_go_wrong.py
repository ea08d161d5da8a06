"""What can fail around a job: disk, database, the server's life, other people. No job is stuck, no file is left.

The child is a stand-in, so that each thing happens at the moment that matters.
"""

from __future__ import annotations

import threading
from pathlib import Path
from uuid import UUID

import pytest

from server.errors import OutOfSpace, Unavailable
from server.jobs import outcomes, workers
from server.jobs.store import JobStore
from server.media.messages import Crashed
from server.media.refusals import refused
from server.storage import Storage
from server.values.jobs import JobState
from tests.transcoding.puppet import keep, remux
from tests.transcoding.queueing import job_of

_MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + b"\x00" * 100


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(workers, "_BACK_OFF_S", 0.05)
    monkeypatch.setattr(outcomes, "_NO_ROOM_S", 0.0)


def _upload(server):
    answer = server.admin.post("/api/videos", files={"file": ("a.mp4", _MP4)})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def _fail_first(monkeypatch, method, error, times=1):
    """Let the first calls of a method of the store fail."""
    original, left = getattr(JobStore, method), [error] * times

    def failing(self, *arguments, **keywords):
        if left:
            raise left.pop()
        return original(self, *arguments, **keywords)

    monkeypatch.setattr(JobStore, method, failing)


@pytest.mark.parametrize("error", [OutOfSpace("Full."), Unavailable("Busy.")])
@pytest.mark.parametrize("make", [keep, remux])
def test_a_result_that_could_not_be_written_down_is_made_again(start, monkeypatch, error, make):
    _fail_first(monkeypatch, "finished", error)
    _fail_first(monkeypatch, "ended", error)
    server = start(run_child=make)
    video_id = _upload(server)
    assert server.heard.job_of(video_id) is JobState.DONE
    assert server.admin.video(video_id)["status"] == "completed"
    server.clipset.stop()
    assert server.files("videos") == [f"library/{video_id}/video.mp4"]


def test_a_bug_that_could_not_be_written_down_leaves_no_job_running(start, monkeypatch):
    _fail_first(monkeypatch, "ended", Unavailable("Busy."))
    runs = []

    def child(order, on_message, should_stop):
        runs.append(order)
        if len(runs) == 1:
            raise RuntimeError("a bug")
        return keep(order)

    server = start(run_child=child)
    assert server.heard.job_of(_upload(server)) is JobState.DONE


@pytest.mark.parametrize("where", ["in the child", "before it"])
def test_a_job_that_finds_the_disk_full_goes_on_by_itself(start, monkeypatch, where):
    monkeypatch.setattr(outcomes, "_NO_ROOM_S", 600.0)
    free, asked, runs = [1 << 40], [], []
    work = Storage.work

    def free_bytes(_self):
        asked.append(free[0])
        return free[0]

    def no_room_at_first(self, video_id):
        if where == "before it" and free == [1 << 40]:
            raise OutOfSpace("Full.")
        return work(self, video_id)

    def child(order, *_):
        runs.append(order)
        return keep(order) if free != [1 << 40] else refused("out_of_space", "errno 28")

    monkeypatch.setattr(Storage, "free_bytes", free_bytes)
    monkeypatch.setattr(Storage, "work", no_room_at_first)
    server = start(run_child=child)
    video_id = _upload(server)
    sentence = "The server's disk is full. This goes on by itself when there is room."
    _wait(lambda: server.admin.video(video_id)["error"] == sentence)
    looked, ran = len(asked), len(runs)
    _wait(lambda: len(asked) > looked + 3)
    assert (job_of(server, video_id)["state"], len(runs)) == ("queued", ran)
    assert server.admin.get(f"/api/videos/{video_id}/progress").json()["error"] == sentence
    free[0] += 64 * 1024**2
    assert server.heard.job_of(video_id, JobState.DONE) is JobState.DONE
    assert server.admin.video(video_id)["error"] is None


def _wait(is_so):
    for _ in range(6000):
        if is_so():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not come to that")


def test_a_job_that_crashes_just_when_it_is_cancelled_is_not_run_again(start):
    servers, runs = [], []
    cancelled = threading.Event()

    def child(order, on_message, should_stop):
        runs.append(order)
        # the state is written and the worker not told yet, as between the two lines of `Queue.cancel`
        servers[0].clipset.queue._store.cancel(UUID(job_of(servers[0], order.source.parent.name)["id"]))
        cancelled.set()
        return Crashed(cause="signal", code=11, detail="SIGSEGV")

    servers.append(start(run_child=child))
    video_id = _upload(servers[0])
    assert cancelled.wait(20)
    servers[0].clipset.stop()
    assert len(runs) == 1
    again = start(run_child=keep)
    assert job_of(again, video_id)["state"] == "cancelled"


def test_a_cancelled_job_stays_so_when_the_server_stops_at_once(start):
    running, stopped = threading.Event(), threading.Event()

    def child(order, on_message, should_stop):
        running.set()
        assert stopped.wait(20)
        return Crashed(cause="signal", code=15, detail="SIGTERM")

    server = start(run_child=child)
    video_id = _upload(server)
    assert running.wait(20)
    server.clipset.queue._store.cancel(UUID(job_of(server, video_id)["id"]))
    server.clipset._workers._stopping.set()
    server.clipset._workers.stop_video(UUID(video_id))
    stopped.set()
    server.clipset.stop()
    again = start(run_child=keep)
    assert job_of(again, video_id)["state"] == "cancelled"
    assert again.admin.video(video_id)["error"] == "Getting this video ready was cancelled."


@pytest.mark.parametrize("keep_originals", [False, True])
def test_a_kill_before_tidying_up_leaves_no_files(start, monkeypatch, keep_originals):
    with monkeypatch.context() as patched:
        patched.setattr(Storage, "tidy", lambda *_arguments, **_keywords: None)
        server = start(run_child=remux, keep_originals=keep_originals)
        video_id = _upload(server)
        assert server.heard.job_of(video_id) is JobState.DONE
        server.clipset.stop()
    again = start(keep_originals=keep_originals)
    expected = ["source", "video.mp4"] if keep_originals else ["video.mp4"]
    assert again.files(f"videos/library/{video_id}") == expected
    assert not (again.data_dir / "videos" / "library" / video_id / "work").exists()


def test_originals_kept_before_outlive_a_change_of_the_setting(start):
    server = start(run_child=remux, keep_originals=True)
    video_id = _upload(server)
    server.heard.job_of(video_id)
    server.clipset.stop()
    assert start(keep_originals=False).files(f"videos/library/{video_id}") == ["source", "video.mp4"]


def test_the_folder_of_a_second_try_is_not_swept_by_the_first(start, monkeypatch):
    ended = JobStore.ended

    def and_tried_again_at_once(self, job_id, *arguments):
        known = ended(self, job_id, *arguments)
        folder = server.data_dir / "videos" / "library" / video_ids[0] / "work"
        folder.mkdir(exist_ok=True)
        (folder / "segment").touch()
        return known

    monkeypatch.setattr(JobStore, "ended", and_tried_again_at_once)
    video_ids, uploaded = [], threading.Event()

    def child(order, on_message, should_stop):
        assert uploaded.wait(20)
        raise RuntimeError("a bug")

    server = start(run_child=child)
    video_ids.append(_upload(server))
    uploaded.set()
    assert server.heard.job_of(video_ids[0]) is JobState.FAILED
    assert server.files(f"videos/library/{video_ids[0]}") == ["source", "work/segment"]


def test_a_picture_half_copied_is_swept_and_an_orphan_never_lost(start):
    server = start(run_child=keep)
    server.clipset.stop()
    (server.data_dir / "thumbnails" / "a.new").touch()
    stranger = "00000000-0000-4000-8000-000000000000"
    for text in ("one", "two"):
        folder = server.data_dir / "videos" / "library" / stranger
        folder.mkdir()
        (folder / "video.mp4").write_text(text)
        start(run_child=keep).clipset.stop()
    assert server.files("thumbnails") == []
    orphans = server.data_dir / "videos" / "orphans"
    assert {path.read_text() for path in orphans.rglob("video.mp4")} == {"one", "two"}


def test_deleting_works_on_a_disk_that_is_full(start, monkeypatch):
    server = start(run_child=keep)
    video_id = _upload(server)
    server.heard.job_of(video_id)
    server.clipset._workers.stop()

    def no_room(self, *_arguments, **_keywords):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "touch", no_room)
        assert server.admin.delete(f"/api/videos/{video_id}").status_code == 204
    assert server.files("videos") == []


@pytest.mark.parametrize("title", ["AC/DC live", "AC\\DC live"])
def test_a_download_is_named_after_the_whole_title(start, title):
    server = start(run_child=keep)
    video_id = _upload(server)
    server.heard.job_of(video_id)
    server.admin.patch(f"/api/videos/{video_id}", json={"title": title}).raise_for_status()
    named = server.admin.get(f"/api/videos/{video_id}/download").headers["content-disposition"]
    assert "AC-DC live.mp4" in named
