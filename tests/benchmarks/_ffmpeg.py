"""What the media benchmarks compare with: FFmpeg's own program out of a wheel, and the clips for both."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg

from tests.benchmarks.table import Sample, carrying, run_process

REQUIREMENTS = ["imageio-ffmpeg>=0.6"]

_MEDIA = Path(os.environ.get("CLIPSET_TEST_MEDIA") or Path(__file__).parents[3] / "shared" / "media")
_CLIP = "gen_bench_1080p30_h264_aac_28s.mp4"


class Program:
    """FFmpeg's program, which `tasks.py bench` has installed."""

    def __init__(self) -> None:
        self.path = Path(imageio_ffmpeg.get_ffmpeg_exe())
        answer = subprocess.run([self.path, "-version"], capture_output=True, text=True, check=True).stdout
        found = re.match(r"ffmpeg version n?([\d.]+)", answer)
        self.name = f"ffmpeg {found.group(1) if found else ''}".strip()

    def run(self, *arguments: str | Path) -> None:
        """Run it for its result, not for its time."""
        subprocess.run([self.path, *_QUIET, *map(str, arguments)], check=True, stdin=subprocess.DEVNULL)

    def sample(self, source: Path, target: Path, *arguments: str) -> Sample:
        """Run it from `source` to `target` and measure."""
        taken = run_process(self.command(source, target, *arguments), stdin=subprocess.DEVNULL)
        return carrying(taken, target.stat().st_size if target.exists() else 0)

    def command(self, source: Path, target: Path, *arguments: str) -> list[str]:
        """What `sample` runs."""
        return [str(self.path), *_QUIET, "-i", str(source), *arguments, str(target)]


_QUIET = ("-hide_banner", "-loglevel", "error", "-y")


def media_folder() -> Path:
    """The media files. Ends the program where they are not."""
    if not _MEDIA.is_dir():
        raise SystemExit(f"This benchmark needs {_MEDIA} (or CLIPSET_TEST_MEDIA).")
    return _MEDIA


def clip() -> Path:
    """28 s of 1080p30 H.264 at 6 Mbit/s with AAC, `moov` last."""
    path = _MEDIA / _CLIP
    if not path.exists():
        raise SystemExit(f"This benchmark needs {path} (or CLIPSET_TEST_MEDIA).")
    return path


def ours(source: Path, folder: Path, *choices: str) -> Sample:
    """Work `source` off as the server's child does, interpreter start and check of the result included."""
    shutil.rmtree(folder)
    folder.mkdir()
    taken = run_process(our_command(source, folder, *choices))
    return carrying(taken, (folder / "video.mp4").stat().st_size)


def our_command(source: Path, folder: Path, *choices: str) -> list[str]:
    """What `ours` runs; it wants an empty folder."""
    return [sys.executable, "-m", "tests.benchmarks._one_file", str(source), str(folder), *choices]


def watchable_after_s(folder: Path) -> float:
    """When all of what was last made in `folder` could be watched, in seconds from the start of the work."""
    told: float = json.loads((folder / "watchable.json").read_text())
    return told


def runs(default: int) -> int:
    """How many runs of each: the first argument, or `default`."""
    return int(sys.argv[1]) if len(sys.argv) > 1 else default
