"""How honest the queue is about time: what it says is left, against what it then took.

`python -m tests.benchmarks forecast [RUNS]`. A real server encodes videos one by one; each is asked twice a second.
To reach: within 25 % after the first tenth. Waiting videos are asked as well, once one is done.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from server.values.jobs import JobState
from tests.benchmarks._ffmpeg import clip, runs
from tests.benchmarks.table import Table
from tests.conftest import Server, make_settings, running

_EVERY_S = 0.5
_OFF_AT_MOST = 0.25


def main() -> int:
    """Print the table."""
    table = Table("Forecast")
    with tempfile.TemporaryDirectory() as folder:
        settings = make_settings(Path(folder) / "data", transcode_preset="medium", transcode_workers=1)
        with running(settings) as server:
            server.admin.patch("/api/admin/config", json={"always_transcode": True}).raise_for_status()
            told = _watch(server, [server.admin.upload(clip())["id"] for _ in range(runs(4))])
    for what, state in (("running, after the first tenth", JobState.RUNNING), ("waiting", JobState.QUEUED)):
        off = [abs(said - took) / took for state_then, said, took in told if state_then == state]
        if off:
            table.add_figure(f"{what}: off by (median of {len(off)})", 100 * median(off), "%", at_most=25)
            beyond = sum(each > _OFF_AT_MOST for each in off) / len(off)
            table.add_figure(f"{what}: answers that are off by more than 25 %", 100 * beyond, "%")
    table.print()
    return 0


def _watch(server: Server, videos: list[str]) -> list[tuple[str, float, float]]:
    """What was said of each video: its state, the seconds said to be left, and those it took."""
    said: dict[str, list[tuple[str, float, float]]] = {video: [] for video in videos}
    ended: dict[str, float] = {}
    while len(ended) < len(videos):
        for video in videos:
            answer = server.admin.get(f"/api/videos/{video}/progress").raise_for_status().json()
            now = time.monotonic()
            if answer["state"] == JobState.DONE:
                ended.setdefault(video, now)
            elif answer["eta_ms"] is not None and (answer["state"] == "queued" or answer["percent"] >= 10):
                said[video].append((answer["state"], now, answer["eta_ms"] / 1000))
            elif answer["state"] in {JobState.FAILED, JobState.CANCELLED}:
                raise SystemExit(f"This clip could not be made ready: {answer['error']}")
        time.sleep(_EVERY_S)
    return [
        (state, left_s, ended[video] - at)
        for video in videos
        for state, at, left_s in said[video]
        if ended[video] - at > _EVERY_S
    ]
