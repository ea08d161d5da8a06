"""Transcoding 1080p H.264 and HEVC 10-bit to the standard MP4, against FFmpeg's own program with the same settings.

`python -m tests.benchmarks.transcode [RUNS]`. Ours includes the poster and the check of the result.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.benchmarks._ffmpeg import Program, clip, ours, runs
from tests.benchmarks.table import CPU, SIZE, WALL, Table, alternate

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
        work = folder / "work"
        work.mkdir()
        for what, source in (("1080p H.264", clip()), ("1080p HEVC 10-bit", hevc)):
            pair = alternate(
                what,
                program.name,
                ours=lambda source=source: ours(
                    source, work, f"preset={_PRESET}", f"crf={_CRF}", "always_transcode=true"
                ),
                theirs=lambda source=source: program.sample(source, folder / "theirs.mp4", *_SAME),
                runs=runs(3),
                warm_up=0,
            )
            table.add(pair, CPU, at_most=1.05)
            table.add(pair, WALL, at_most=1.05)
            table.add(pair, SIZE)
    table.print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
