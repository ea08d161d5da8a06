"""From the last byte of an upload to the first picture that can be fetched, for every playable file of the media.

`python -m tests.benchmarks first_frame [FILE...]`. A real server with an empty queue and the usual preset; what is
fetched is the first segment by HLS. Beside it: how long the whole job takes, which is what waiting for it would cost.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from server.events import JobProgressed
from server.values.jobs import JobState
from tests.benchmarks._ffmpeg import media_folder
from tests.benchmarks.table import Table
from tests.conftest import Server, make_settings, running

#: Six minutes of 4K: its first picture counts, its last one would take a quarter of an hour and is not waited for.
_TOO_LONG = {"ax_long_4k_av1.mp4"}
_SLOWEST_SHOWN = 5


class _Taken(NamedTuple):
    first_s: float
    whole_s: float | None
    name: str


def main() -> int:
    """Print the table."""
    folder = media_folder()
    with tempfile.TemporaryDirectory() as data:
        settings = make_settings(Path(data) / "data", transcode_preset="medium")
        with running(settings) as server:
            taken = [_measure(server, folder / name) for name in sys.argv[1:] or _playable(folder)]
    table = Table("Last byte of the upload → first picture")
    firsts = sorted(each.first_s for each in taken)
    table.add_figure(f"median of {len(taken)} files", median(firsts), "s", at_most=3)
    table.add_figure("worst", firsts[-1], "s", at_most=6)
    whole = [each.whole_s for each in taken if each.whole_s is not None]
    if whole:
        table.add_figure("whole job, median", median(whole), "s")
    for each in sorted(taken, key=lambda each: each.first_s, reverse=True)[:_SLOWEST_SHOWN]:
        rest = "not made to its end" if each.whole_s is None else f"whole job {each.whole_s:.1f} s"
        table.add_figure(f"{each.name} ({rest})", each.first_s, "s")
    table.print()
    return 0


def _playable(folder: Path) -> list[str]:
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row["file"] for row in rows if row["expectation"].startswith("playable")]


def _measure(server: Server, source: Path) -> _Taken:
    sys.stderr.write(f"{source.name}\n")
    video_id = server.admin.upload(source)["id"]
    started = time.perf_counter()
    server.heard.wait_for(
        lambda event: (
            isinstance(event, JobProgressed) and str(event.video_id) == video_id and event.watchable_ms > 0
        )
    )
    _fetch(server, video_id)
    first_s = time.perf_counter() - started
    whole_s = None
    if source.name not in _TOO_LONG:
        state = server.heard.job_of(video_id)
        whole_s = time.perf_counter() - started
        if state is not JobState.DONE:
            raise SystemExit(f"{source.name} did not become a video")
    server.admin.delete(f"/api/videos/{video_id}").raise_for_status()
    return _Taken(first_s, whole_s, source.name)


def _fetch(server: Server, video_id: str) -> None:
    """What a player asks for before it shows a picture."""
    base = f"/api/videos/{video_id}/hls"
    master = server.admin.get(f"{base}/master.m3u8").raise_for_status().text
    playlist = next(line for line in master.splitlines() if not line.startswith("#"))
    rendition = playlist.partition("/")[0]
    for name in ("playlist.m3u8", "init.mp4", "0.m4s"):
        server.admin.get(f"{base}/{rendition}/{name}").raise_for_status()
