"""Right pictures: upright, SDR, without combs, in shape, at their times. Measured on decoded frames."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from server.media import picture
from tests.transcoding.media.conftest import Work, flat, record
from tests.transcoding.media.looking import (
    Rows,
    brightness,
    clockwise,
    combs,
    difference,
    first_frame,
    luma,
    mirrored,
    see,
)
from tests.watching.clips import clip

Media = Callable[[str], Path]

#: Small pictures of the same scene differ by this much at most, of 255; other ways up differ by more.
_SAME = 8.0

PQ, HLG, BT2020_NCL, BT2020 = 16, 18, 9, 9  # ITU-T H.273


def _same(rows: Rows) -> Rows:
    return rows


def _transposed(rows: Rows) -> Rows:
    return [list(column) for column in zip(*rows, strict=True)]


def _half_turn(rows: Rows) -> Rows:
    return clockwise(clockwise(rows))


@pytest.mark.parametrize(
    ("name", "upright"),
    [
        ("mvp_fire2.mp4", _half_turn),
        ("ax_h265_with_metadata_track.mp4", clockwise),
        ("ax_sample_rotate_and_reflect.mp4", _transposed),
        ("ax_sample_portrait.mp4", _same),
        ("vide_ocean.webm", _same),
    ],
)
def test_is_upright(media: Media, finish: Work, name: str, upright: Callable[[Rows], Rows]) -> None:
    """What the phone recorded on its side stands up, in the video and in its poster."""
    recorded = brightness(first_frame(media(name)))
    shown = brightness(first_frame(finish(media(name), always_transcode=True).video))
    turned = {turn: difference(shown, turn(recorded)) for turn in (_same, clockwise, _half_turn, mirrored)}
    assert difference(shown, upright(recorded)) < _SAME
    assert difference(shown, upright(recorded)) <= min(turned.values()) + 1


@pytest.mark.parametrize(
    ("transfer", "signal", "expected"),
    [
        # an 18 % grey card: 26 nits, 38 % of either signal (ITU-R BT.2408-7, table 1) is 42 % in SDR
        (PQ, 0.38, 109),
        (HLG, 0.38, 109),
        # white paper: 203 nits, near SDR's white but not clipped
        (PQ, 0.58, 213),
        (HLG, 0.75, 213),
        (PQ, 0.752, 235),
        (PQ, 0.0, 16),
    ],
)
def test_hdr_lands_where_sdr_does(
    finish: Work, tmp_path: Path, transfer: int, signal: float, expected: int
) -> None:
    """Grey of a known light, recorded as HDR, comes out at the level an SDR camera would have given it."""
    clip = record(
        tmp_path / "hdr.mp4",
        lambda _: flat(128, 128, round(64 + 876 * signal), "yuv420p10le"),
        frames=5,
        codec="libx265",
        options={"x265-params": "log-level=none"},
        color_trc=transfer,
        color_primaries=BT2020,
        colorspace=BT2020_NCL,
        color_range=1,
    )
    frame = first_frame(finish(clip).video)
    assert luma(frame) == pytest.approx(expected, abs=3)
    assert (frame.color_trc, frame.color_primaries, frame.colorspace) == (1, 1, 1)


def test_has_no_combs(finish: Work, tmp_path: Path) -> None:
    """Two fields of different instants are not left woven into one picture."""
    clip = record(
        tmp_path / "interlaced.mkv", _moving_bar, frames=12, options={"x264-params": "tff=1:log-level=none"}
    )
    assert combs(first_frame(clip, at_least_s=0.2)) > 1
    made = finish(clip).video
    assert combs(first_frame(made, at_least_s=0.2)) < 0.8
    assert see(made).interlaced == 0


def _moving_bar(number: int) -> av.VideoFrame:
    """A bright bar that is 8 pixels further on in the lines of the second field."""
    frame = flat(320, 240, 40)
    plane = frame.planes[0]
    rows = bytearray(bytes(plane))
    for line in range(frame.height):
        start = line * plane.line_size + 16 * number + 8 * (line % 2)
        rows[start : start + 24] = bytes([200]) * 24
    plane.update(bytes(rows))
    return frame


def test_a_variable_frame_rate_keeps_its_times(media: Media, finish: Work) -> None:
    """Every picture is shown when it was taken, to a thousandth of a second."""
    source = see(media("gen_vfr_jitter_noaudio.mp4"))
    made = see(finish(media("gen_vfr_jitter_noaudio.mp4"), always_transcode=True).video)
    gaps = [
        abs((b - a) - (d - c))
        for (a, b), (c, d) in zip(pairwise(source.times), pairwise(made.times), strict=True)
    ]
    assert max(gaps) <= 0.001


def test_full_range_becomes_studio_range(media: Media, finish: Work) -> None:
    """A camera's full-range picture keeps its brightness."""
    source = media("gen_mjpeg_pcmu8_11k.avi")
    shown = first_frame(finish(source).video)
    assert shown.color_range != 2
    assert difference(brightness(shown), brightness(first_frame(source))) < 3


