"""Two renditions, the poster and the storyboard in one go, against FFmpeg's own program in separate runs.

`python -m tests.benchmarks ladder [RUNS]`. FFmpeg decodes the source in each run, ours decodes it once; what that
saves depends on what decoding costs beside encoding. So the sources are those of which Clipset makes two renditions:
what phones and cameras record, and a plain 1080p H.264 that it takes over as it is, with a smaller size beside it. The
last is the same one with the admin's "always transcode": x264 takes nine tenths of the time of both, and no program
with the same settings saves more than the decodes. How much that is, is what FFmpeg itself saves when it is given all
four to make in one run; that is printed beside it.
"""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path
from typing import NamedTuple

from server.media.tonemap import write_table
from tests.benchmarks._ffmpeg import Program, clip, our_command, runs
from tests.benchmarks.table import CPU, WALL, Table
from tests.benchmarks.turns import Going, in_turns

_X264 = ("-c:v", "libx264", "-preset", "medium", "-crf", "23", "-profile:v", "high", "-pix_fmt", "yuv420p")
_KEYFRAMES = ("-g", "120", "-force_key_frames", "expr:gte(t,n_forced*2)", "-forced-idr", "1")
_REST = ("-c:a", "copy", "-movflags", "+faststart")
_MAIN = "1080.mp4"

_10_BIT = ("-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", "-c:a", "copy")
_HEVC = ("-t", "12", "-c:v", "libx265", "-b:v", "10M", *_10_BIT)
_HLG = "color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc"

#: The file names of what FFmpeg makes, each with the arguments for it.
_Outputs = dict[str, tuple[str, ...]]


class _Source(NamedTuple):
    """How it is made of the clip, what FFmpeg makes of it, and what ours is told."""

    what: str
    made_by: tuple[str, ...]
    outputs: _Outputs
    choices: tuple[str, ...] = ()


def main() -> int:
    """Print the table."""
    program = Program()
    table = Table("Two renditions, poster and storyboard")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each in _sources(folder):
            source = clip()
            if each.made_by:
                source = folder / "source.mp4"
                program.run("-i", clip(), *each.made_by, source)
            _compare(table, program, folder, each, source)
    table.print()
    return 0


def _sources(folder: Path) -> list[_Source]:
    colours = folder / "hlg.cube"
    write_table(colours, "hlg")
    tone = (
        f"format=gbrp16le,lut3d=file={colours},setparams=color_primaries=bt709:color_trc=bt709,"
        "scale=out_range=tv:out_color_matrix=bt709,format=yuv420p"
    )
    phone = ("-t", "6", "-vf", "scale=3840:2160", "-c:v", "libx265", "-preset", "ultrafast", "-crf", "20")
    plain, quiet = _outputs(), ("-x265-params", "log-level=error")
    return [
        _Source("4K HEVC 10-bit", (*phone, *quiet, *_10_BIT), plain),
        _Source("1080p HEVC 10-bit", (*_HEVC, *quiet), plain),
        _Source("1080p HEVC 10-bit HLG", (*_HEVC, *quiet, "-vf", f"setparams={_HLG}"), _outputs(tone)),
        _Source(
            "1080p H.264, 40 Mbit/s", ("-t", "12", "-c:v", "libx264", "-b:v", "40M", "-c:a", "copy"), plain
        ),
        _Source("1080p H.264, taken over", (), {**plain, _MAIN: ("-c", "copy", "-movflags", "+faststart")}),
        _Source("1080p H.264, always anew", (), plain, ("always_transcode=true",)),
    ]


def _outputs(*tone: str) -> _Outputs:
    """Both sizes, the poster and the storyboard. `tone` are filters behind the scaling."""

    def filters(*steps: str) -> tuple[str, str]:
        return "-vf", ",".join(steps)

    return {
        _MAIN: (*filters("scale=-2:1080", *tone), *_X264, *_KEYFRAMES, *_REST),
        "480.mp4": (*filters("scale=-2:480", *tone), *_X264, *_KEYFRAMES, *_REST),
        "poster.jpg": ("-ss", "1", "-frames:v", "1", *filters("scale=-2:360", *tone)),
        "storyboard.jpg": (*filters("fps=2", "scale=160:90", *tone, "tile=8x7"), "-frames:v", "1"),
    }


def _compare(table: Table, program: Program, folder: Path, chosen: _Source, source: Path) -> None:
    work, theirs = folder / "ours", folder / "theirs"
    ours = Going(
        our_command(source, work, "further_lines=480", *chosen.choices),
        makes=work / "480.mp4",
        empty=work,
    )
    outputs = [(theirs / name, arguments) for name, arguments in chosen.outputs.items()]
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
        pair = in_turns(chosen.what, name, ours, going, runs=runs(1))
        table.add(pair, CPU, at_most=reach)
        table.add(pair, WALL)
