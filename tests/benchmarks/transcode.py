"""Transcoding 1080p H.264 and HEVC 10-bit to the standard MP4, against FFmpeg's own program with the same settings.

`python -m tests.benchmarks transcode [RUNS]`. Ours includes starting Python, the poster, the storyboard and the
check of the result.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.benchmarks._ffmpeg import Program, clip, our_command, runs
from tests.benchmarks.table import CPU, SIZE, WALL, Table
from tests.benchmarks.turns import Going, in_turns

#: The same encoder, preset, crf, keyframes and sound as server/media/encoders.py; PRESET and CRF are the settings'.
_PRESET, _CRF = "medium", "23"
_SAME = (
    *("-map", "0:v:0", "-map", "0:a:0", "-map_metadata", "-1"),
    *("-c:v", "libx264", "-preset", _PRESET, "-crf", _CRF, "-profile:v", "high", "-pix_fmt", "yuv420p"),
    *("-g", "120", "-force_key_frames", "expr:gte(t,n_forced*2)", "-forced-idr", "1"),
    *("-c:a", "copy", "-movflags", "+faststart"),
)


def main() -> int:
    """Print the table."""
    program = Program()
    table = Table("Transcode to the standard MP4")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hevc = folder / "hevc10.mp4"
        program.run(
            "-i", clip(), "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le",
            "-x265-params", "log-level=error", "-tag:v", "hvc1", "-c:a", "copy", hevc,
        )  # fmt: skip
        for what, source in (("1080p H.264", clip()), ("1080p HEVC 10-bit", hevc)):
            pair = in_turns(what, program.name, *_both(program, folder, source), runs=runs(3))
            table.add(pair, CPU, at_most=1.05)
            table.add(pair, WALL, at_most=1.05)
            table.add(pair, SIZE)
    table.print()
    return 0


def _both(program: Program, folder: Path, source: Path) -> tuple[Going, Going]:
    mine, theirs = folder / "ours", folder / "theirs"
    choices = f"preset={_PRESET}", f"crf={_CRF}", "always_transcode=true"
    return (
        Going(our_command(source, mine, *choices), makes=mine / "video.mp4", empty=mine),
        Going(
            program.command(source, theirs / "video.mp4", *_SAME), makes=theirs / "video.mp4", empty=theirs
        ),
    )
