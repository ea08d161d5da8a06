"""Two renditions, the poster and the storyboard in one go, against FFmpeg's own program in separate runs.

`python -m tests.benchmarks.ladder [RUNS]`. FFmpeg decodes the source four times; ours once.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.benchmarks._ffmpeg import Program, clip, ours, runs
from tests.benchmarks.table import CPU, WALL, Sample, Table, alternate

_X264 = ("-c:v", "libx264", "-preset", "medium", "-crf", "23", "-profile:v", "high", "-pix_fmt", "yuv420p")
_KEYFRAMES = ("-g", "120", "-force_key_frames", "expr:gte(t,n_forced*2)", "-forced-idr", "1")
_REST = ("-c:a", "copy", "-movflags", "+faststart")
_RUNS = (
    ("1080.mp4", (*_X264, *_KEYFRAMES, *_REST)),
    ("480.mp4", ("-vf", "scale=-2:480", *_X264, *_KEYFRAMES, *_REST)),
    ("poster.jpg", ("-ss", "1", "-frames:v", "1", "-vf", "scale=-2:360")),
    ("storyboard.jpg", ("-vf", "fps=2,scale=160:90,tile=8x7", "-frames:v", "1")),
)


def main() -> int:
    """Print the table."""
    program = Program()
    table = Table("Two renditions, poster and storyboard")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        work = folder / "work"
        work.mkdir()

        def separately() -> Sample:
            total = Sample(wall_s=0, cpu_s=0)
            for target, arguments in _RUNS:
                taken = program.sample(clip(), folder / target, *arguments)
                total = replace(total, wall_s=total.wall_s + taken.wall_s, cpu_s=total.cpu_s + taken.cpu_s)
            return total

        pair = alternate(
            "1080 and 480 lines",
            f"{program.name}, {len(_RUNS)} runs",
            ours=lambda: ours(clip(), work, "always_transcode=true", "further_lines=480"),
            theirs=separately,
            runs=runs(3),
            warm_up=0,
        )
        table.add(pair, CPU, at_most=0.85)
        table.add(pair, WALL)
    table.print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
