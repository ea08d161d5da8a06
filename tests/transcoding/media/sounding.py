"""Makes clips with sound of known levels, and measures how loud each of their tones is."""

from __future__ import annotations

import array
import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from tests.transcoding.media.conftest import flat

RATE = 48_000
_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def tone_hz(channel: int) -> int:
    """Each channel has a tone of its own."""
    return 300 + 100 * channel


def record_with_sound(
    path: Path,
    loudness: Sequence[float],
    *,
    video: str = "libx264",
    audio: str = "aac",
    seconds: int = 1,
    then: Sequence[float] = (),
    silent_s: int = 0,
    leap_s: int = 0,
) -> Path:
    """A clip in grey whose channels sound at these amplitudes, 0 to 1.

    With `then`, its second half sounds so, on as many channels as that has. The sound ends `silent_s` early. Its second
    half is said to be heard `leap_s` later than it should.
    """
    with av.open(str(path), "w") as container:
        picture = container.add_stream(video, rate=25)
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        sound = container.add_stream(audio, rate=RATE)
        _set_up(sound.codec_context, audio, loudness)
        for number in range(25 * seconds):
            frame = flat(64, 64, 100 + number % 100)
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        end = RATE * (seconds - silent_s)
        middle = end // 2 if then else end
        packets = _coded(sound.codec_context, loudness, 0, middle)
        if then:
            other = av.CodecContext.create(audio, "w")
            assert isinstance(other, av.AudioCodecContext)
            other.sample_rate, other.time_base = RATE, Fraction(1, RATE)
            _set_up(other, audio, then)
            other.open()
            packets += _coded(other, then, middle, end)
        for packet in packets:
            if leap_s and packet.pts is not None and packet.pts >= end // 2:
                packet.pts += leap_s * RATE
                packet.dts = packet.pts
            packet.stream = sound
            container.mux(packet)
    return path


def _set_up(context: av.AudioCodecContext, audio: str, loudness: Sequence[float]) -> None:
    context.layout = _LAYOUTS[len(loudness)]
    context.format = "fltp" if audio in {"aac", "ac3"} else "s16"
    context.bit_rate = 640_000 if audio == "ac3" else 256_000


def _coded(
    context: av.AudioCodecContext, loudness: Sequence[float], begin: int, end: int
) -> list[av.Packet[Any]]:
    packets: list[av.Packet[Any]] = []
    size = context.frame_size or 1024
    for start in range(begin, end, size):
        layout, kind = context.layout.name, context.format.name
        packets += context.encode(_samples(loudness, start, min(size, end - start), layout, kind))
    return [*packets, *context.encode(None)]


def _samples(loudness: Sequence[float], start: int, count: int, layout: str, kind: str) -> av.AudioFrame:
    frame = av.AudioFrame(format=kind, layout=layout, samples=count)
    frame.rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
    waves = [
        [height * math.sin(2 * math.pi * tone_hz(channel) * (start + n) / RATE) for n in range(count)]
        for channel, height in enumerate(loudness)
    ]
    if kind == "fltp":
        for plane, wave in zip(frame.planes, waves, strict=True):
            plane.update(array.array("f", wave).tobytes().ljust(plane.buffer_size, b"\x00"))
    else:
        mixed = array.array(
            "h", [round(32767 * value) for values in zip(*waves, strict=True) for value in values]
        )
        frame.planes[0].update(mixed.tobytes().ljust(frame.planes[0].buffer_size, b"\x00"))
    return frame


def tones(path: Path, channels: Sequence[int], *, from_s: float = 0.25) -> list[tuple[float, ...]]:
    """For each channel of a clip, the amplitude of the tones that `channels` had, over half a second."""
    heard: list[array.array[float]] = []
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            for number, plane in enumerate(frame.planes):
                if len(heard) <= number:
                    heard.append(array.array("f"))
                heard[number].frombytes(bytes(plane)[: 4 * frame.samples])
    begin = round(from_s * RATE)
    part = slice(begin, begin + RATE // 2)
    return [tuple(_amplitude(wave[part], tone_hz(channel)) for channel in channels) for wave in heard]


def _amplitude(wave: array.array[float], hertz: int) -> float:
    turn = 2 * math.pi * hertz / RATE
    sine = sum(value * math.sin(turn * n) for n, value in enumerate(wave))
    cosine = sum(value * math.cos(turn * n) for n, value in enumerate(wave))
    return 2 * math.hypot(sine, cosine) / len(wave)
