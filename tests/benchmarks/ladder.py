"""Two renditions, the poster and the storyboard in one go, against FFmpeg's own program in separate runs.

`python -m tests.benchmarks ladder [RUNS]`. FFmpeg decodes the source four times, ours once; what that saves depends on
what decoding costs. So there are two sources: what phones record (4K, HEVC, 10 bit), and 1080p H.264, where x264 alone
takes nine tenths of the time of both. How much there is to save is what the program itself saves when it is given all
four to make in one run; that is printed beside it.
"""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path

from tests.benchmarks._ffmpeg import Program, clip, our_command, runs
from tests.benchmarks.table import CPU, WALL, Table
from tests.benchmarks.turns import Going, in_turns

_X264 = ("-c:v", "libx264", "-preset", "medium", "-crf", "23", "-profile:v", "high", "-pix_fmt", "yuv420p")
_KEYFRAMES = ("-g", "120", "-force_key_frames", "expr:gte(t,n_forced*2)", "-forced-idr", "1")
_REST = ("-c:a", "copy", "-movflags", "+faststart")
_MAIN = "1080.mp4"
_OUTPUTS = {
    _MAIN: ("-vf", "scale=-2:1080", *_X264, *_KEYFRAMES, *_REST),
    "480.mp4": ("-vf", "scale=-2:480", *_X264, *_KEYFRAMES, *_REST),
    "poster.jpg": ("-ss", "1", "-frames:v", "1", "-vf", "scale=-2:360"),
    "storyboard.jpg": ("-vf", "fps=2,scale=160:90,tile=8x7", "-frames:v", "1"),
}
_PHONE = (
    *("-t", "6", "-vf", "scale=3840:2160", "-c:v", "libx265", "-preset", "ultrafast", "-crf", "20"),
    *("-pix_fmt", "yuv420p10le", "-x265-params", "log-level=error", "-tag:v", "hvc1", "-c:a", "copy"),
)


def main() -> int:
    """Print the table."""
    program = Program()
    table = Table("Two renditions, poster and storyboard")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        phone = folder / "phone.mp4"
        program.run("-i", clip(), *_PHONE, phone)
        for what, source in (("4K HEVC 10-bit", phone), ("1080p H.264", clip())):
            _compare(table, program, folder, what, source)
    table.print()
    return 0


def _compare(table: Table, program: Program, folder: Path, what: str, source: Path) -> None:
    work, theirs = folder / "ours", folder / "theirs"
    ours = Going(
        our_command(source, work, "always_transcode=true", "further_lines=480"),
        makes=work / "video.mp4",
        empty=work,
    )
    outputs = [(theirs / name, arguments) for name, arguments in _OUTPUTS.items()]
    separately = " && ".join(
        shlex.join(program.command(source, target, *arguments)) for target, arguments in outputs
    )
    (first, arguments), *others = outputs
    more = [each for target, made_by in others for each in (*made_by, str(target))]
    at_once = [*program.command(source, first, *arguments), *more]
    for name, command, reach in (
        (f"{program.name}, {len(outputs)} runs", ["sh", "-c", separately], 0.85),
        (f"{program.name}, one run", at_once, None),
    ):
        going = Going(command, makes=first, empty=theirs)
        pair = in_turns(what, name, ours, going, runs=runs(1))
        table.add(pair, CPU, at_most=reach)
        table.add(pair, WALL)
