"""Collects small pictures, evenly spread over a video, and writes them as one JPEG with a WebVTT file that finds them.

A time bar on a screen is about a thousand pixels wide, so `MAX_TILES` tiles show all that a pointer on it can tell
apart, however long the video is.
"""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

from av.video.frame import VideoFrame

from server.media import webvtt
from server.media.geometry import Size, fitted
from server.media.thumbnail import encode_jpeg

MAX_TILES = 144
_TILE = Size(160, 90)
_MIN_STEP_MS = 500
#: Step for a video that does not say how long it is; it doubles whenever the sheet is full.
_UNKNOWN_STEP_MS = 1_000
_QUALITY = 5  # FFmpeg's qscale; 2 is best, 31 worst


class Storyboard:
    """Takes pictures as they go by, in the order of their times, and keeps a small copy of those it needs.

    Holds at most `MAX_TILES` tiles of 22 kB each; a picture that is not needed costs one comparison.
    """

    def __init__(self, duration_ms: int | None) -> None:
        self._step_ms = max(_MIN_STEP_MS, -(-duration_ms // MAX_TILES)) if duration_ms else _UNKNOWN_STEP_MS
        self._tiles: list[tuple[int, VideoFrame]] = []
        self._next_ms = 0
        self._size: Size | None = None

    def add(self, frame: VideoFrame, time_ms: int) -> None:
        """Consider one upright picture, shown from `time_ms` on."""
        if time_ms < self._next_ms:
            return
        if len(self._tiles) >= MAX_TILES:
            self._thin_out()
            if time_ms < self._next_ms:
                return
        self._size = self._size or fitted(frame.width, frame.height, _TILE)
        self._tiles.append((time_ms, _tile(frame, self._size)))
        self._next_ms = (time_ms // self._step_ms + 1) * self._step_ms

    def write(self, picture: Path, cues: Path, *, duration_ms: int) -> bool:
        """Write the sheet and the file that finds its tiles. False when there is less than two tiles to tell apart.

        The cues name the picture by its file name and the tile by a media fragment (W3C, "Media Fragments URI", 4.2.2).
        """
        if len(self._tiles) < 2 or self._size is None:
            return False
        columns = _columns(len(self._tiles), self._size)
        picture.write_bytes(encode_jpeg(_sheet([tile for _, tile in self._tiles], columns), _QUALITY))
        starts = [0, *(time_ms for time_ms, _ in self._tiles[1:])]
        spans = pairwise([*starts, max(duration_ms, starts[-1] + 1)])
        size = self._size
        found = (
            webvtt.Cue(
                start,
                end,
                f"{picture.name}#xywh={number % columns * size.width},{number // columns * size.height},"
                f"{size.width},{size.height}",
            )
            for number, (start, end) in enumerate(spans)
        )
        cues.write_text(webvtt.document(found), encoding="utf-8")
        return True

    def _thin_out(self) -> None:
        """Make room by leaving out every second tile: the video is longer than it said."""
        self._tiles = self._tiles[::2]
        self._step_ms *= 2
        self._next_ms = (self._tiles[-1][0] // self._step_ms + 1) * self._step_ms


def _tile(frame: VideoFrame, size: Size) -> VideoFrame:
    return frame.reformat(
        width=size.width, height=size.height, format="yuvj420p", dst_color_range="JPEG", interpolation="AREA"
    )


def _columns(number: int, tile: Size) -> int:
    """As many as make the sheet about square, so that no side grows beyond what phones decode."""
    return max(1, min(number, round(math.sqrt(number * tile.height / tile.width))))


def _sheet(tiles: list[VideoFrame], columns: int) -> VideoFrame:
    width, height = tiles[0].width, tiles[0].height
    rows = -(-len(tiles) // columns)
    sheet = VideoFrame(columns * width, rows * height, "yuvj420p")
    for number, plane in enumerate(sheet.planes):
        stride = plane.line_size
        # black where there is no tile
        canvas = bytearray((b"\x00" if number == 0 else b"\x80") * plane.buffer_size)
        for place, tile in enumerate(tiles):
            source = tile.planes[number]
            data = memoryview(source)
            left = place % columns * source.width
            top = place // columns * source.height
            for line in range(source.height):
                start = line * source.line_size
                at = (top + line) * stride + left
                canvas[at : at + source.width] = data[start : start + source.width]
        plane.update(bytes(canvas))
    return sheet
