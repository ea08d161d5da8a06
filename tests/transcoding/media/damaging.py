"""A film that browsers play as it is, and what can happen to its pictures and their marks."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
from av.packet import Packet

from tests.transcoding.media.conftest import Work, flat, record


def noise(dice: random.Random, width: int, height: int) -> av.VideoFrame:
    """A picture of noise."""
    frame = flat(width, height, 0)
    for plane in frame.planes:
        plane.update(dice.randbytes(plane.buffer_size))
    return frame


def kept(finish: Work, folder: Path, x264: str) -> Path:
    """50 pictures of noise, ready for the web."""
    dice = random.Random(1)
    options = {"x264-params": f"{x264}:log-level=none"}
    clip = record(folder / "clip.mkv", lambda _number: noise(dice, 320, 180), frames=50, options=options)
    web_mp4 = folder / "web.mp4"
    web_mp4.write_bytes(finish(clip).video.read_bytes())
    return web_mp4


def damage(video: Path, done: str) -> None:
    """Damage its 31st picture: `bytes of zero` in the middle, or `a lost slice`, made filler (H.264, table 7-1)."""
    with av.open(str(video)) as container:
        packet = list(container.demux(video=0))[30]
    content = bytearray(video.read_bytes())
    if done == "a lost slice":
        unit = following = packet.pos
        while following < packet.pos + packet.size:
            unit, following = following, following + 4 + int.from_bytes(content[following : following + 4])
        content[unit + 4] = 12
    else:
        middle = packet.pos + packet.size // 2
        content[middle : middle + 100] = bytes(100)
    video.write_bytes(content)


def rewrite(source: Path, target: Path, change: Callable[[int, Packet[Any]], bool]) -> Path:
    """The pictures of `source` in an MP4 whose index comes first. `change` sees each packet: whether it stays."""
    with (
        av.open(str(source)) as reading,
        av.open(str(target), "w", options={"movflags": "faststart"}) as writing,
    ):
        track = writing.add_stream_from_template(reading.streams.video[0])
        for number, packet in enumerate(reading.demux(video=0)):
            if packet.size and change(number, packet):
                packet.stream = track
                writing.mux(packet)
    return target
