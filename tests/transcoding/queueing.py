"""What tests ask of a server's queue as its admin, and which processes work for it."""

from __future__ import annotations

from typing import Any

import psutil

from server.events import JobChanged
from server.values.jobs import JobState


def jobs_of(server: Any) -> list[dict[str, Any]]:
    """All jobs, in the order they are shown in."""
    found: list[dict[str, Any]] = server.admin.get("/api/admin/jobs", params={"page_size": 100}).json()[
        "items"
    ]
    return found


def job_of(server: Any, video_id: str) -> dict[str, Any]:
    """The job of a video."""
    return next(each for each in jobs_of(server) if each["video_id"] == video_id)


def waiting_videos(server: Any) -> list[str]:
    """The videos that wait, by their places."""
    waiting = [each for each in jobs_of(server) if each["state"] == "queued"]
    assert [each["place"] for each in waiting] == list(range(1, len(waiting) + 1))
    return [each["video_id"] for each in waiting]


def steer(server: Any, video_id: str, what: str, **body: Any) -> dict[str, Any]:
    """Do something to a video's job, and return the job."""
    answer = server.admin.post(
        f"/api/admin/jobs/{job_of(server, video_id)['id']}/{what}", json=body if what == "move" else None
    )
    assert answer.status_code == 200, answer.text
    steered: dict[str, Any] = answer.json()
    return steered


def wait_until_looked_at(server: Any, *videos: str, times: int = 1) -> None:
    """Each is announced as waiting by its upload, and whenever somebody has looked at it."""

    def announced(video_id: str) -> int:
        heard = server.heard.of(JobChanged)
        return sum(str(event.video_id) == video_id and event.state is JobState.QUEUED for event in heard)

    server.heard.wait_for(lambda _: all(announced(each) > times for each in videos))


def children() -> list[psutil.Process]:
    """The processes that work for this one: spawned, not just forked, and none of the interpreter's own."""
    return [
        child
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE and "spawn_main" in " ".join(child.cmdline())
    ]
