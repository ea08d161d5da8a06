"""Rewrapping a file whose codecs fit, against FFmpeg's own program.

`python -m tests.benchmarks remux [RUNS]`. FFmpeg copies blindly; ours reads every packet first and decodes the result,
because what is published must play; but all of it can be watched as soon as it is copied. So there are three rows:
until all can be watched, against the bare copy, which is the figure of targets.md (≤ 1.3× and 0.3 s for the child);
the whole job against the bare copy; and against copying and then decoding the copy, which is the same work.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median

from tests.benchmarks._ffmpeg import Program, clip, ours, runs, watchable_after_s
from tests.benchmarks.table import CPU, WALL, Sample, Table, alternate

_COPY = ("-map", "0:v:0", "-map", "0:a:0", "-map_metadata", "-1", "-c", "copy", "-movflags", "+faststart")
_CHILD_S = 0.3


def main() -> int:
    """Print the table."""
    program = Program()
    table = Table("Remux")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        work = folder / "work"
        work.mkdir()
        theirs = folder / "theirs.mp4"

        def copy() -> Sample:
            return program.sample(clip(), theirs, *_COPY)

        def copy_and_decode() -> Sample:
            return _both(copy(), program.sample(theirs, folder / "nothing", "-f", "null"))

        watchable_s: list[float] = []

        def job() -> Sample:
            taken = ours(clip(), work)
            watchable_s.append(watchable_after_s(work))
            return taken

        bare = alternate("bare copy", program.name, ours=job, theirs=copy, runs=runs(5))
        table.add(bare, CPU)
        table.add(bare, WALL)
        allowed_s = 1.3 * median(sample.wall_s for sample in bare.theirs) + _CHILD_S
        table.add_figure(
            "until all can be watched, of 1.3× theirs + 0.3 s",
            median(watchable_s[1:]),
            "s",
            at_most=round(allowed_s, 3),
        )
        proven = alternate(
            "copy, then decode it", program.name, ours=lambda: ours(clip(), work), theirs=copy_and_decode,
            runs=runs(5),
        )  # fmt: skip
        table.add(proven, CPU)
        table.add(proven, WALL)
    table.print()
    return 0


def _both(one: Sample, other: Sample) -> Sample:
    return replace(one, wall_s=one.wall_s + other.wall_s, cpu_s=one.cpu_s + other.cpu_s)
