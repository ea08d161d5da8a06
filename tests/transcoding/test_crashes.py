"""Children that end by a fault, many of them: the server stays the same process, answers, and no job hangs."""

from __future__ import annotations

import multiprocessing
import os
import threading

import pytest

from server.jobs.outcomes import MAX_CRASHES
from server.media import child
from server.values.jobs import JobState
from tests.transcoding import crashing

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs signals")

_MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + b"\x00" * 100
_FEW, _MANY = 6, 100


class _Visitor:
    """Somebody who looks at pages all the time."""

    def __init__(self, person) -> None:
        self.answers: list[int] = []
        self._person = person
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._enough.is_set():
            for path in ("/health", "/api/videos", "/api/admin/jobs"):
                self.answers.append(self._person.get(path).status_code)

    def __enter__(self) -> _Visitor:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._thread.join()


@pytest.mark.parametrize(
    "crashes", [_FEW, pytest.param(_MANY, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]
)
def test_faults_cost_one_job_each(start, media, monkeypatch, crashes):
    """Each file is tried three times and then given up in words; the next good one plays."""
    server = start()
    with monkeypatch.context() as patched, _Visitor(server.signed_in("anna")) as visitor:
        patched.setattr(child.inside, "enter", crashing.enter)
        videos = []
        for number in range(-(-crashes // MAX_CRASHES)):
            answer = server.admin.post("/api/videos", files={"file": (f"{number}.mp4", _MP4)})
            videos.append(answer.raise_for_status().json()["id"])
        assert {server.heard.job_of(video) for video in videos} == {JobState.FAILED}
    assert set(visitor.answers) == {200}
    jobs = server.admin.get("/api/admin/jobs", params={"page_size": 100}).json()["items"]
    assert {(job["state"], job["attempts"]) for job in jobs} == {("failed", MAX_CRASHES - 1)}
    assert all("SIGSEGV" in job["detail"] for job in jobs)
    assert server.admin.video(videos[0])["error"] == (
        "This file stops the converter each time. It may be damaged; try another copy of it."
    )
    assert multiprocessing.active_children() == []
    good = server.admin.upload(media("ax_sample_portrait.mp4"))["id"]
    assert server.heard.job_of(good) is JobState.DONE
