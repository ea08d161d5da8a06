"""Picture and sound stay together: a flash and a beep at the same instant, through every way times are stored."""

from __future__ import annotations

import array
import math
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.transcoding.media.conftest import Work, flat
from tests.transcoding.media.looking import luma

_RATE = 48_000
_FLASH_S = 2.0
_SECONDS = 4
#: People notice from 45 ms on (ITU-R BT.1359, sound early); a picture lasts 40 ms here.
_TOGETHER_S = 0.03


def _times(jitter: bool) -> list[Fraction]:
    """When pictures are shown: 25 a second, or as a phone in the dark does it. One is at the flash."""
    even = [Fraction(number, 25) for number in range(25 * _SECONDS)]
    if not jitter:
        return even
    return [time + Fraction(number * 7 % 5, 250) * (time != _FLASH_S) for number, time in enumerate(even)]


def _record(
    path: Path, *, video: str, audio: str, start_s: int = 0, sound_late_s: float = 0.0, jitter: bool = False
) -> Path:
    with av.open(str(path), "w") as container:
        picture = container.add_stream(video, rate=25)
        context = picture.codec_context
        context.width, context.height, context.pix_fmt = 64, 64, "yuv420p"
        if path.suffix != ".avi":
            context.time_base = Fraction(1, 1000)
        context.gop_size = 25
        sound = container.add_stream(audio, rate=_RATE)
        sound.codec_context.layout = "mono"
        # written by times, so that no muxer has to hold much back
        events: list[tuple[Fraction, av.VideoFrame | av.AudioFrame]] = []
        for time in _times(jitter):
            frame = flat(64, 64, 235 if time == _FLASH_S else 16)
            frame.time_base = context.time_base or Fraction(1, 25)
            frame.pts = round((time + start_s) / frame.time_base)
            events.append((time, frame))
        size = sound.codec_context.frame_size or 1024
        kind = sound.codec_context.format.name
        starts = range(round(sound_late_s * _RATE), _RATE * _SECONDS, size)
        events += [(Fraction(start, _RATE), _beep(start, size, start_s, kind)) for start in starts]
        for _, frame in sorted(events, key=lambda event: event[0]):
            stream = picture if isinstance(frame, av.VideoFrame) else sound
            container.mux(stream.encode(frame))  # type: ignore[arg-type]
        for stream in (picture, sound):
            container.mux(stream.encode(None))
    return path


def _beep(start: int, count: int, start_s: int, kind: str) -> av.AudioFrame:
    frame = av.AudioFrame(format=kind, layout="mono", samples=count)
    frame.rate, frame.time_base = _RATE, Fraction(1, _RATE)
    frame.pts = start + start_s * _RATE
    wave = [
        0.5 * math.sin(2 * math.pi * 1000 * n / _RATE) if n >= _FLASH_S * _RATE else 0.0
        for n in range(start, start + count)
    ]
    values = (
        array.array("f", wave)
        if kind.startswith("flt")
        else array.array("h", (round(32767 * v) for v in wave))
    )
    frame.planes[0].update(values.tobytes().ljust(frame.planes[0].buffer_size, b"\x00"))
    return frame


def _flash_and_beep(path: Path) -> tuple[float, float]:
    """When the picture is brightest, and when the sound begins, in seconds."""
    with av.open(str(path)) as container:
        bright = [(luma(frame), frame.time) for frame in container.decode(video=0)]
    flash_s = max((light, -(time or 0.0)) for light, time in bright)
    assert flash_s[0] > 150
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            samples = array.array("f", bytes(frame.planes[0])[: 4 * frame.samples])
            loud = next((n for n, value in enumerate(samples) if abs(value) > 0.2), None)
            if loud is not None:
                return -flash_s[1], (frame.time or 0.0) + loud / frame.sample_rate
    raise AssertionError("no beep")


@pytest.mark.parametrize("encode", [False, True], ids=["as decided", "encoded"])
@pytest.mark.parametrize(
    ("suffix", "video", "audio", "clip"),
    [
        ("mp4", "libx264", "aac", {}),
        ("mov", "libx264", "pcm_s16le", {}),
        ("mkv", "libx264", "flac", {}),
        ("mkv", "libx264", "aac", {"start_s": 10}),
        ("mkv", "libx264", "ac3", {"sound_late_s": 1.0}),
        ("mp4", "libx264", "aac", {"sound_late_s": 1.0}),
        ("mp4", "mpeg4", "aac", {"start_s": 3}),
        ("mp4", "libx264", "aac", {"jitter": True}),
        ("webm", "libvpx", "libopus", {"jitter": True}),
        ("avi", "mpeg4", "pcm_s16le", {}),
    ],
)
def test_a_flash_and_a_beep_stay_together(
    finish: Work, tmp_path: Path, suffix: str, video: str, audio: str, clip: dict[str, object], encode: bool
) -> None:
    """Edit lists, negative and late starts, pictures that come unevenly, containers without times."""
    source = _record(tmp_path / f"clip.{suffix}", video=video, audio=audio, **clip)  # type: ignore[arg-type]
    made = finish(source, always_transcode=encode)
    flash_s, beep_s = _flash_and_beep(made.video)
    assert flash_s == pytest.approx(_FLASH_S, abs=0.09)
    assert beep_s - flash_s == pytest.approx(0, abs=_TOGETHER_S)
    assert made.duration_ms == pytest.approx(_SECONDS * 1000, abs=150)
