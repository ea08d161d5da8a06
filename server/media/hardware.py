"""Chooses what encodes: the graphics card where a real trial with it works, the processor otherwise.

A driver promises much, so nothing is asked of it: a few pictures are encoded, decoded by the software decoder and
looked at. Whoever encodes with what is chosen here falls back to software when it fails later (`server.media.work`).
"""

from __future__ import annotations

import io
import logging
import sys
from fractions import Fraction

import av
import msgspec
from av.video.frame import VideoFrame

from server.media.decision import VideoEncode
from server.media.describing import Scratch
from server.media.encoders import SOFTWARE, add_picture
from server.media.geometry import Size
from server.media.order import Order

_log = logging.getLogger(__name__)

_BY_PLATFORM = {"darwin": ("videotoolbox",), "win32": ("nvenc", "qsv", "amf")}
_ELSEWHERE = ("nvenc", "qsv", "amf")

_TRIAL_FRAMES = 10
_TRIAL_RATE = Fraction(25)
_GREYS = range(60, 60 + 12 * _TRIAL_FRAMES, 12)
_MAX_ERROR = 12


def choose_encoder(order: Order, size: Size) -> str:
    """The encoder to use for pictures of `size`: one that the order allows and a trial has shown to work."""
    wanted = _BY_PLATFORM.get(sys.platform, _ELSEWHERE) if order.encoder == "auto" else (order.encoder,)
    for name in wanted:
        if name == SOFTWARE or works(msgspec.structs.replace(order, encoder=name), size):
            return name
    return SOFTWARE


def works(order: Order, size: Size) -> bool:
    """Whether the order's encoder gives the pictures back that go into it."""
    try:
        seen = _decoded(_encoded(order, size))
    except Exception as error:  # a driver may fail in any way, and then it is not used
        _log.info("%s does not work here: %s", order.encoder, error)
        return False
    return len(seen) == _TRIAL_FRAMES and all(
        abs(grey - wanted) <= _MAX_ERROR for grey, wanted in zip(seen, _GREYS, strict=True)
    )


def _encoded(order: Order, size: Size) -> bytes:
    encode = VideoEncode(size=size, frame_rate=_TRIAL_RATE, thin_out=False)
    scratch = Scratch()  # results are described before their first picture is there
    try:
        add_picture(scratch.container, encode, _grey(size, 0), 1 / _TRIAL_RATE, order)
        scratch.describe()
    finally:
        scratch.close()
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as output:
        track = None
        for number, value in enumerate(_GREYS):
            frame = _grey(size, value)
            frame.pts, frame.time_base = number, 1 / _TRIAL_RATE
            if track is None:
                track = add_picture(output, encode, frame, 1 / _TRIAL_RATE, order)
            output.mux(track.encode(frame))
        if track is not None:
            output.mux(track.encode(None))
    return target.getvalue()


def _decoded(data: bytes) -> list[int]:
    """The brightness in the middle of each picture."""
    with av.open(io.BytesIO(data), "r") as container:
        return [_middle(frame) for frame in container.decode(video=0)]


def _grey(size: Size, value: int) -> VideoFrame:
    frame = VideoFrame(size.width, size.height, "yuv420p")
    for number, plane in enumerate(frame.planes):
        plane.update(bytes([128 if number else value]) * plane.buffer_size)
    return frame


def _middle(frame: VideoFrame) -> int:
    plane = frame.planes[0]
    return memoryview(plane)[frame.height // 2 * plane.line_size + frame.width // 2]
