"""How near the encoded picture is to its source, against FFmpeg's own program with the same settings.

`python -m tests.benchmarks quality`. Figures are the mean PSNR (dB) and SSIM of pictures, as FFmpeg's filters of these
names count them; to reach: within 0.1 dB of theirs, with scaling, with 10-bit pictures, and with neither. The size is
told beside it: our second keyframe comes after half a second, so that somebody can begin to watch.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from tests.benchmarks._ffmpeg import Program, clip, ours
from tests.benchmarks.table import Table

_PRESET, _CRF = "medium", "23"
_CODEC = (
    *("-an", "-c:v", "libx264", "-preset", _PRESET, "-crf", _CRF),
    *("-profile:v", "high", "-pix_fmt", "yuv420p"),
    *("-g", "120", "-force_key_frames", "expr:gte(t,n_forced*2)", "-forced-idr", "1"),
)
_HEVC = (
    *("-c:v", "libx265", "-preset", "ultrafast", "-crf", "16", "-x265-params", "log-level=error"),
    *("-pix_fmt", "yuv420p10le", "-tag:v", "hvc1"),
)
_LARGE = ("-vf", "scale=2560:1440", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "16")
_SECONDS = "12"
_WITHIN_DB = 0.1


def main() -> int:
    """Print the table."""
    program = Program()
    table = Table("Quality at the same settings")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for what, made_by, scaled in (
            ("1080p H.264", ("-c:v", "copy"), ()),
            ("1080p HEVC 10-bit", _HEVC, ()),
            ("1440p H.264", _LARGE, ("-vf", "scale=1920:1080")),
        ):
            _compare(table, program, folder, what, made_by, scaled)
    table.print()
    return 0


def _compare(
    table: Table, program: Program, folder: Path, what: str, made_by: tuple[str, ...], scaled: tuple[str, ...]
) -> None:
    source = folder / "source.mp4"
    program.run("-i", clip(), "-t", _SECONDS, "-an", *made_by, source)
    work = folder / "work"
    work.mkdir(exist_ok=True)
    ours(source, work, f"preset={_PRESET}", f"crf={_CRF}", "always_transcode=true")
    theirs = folder / "theirs.mp4"
    program.run("-i", source, *scaled, *_CODEC, theirs)
    their_psnr, their_ssim = _measure(program, theirs, source)
    our_psnr, our_ssim = _measure(program, work / "video.mp4", source)
    table.add_figure(f"{what}: PSNR", our_psnr, "dB")
    table.add_figure(f"{what}: SSIM", our_ssim, "")
    table.add_figure(f"{what}: SSIM, theirs minus ours", their_ssim - our_ssim, "")
    table.add_figure(f"{what}: PSNR, theirs minus ours", their_psnr - our_psnr, "dB", at_most=_WITHIN_DB)
    sizes = (work / "video.mp4").stat().st_size / theirs.stat().st_size
    table.add_figure(f"{what}: size of the file, ours by theirs", sizes, "×")


def _measure(program: Program, made: Path, source: Path) -> tuple[float, float]:
    """PSNR and SSIM of `made`, picture by picture, whatever their times."""
    same = "setpts=N/TB,split"
    graph = f"[1:v]scale=1920:1080,format=yuv420p,{same}[a][b];[0:v]{same}[c][d];[c][a]psnr[e];[d][b]ssim[f]"
    command = [program.path, "-hide_banner", "-i", made, "-i", source, "-lavfi", graph]
    command += ["-map", "[e]", "-f", "null", "-", "-map", "[f]", "-f", "null", "-"]
    told = subprocess.run(
        command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    ).stderr
    psnr, ssim = re.search(r"PSNR .*average:([\d.]+)", told), re.search(r"SSIM .*All:([\d.]+)", told)
    if psnr is None or ssim is None:
        raise SystemExit(f"FFmpeg measured nothing:\n{told[-2000:]}")
    return float(psnr[1]), float(ssim[1])
