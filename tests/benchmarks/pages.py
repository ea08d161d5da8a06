"""What Lighthouse says of the library and of the watch page, on a phone and at a desk.

`python -m tests.benchmarks pages [RUNS]`. Needs Chromium, the built web client and the media; Lighthouse comes by npm,
as locked in `lighthouse/`. Its phone has a slow 4G connection and a processor four times as slow as this machine's.
The library holds two dozen videos with pictures of their own, three of them begun.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import hatch_build
from tests.benchmarks._ffmpeg import media_folder, runs
from tests.benchmarks.table import Table
from tests.conftest import Server, make_settings, running

DEBIAN = ["chromium"]

_FOLDER = Path(__file__).parent / "lighthouse"
_CLIPS = ("vide_ocean.mp4", "psd_testvideo.mp4", "skv_bigbuckbunny.mp4", "img_cockatoo.mp4")
_VIDEOS, _BEGUN = 24, 3
_CATEGORIES = ("performance", "accessibility", "best-practices")
_REACH = 95
_FIGURES = {
    "first-contentful-paint": "ms",
    "largest-contentful-paint": "ms",
    "total-blocking-time": "ms",
    "cumulative-layout-shift": "",
}
_DEVICES: dict[str, tuple[str, ...]] = {"phone": (), "desk": ("--preset=desktop",)}
_CHROMIUM = "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking"


def main() -> int:
    """Print the table."""
    table = Table("Lighthouse")
    with tempfile.TemporaryDirectory() as folder, running(make_settings(Path(folder) / "data")) as server:
        pages = {"library": "/", "watch": f"/watch/{_fill(server)}"}
        for page, path in pages.items():
            for device, options in _DEVICES.items():
                reports = [_look(server, path, Path(folder), *options) for _ in range(runs(3))]
                _add(table, f"{page}, {device}", reports)
    table.print()
    return 0


def _fill(server: Server) -> str:
    """Upload the videos; the id of the one to be watched."""
    media = media_folder()
    videos = [
        server.admin.upload(media / _CLIPS[number % len(_CLIPS)], title=f"Number {number}")
        for number in range(_VIDEOS)
    ]
    for video in videos:
        server.heard.video_settled(video["id"])
    for video in videos[:_BEGUN]:
        server.admin.put(f"/api/videos/{video['id']}/position", json={"position_ms": 1500})
    return str(videos[-1]["id"])


def _look(server: Server, path: str, folder: Path, *options: str) -> dict[str, Any]:
    """One report of Lighthouse on a page as a signed-in member sees it. A run that the browser spoilt is repeated."""
    os.environ["CHROME_PATH"] = shutil.which("chromium") or ""
    session = server.admin.cookies["clipset_session"]
    report = folder / "report.json"
    command = (
        *("exec", "--", "lighthouse", server.url + path, "--quiet", *options),
        *(f"--only-categories={','.join(_CATEGORIES)}", f"--chrome-flags={_CHROMIUM}"),
        *("--extra-headers", json.dumps({"Cookie": f"clipset_session={session}"})),
        *("--output=json", f"--output-path={report}"),
    )
    for _ in range(3):
        hatch_build.npm(_FOLDER, *command)
        seen: dict[str, Any] = json.loads(report.read_text("utf-8"))
        if "runtimeError" not in seen:
            return seen
    raise SystemExit(f"Lighthouse did not get through: {seen['runtimeError']['message']}")


def _add(table: Table, where: str, reports: list[dict[str, Any]]) -> None:
    for category in _CATEGORIES:
        score = median(report["categories"][category]["score"] for report in reports) * 100
        table.add_figure(f"{where}: {category}", score, "", at_least=_REACH)
    for figure, unit in _FIGURES.items():
        value = median(report["audits"][figure]["numericValue"] for report in reports)
        table.add_figure(f"{where}: {figure.replace('-', ' ')}", value, unit)
