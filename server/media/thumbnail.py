"""Picks the picture that stands for a video and writes it as a JPEG: from 1 s in, the first that is not
black.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame

LINES = 360
_FROM_S = 1.0
_LOOK_EVERY_S = 0.2
#: A picture is black when hardly any of it is brighter than this, of 255.
_DARK = 40
_BRIGHT_SHARE = 0.02
_QUALITY = 4  # FFmpeg's qscale; 2 is best, 31 worst


class Poster:
    """Watches pictures go by and keeps one. Until 1 s it keeps the first that is not black, for videos that
    are shorter.
    """

    def __init__(self) -> None:
        self._kept: VideoFrame | None = None
        self._kept_is_black = True
        self._next_look_s = 0.0
        self.settled = False

    def look(self, frame: VideoFrame) -> None:
        """Consider one upright picture; cheap once settled."""
        if self.settled:
            return
        at_s = frame.time or 0.0
        if self._kept is not None and not self._kept_is_black and at_s < _FROM_S:
            return
        if at_s < self._next_look_s:
            return
        self._next_look_s = at_s + _LOOK_EVERY_S
        black = is_black(frame)
        if self._kept is None or not black:
            self._kept, self._kept_is_black = frame, black
        self.settled = at_s >= _FROM_S and not black

    def save(self, path: Path) -> bool:
        """Write the picture; False when there was none."""
        if self._kept is None:
            return False
        path.write_bytes(jpeg(self._kept))
        return True


def is_black(frame: VideoFrame) -> bool:
    """Whether nearly all of the picture is dark, judged on a small copy."""
    plane = frame.reformat(width=32, height=18, format="gray", interpolation="AREA").planes[0]
    data, stride = bytes(plane), plane.line_size
    rows = (data[row * stride : row * stride + plane.width] for row in range(plane.height))
    bright = sum(sum(value > _DARK for value in row) for row in rows)
    return bright < _BRIGHT_SHARE * plane.width * plane.height


def jpeg(frame: VideoFrame) -> bytes:
    """The picture as a JPEG of at most `LINES` lines, never enlarged."""
    height = min(LINES, frame.height)
    width = max(2, round(frame.width * height / frame.height / 2) * 2)
    scaled = frame.reformat(width=width, height=height, format="yuvj420p", dst_color_range="JPEG")
    return encode_jpeg(scaled, _QUALITY)


def encode_jpeg(frame: VideoFrame, quality: int) -> bytes:
    """A full-range 4:2:0 picture as a JPEG; `quality` is FFmpeg's qscale, 2 best, 31 worst."""
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    encoder.color_range = 2
    encoder.qscale = True
    encoder.global_quality = quality * 118  # FF_QP2LAMBDA
    frame.pts = 0
    return b"".join(bytes(packet) for packet in (*encoder.encode(frame), *encoder.encode(None)))
