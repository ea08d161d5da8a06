"""Clips made for tests: a picture that tells its own number, and a tone."""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from pathlib import Path

import av

RATE = 48_000


def clip(
    path: Path,
    *,
    seconds: float,
    sound_seconds: float | None = None,
    video: str = "mpeg4",
    sound: str | None = "pcm_s16le",
    size: tuple[int, int] = (320, 180),
    frame_rate: int = 25,
) -> Path:
    """A clip whose pictures move and whose sound is a steady tone of 440 Hz, in stereo; it may end sooner."""
    sound_pictures = round((seconds if sound_seconds is None else sound_seconds) * frame_rate)
    with av.open(str(path), "w") as container:
        picture = container.add_stream(video, rate=frame_rate)
        picture.width, picture.height = size
        picture.pix_fmt = "yuv420p"
        tone = container.add_stream(sound, rate=RATE) if sound else None
        if tone is not None:
            tone.codec_context.layout = "stereo"
        for number in range(round(seconds * frame_rate)):
            frame = _picture(number, size)
            frame.pts, frame.time_base = number, Fraction(1, frame_rate)
            container.mux(picture.encode(frame))
            if tone is not None and number < sound_pictures:
                container.mux(tone.encode(_tone(number, frame_rate, tone.codec_context.format.name)))
        container.mux(picture.encode(None))
        if tone is not None:
            container.mux(tone.encode(None))
    return path


def _picture(number: int, size: tuple[int, int]) -> av.VideoFrame:
    """Grey with a bright bar that moves on by a step each picture."""
    frame = av.VideoFrame(*size, "yuv420p")
    width, height = size
    luma = frame.planes[0]
    bar = number * 7 % (width - 16)
    row = bytearray(b"\x60" * luma.line_size)
    row[bar : bar + 16] = b"\xe0" * 16
    luma.update(bytes(row) * height)
    for plane in frame.planes[1:]:
        plane.update(b"\x80" * plane.buffer_size)
    return frame


def _tone(number: int, frame_rate: int, sample_format: str) -> av.AudioFrame:
    count = RATE // frame_rate
    values = [math.sin(2 * math.pi * 440 * (number * count + n) / RATE) / 4 for n in range(count)]
    if sample_format == "s16":
        frame = av.AudioFrame(format="s16", layout="stereo", samples=count)
        samples = [round(value * 32767) for value in values for _ in range(2)]
        frame.planes[0].update(struct.pack(f"<{2 * count}h", *samples))
    else:
        frame = av.AudioFrame(format="fltp", layout="stereo", samples=count)
        for plane in frame.planes:
            plane.update(struct.pack(f"<{count}f", *values))
    frame.sample_rate = RATE
    frame.pts, frame.time_base = number * count, Fraction(1, RATE)
    return frame
