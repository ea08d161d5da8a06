"""Films in H.264 that tests make, and what can happen to their pictures and marks."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
from av.packet import Packet

from tests.transcoding.media.conftest import Work, flat, record

#: Its keyframes do not stand alone but for the first: pictures shown before them need some from before.
OPEN_GROUPS = "open-gop=1:keyint=25:min-keyint=25:bframes=3:b-adapt=0:scenecut=0:log-level=none"


def noise(dice: random.Random, width: int, height: int) -> av.VideoFrame:
    """A picture of noise."""
    frame = flat(width, height, 0)
    for plane in frame.planes:
        plane.update(dice.randbytes(plane.buffer_size))
    return frame


def moving(path: Path, x264: str, *, seconds: int, cuts: int = 0) -> Path:
    """A bright bar that goes through the picture, and begins anew at each cut."""
    frames = seconds * 25
    scene = frames // (cuts + 1)

    def paint(number: int) -> av.VideoFrame:
        frame = flat(320, 180, 60)
        luma = frame.planes[0]
        line = bytearray(b"\x3c" * luma.line_size)
        at = number % scene * 280 // scene
        line[at : at + 40] = b"\xc8" * 40
        luma.update(bytes(line) * 180)
        return frame

    return record(path, paint, frames=frames, options={"x264-params": x264})


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


def rewrite(
    source: Path,
    target: Path,
    change: Callable[[int, Packet[Any]], Packet[Any] | None] = lambda _, packet: packet,
) -> Path:
    """The same tracks anew; of an MP4, the index comes first. `change` is shown each packet of the picture with its
    number, and returns what comes in its place.
    """
    options = {"movflags": "+faststart"} if target.suffix == ".mp4" else {}
    with av.open(str(source)) as reading, av.open(str(target), "w", options=options) as writing:
        tracks = {stream.index: writing.add_stream_from_template(stream) for stream in reading.streams}
        number = -1
        for packet in reading.demux():
            if not packet.size:
                continue
            track = tracks[packet.stream_index]
            changed: Packet[Any] | None = packet
            if packet.stream.type == "video":
                number += 1
                changed = change(number, packet)
            if changed is not None:
                changed.stream = track
                writing.mux(changed)
    return target
