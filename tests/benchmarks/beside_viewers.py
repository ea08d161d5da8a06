"""An encode while 50 people watch at 8 Mbit/s, against the same encode alone.

`python -m tests.benchmarks beside_viewers [RUNS]`. The viewers are a process of their own; the server and the encode
share the machine with them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.values.jobs import JobState
from tests.benchmarks import _viewers
from tests.benchmarks._ffmpeg import clip, runs
from tests.benchmarks.table import Measure, Sample, Table, alternate
from tests.conftest import Server, make_settings, running

_VIEWERS = 50
_SPEED = Measure("encodes a minute", lambda sample: 60 / sample.wall_s, "/min")


def main() -> int:
    """Print the table."""
    table = Table(f"An encode beside {_VIEWERS} viewers")
    with tempfile.TemporaryDirectory() as data:
        settings = make_settings(Path(data) / "data", transcode_preset="medium")
        with running(settings) as server:
            watched = server.admin.upload(clip())["id"]
            server.heard.job_of(watched)
            server.admin.patch("/api/admin/config", json={"always_transcode": True}).raise_for_status()
            stalls: list[int] = []

            def beside() -> Sample:
                with _watching(server, watched, stalls):
                    return _encode(server)

            pair = alternate(
                "28 s of 1080p",
                "the same alone",
                ours=beside,
                theirs=lambda: _encode(server),
                runs=runs(3),
                warm_up=0,
            )
    table.add(pair, _SPEED, at_least=0.8)
    table.add_figure("pieces that came too late", max(stalls), "", at_most=0)
    table.print()
    return 0


def _encode(server: Server) -> Sample:
    started = time.perf_counter()
    video = server.admin.upload(clip())["id"]
    if server.heard.job_of(video) is not JobState.DONE:
        raise SystemExit("The encode failed.")
    wall_s = time.perf_counter() - started
    server.admin.delete(f"/api/videos/{video}").raise_for_status()
    return Sample(wall_s=wall_s, cpu_s=0)


@contextmanager
def _watching(server: Server, video: str, stalls: list[int]) -> Iterator[None]:
    port = server.url.rpartition(":")[2]
    command = [sys.executable, "-m", _viewers.__name__, port, f"/api/videos/{video}/stream", str(_VIEWERS)]
    environment = {**os.environ, _viewers.TOKEN: server.admin.cookies["clipset_session"]}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    )
    try:
        yield
    finally:
        told, _ = process.communicate()
        stalls.append(int(told))