@pytest.mark.parametrize(
    ("size", "expected"), [((1, 1), (2, 2)), ((161, 121), (160, 120)), ((64, 2000), (34, 1080))]
)
def test_odd_and_tall_pictures(
    finish: Work, tmp_path: Path, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    """Sides are even, at most 1080 lines, and nothing is enlarged."""
    clip = record(tmp_path / "odd.mkv", lambda _: flat(*size, 120, "yuv444p"), frames=3, codec="ffv1")
    made = finish(clip)
    assert (made.width, made.height) == expected
    assert luma(first_frame(made.video)) == pytest.approx(120, abs=3)


_PATCHES = {
    "red": (200, 30, 30),
    "green": (30, 180, 40),
    "blue": (30, 40, 190),
    "skin": (224, 172, 140),
    "grey": (118,) * 3,
}


def _patches() -> av.VideoFrame:
    """Upright bars of flat colour, 32 pixels each."""
    frame = av.VideoFrame(32 * len(_PATCHES), 64, "rgb24")
    line = b"".join(bytes(colour) * 32 for colour in _PATCHES.values())
    plane = frame.planes[0]
    plane.update(line.ljust(plane.line_size, b"\x00") * 64)
    return frame


def _colours(frame: av.VideoFrame) -> list[tuple[int, ...]]:
    shown = frame.reformat(format="rgb24")
    plane = shown.planes[0]
    middle = 32 * plane.line_size
    data = bytes(plane)
    return [tuple(data[middle + 3 * x : middle + 3 * x + 3]) for x in range(16, shown.width, 32)]


@pytest.mark.parametrize("matrix", [1, 5], ids=["BT.709", "BT.601"])
@pytest.mark.parametrize("full_range", [False, True], ids=["studio range", "full range"])
@pytest.mark.parametrize(
    "kind", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p12le"]
)
def test_colours_stay_what_they_were(
    finish: Work, tmp_path: Path, kind: str, full_range: bool, matrix: int
) -> None:
    """However they were stored: 4:2:0 to 4:4:4, 8 to 12 bit, full range, the matrices of SD and HD."""
    tags = {"colorspace": matrix, "color_range": 2 if full_range else 1}
    given = _patches().reformat(format=kind, dst_colorspace=matrix, dst_color_range=tags["color_range"])
    clip = record(tmp_path / "bars.mkv", lambda _: given, frames=3, codec="ffv1", **tags)
    _has_its_colours(finish(clip, crf=14).video)


def test_colours_of_rgb_stay_what_they_were(finish: Work, tmp_path: Path) -> None:
    """Screen recordings store it."""
    given = _patches().reformat(format="bgr0")
    _has_its_colours(
        finish(record(tmp_path / "bars.mkv", lambda _: given, frames=3, codec="ffv1"), crf=14).video
    )


def _has_its_colours(path: Path) -> None:
    made = first_frame(path)
    assert made.color_range != 2
    for found, wanted in zip(_colours(made), _PATCHES.values(), strict=True):
        assert found == pytest.approx(wanted, abs=6)


def test_a_circle_stays_round(finish: Work, tmp_path: Path) -> None:
    """Recorded with narrow pixels, as DV and 1440 × 1080 cameras do; shown with square ones."""
    aspect = Fraction(4, 3)

    def circle(_number: int) -> av.VideoFrame:
        frame = flat(288, 216, 16)
        plane = frame.planes[0]
        rows = bytearray(bytes(plane))
        for y in range(216):
            for x in range(288):
                if ((x - 144) * aspect) ** 2 + (y - 108) ** 2 < 80**2:
                    rows[y * plane.line_size + x] = 235
        plane.update(bytes(rows))
        return frame

    drawn = circle(0)
    clip = record(tmp_path / "wide.mkv", lambda _: drawn, frames=3, sample_aspect_ratio=aspect)
    made = finish(clip)
    assert (made.width, made.height) == (384, 216)
    rows = brightness(first_frame(made.video), made.width, made.height)
    across = sum(value > 128 for value in rows[108])
    down = sum(row[192] > 128 for row in rows)
    assert across == pytest.approx(160, abs=3)
    assert down == pytest.approx(160, abs=3)


def test_keyframes_come_every_two_seconds(media: Media, finish: Work) -> None:
    """So that seeking is quick and segments can be cut at them."""
    made = see(finish(media("gen_single_keyframe_20s_gop600.mp4")).video)
    assert max(b - a for a, b in pairwise(made.keyframe_times)) <= 2.1
    assert {float(time) for time in made.keyframe_times} >= {0.0}


@pytest.mark.parametrize("slow", [False, True], ids=["quicker than played", "slower than played"])
def test_the_first_segment_is_short(
    finish: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slow: bool
) -> None:
    """Where pictures come slowly its encoder is another than the rest's, which nobody can see."""
    monkeypatch.setattr(picture, "FIRST_SEGMENT_S", -1.0 if slow else float("inf"))
    opened: list[bool] = []
    monkeypatch.setattr(picture, "add_picture", _counting(opened))
    made = see(finish(clip(tmp_path / "clip.mkv", seconds=5)).video)
    assert len(opened) == 1 + slow
    assert [float(time) for time in made.times] == pytest.approx([n / 25 for n in range(125)], abs=0.001)
    keyframes = [float(time) for time in made.keyframe_times]
    assert [time for time in (0, 0.52, 2, 4) if pytest.approx(time, abs=0.001) not in keyframes] == []


def _counting(opened: list[bool]) -> Callable[..., Any]:
    add_picture = picture.add_picture

    def add(*arguments: Any) -> Any:
        opened.append(True)
        return add_picture(*arguments)

    return add


def test_late_sound_stays_late(media: Media, finish: Work) -> None:
    """Where the picture begins a second after the sound, the sound is not cut."""
    made = see(finish(media("ax_edit_list_positive_shift.mp4"), always_transcode=True).video)
    assert made.duration_ms == pytest.approx(10_005, abs=60)
    assert made.times[0] == 0
    assert float(made.times[1]) == pytest.approx(1 + 1 / 30, abs=0.01)
    assert made.sound_samples / made.sound_rate == pytest.approx(10.0, abs=0.1)


def test_the_poster_is_not_black(finish: Work, tmp_path: Path) -> None:
    """Two black seconds at the start are passed over."""
    clip = record(tmp_path / "fade.mkv", lambda number: flat(640, 480, 16 if number < 50 else 150), frames=75)
    poster = finish(clip).thumbnail
    assert poster is not None
    assert sum(map(sum, brightness(first_frame(poster), 4, 4))) / 16 > 100


def test_a_black_video_has_a_poster_too(finish: Work, tmp_path: Path) -> None:
    """There is nothing better to show."""
    poster = finish(record(tmp_path / "black.mkv", lambda _: flat(640, 480, 16), frames=40)).thumbnail
    assert poster is not None
    with av.open(str(poster)) as picture:
        assert (picture.streams.video[0].width, picture.streams.video[0].height) == (480, 360)


def test_pictures_are_not_cut_into_slices(finish: Work, tmp_path: Path) -> None:
    """Threads that share a picture cost a fifth more time and a larger file; x264 notes how it was told to work."""
    made = finish(record(tmp_path / "clip.mkv", lambda n: flat(640, 480, 16 + n), frames=40, codec="mpeg4"))
    assert b"sliced_threads=0" in made.video.read_bytes()
