"""The storyboard: evenly spread over the video, one sheet, each tile where its cue says."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame

from server.media.storyboard import MAX_TILES, Storyboard
from tests.transcoding.media.conftest import Work, flat
from tests.transcoding.media.looking import first_frame

Media = Callable[[str], Path]
_CUE = re.compile(r"(\d\d):(\d\d):(\d\d)\.(\d{3}) --> .*\nstoryboard\.jpg#xywh=(\d+),(\d+),(\d+),(\d+)")


class Tile:
    """One cue: when, and where on the sheet."""

    def __init__(self, found: tuple[str, ...]) -> None:
        hours, minutes, seconds, millis, self.x, self.y, self.width, self.height = map(int, found)
        self.start_ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis


def _tiles(folder: Path) -> list[Tile]:
    return [Tile(found) for found in _CUE.findall((folder / "storyboard.vtt").read_text("utf-8"))]


def _written(board: Storyboard, folder: Path, duration_ms: int) -> tuple[list[Tile], VideoFrame]:
    assert board.write(folder / "storyboard.jpg", folder / "storyboard.vtt", duration_ms=duration_ms)
    return _tiles(folder), first_frame(folder / "storyboard.jpg")


def _at(sheet: VideoFrame, tile: Tile) -> int:
    """The brightness in the middle of a tile."""
    plane = sheet.planes[0]
    return bytes(plane)[(tile.y + tile.height // 2) * plane.line_size + tile.x + tile.width // 2]


def _grey(time_ms: int, value: int, size: tuple[int, int] = (320, 180)) -> VideoFrame:
    frame = flat(*size, value, "yuvj420p")
    frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
    return frame


def test_each_tile_is_where_its_cue_says(tmp_path: Path) -> None:
    """Pictures that get brighter by the second, found again on the sheet."""
    board = Storyboard(20_000)
    for second in range(20):
        board.add(_grey(second * 1000, 30 + 10 * second), second * 1000)
    tiles, sheet = _written(board, tmp_path, 20_000)
    assert [tile.start_ms for tile in tiles] == [second * 1000 for second in range(20)]
    assert [_at(sheet, tile) for tile in tiles] == pytest.approx([30 + 10 * n for n in range(20)], abs=3)
    assert {(tile.width, tile.height) for tile in tiles} == {(160, 90)}


@pytest.mark.parametrize("told_ms", [None, 1_000, 7_200_000, 100_000_000])
def test_however_long_a_video_is_its_storyboard_is_not(tmp_path: Path, told_ms: int | None) -> None:
    """Two hours, whatever the file claims: evenly spread, and bounded."""
    board = Storyboard(told_ms)
    frame = _grey(0, 100)
    for time_ms in range(0, 7_200_000, 1_000):
        board.add(frame, time_ms)
    if told_ms == 100_000_000:
        return
    tiles, sheet = _written(board, tmp_path, 7_200_000)
    assert MAX_TILES / 3 < len(tiles) <= MAX_TILES
    gaps = [after.start_ms - before.start_ms for before, after in pairwise(tiles)]
    assert max(gaps) <= 3 * min(gaps)
    assert max(sheet.width, sheet.height) < 4096


@pytest.mark.parametrize(
    ("size", "tile"), [((1080, 1920), (50, 90)), ((4096, 32), (160, 2)), ((2, 2), (90, 90)), ((1920, 1080), (160, 90))]
)  # fmt: skip
def test_tiles_keep_the_shape_of_the_picture(
    tmp_path: Path, size: tuple[int, int], tile: tuple[int, int]
) -> None:
    """Upright, wide, tiny."""
    board = Storyboard(2_000)
    for time_ms in (0, 500, 1000):
        board.add(_grey(time_ms, 200, size), time_ms)
    tiles, sheet = _written(board, tmp_path, 2_000)
    assert {(each.width, each.height) for each in tiles} == {tile}
    assert [_at(sheet, each) for each in tiles] == pytest.approx([200] * 3, abs=3)


def test_a_single_picture_needs_none(tmp_path: Path) -> None:
    """There is nothing to tell apart."""
    board = Storyboard(40)
    board.add(_grey(0, 100), 0)
    assert not board.write(tmp_path / "s.jpg", tmp_path / "s.vtt", duration_ms=40)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "tiles"), [("vide_ocean.webm", 20), ("gr_a.mp4", 14), ("ax_sample_av1.mkv", 2)]
)
def test_every_video_has_one(media: Media, finish: Work, name: str, tiles: int) -> None:
    """Encoded, copied and HDR alike; the sheet is a plain JPEG without a word in it."""
    made = finish(media(name))
    assert made.sidecars.has_storyboard and made.beside is not None
    found = _tiles(made.beside)
    assert len(found) == pytest.approx(tiles, abs=1)
    with av.open(str(made.beside / "storyboard.jpg")) as sheet:
        assert sheet.streams.video[0].codec_context.name == "mjpeg"
        assert sheet.streams.video[0].width >= max(tile.x + tile.width for tile in found)
