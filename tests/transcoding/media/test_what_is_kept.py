"""Files that fit in every other way, but are hard to jump in, or on the network."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import av
import pytest

from server.media.messages import Decided, Finished
from server.values.jobs import Action
from tests.transcoding.media.conftest import MakeOrder, Work, decisions, flat, record
from tests.transcoding.media.damaging import damage, kept, noise


def _decided(order_for: MakeOrder, path: Path) -> Decided:
    return decisions(order_for(path))[0][0]


def _minute(path: Path, keyframe_every_s: int) -> Path:
    """A minute at two pictures a second."""
    options = {"x264-params": f"keyint={2 * keyframe_every_s}:scenecut=0:log-level=none"}
    return record(path, lambda number: flat(64, 64, 60 + number), frames=120, rate=2, options=options)


def test_a_minute_without_a_keyframe_is_not_kept(order_for: MakeOrder, tmp_path: Path) -> None:
    """Jumping into it would show nothing for as long as it takes to decode a minute."""
    decided = _decided(order_for, _minute(tmp_path / "long.mp4", 60))
    assert decided.action is Action.TRANSCODE
    assert decided.reasons == ("Jumping to another place in it would be slow.",)
    assert _decided(order_for, _minute(tmp_path / "short.mp4", 10)).action is Action.REMUX


def test_80_megabits_a_second_are_not_kept(order_for: MakeOrder, tmp_path: Path) -> None:
    """A house's Wi-Fi carries that once at most."""
    dice = random.Random(1)
    clip = record(
        tmp_path / "noise.mp4",
        lambda _number: noise(dice, 960, 540),
        frames=25,
        options={"preset": "ultrafast", "qp": "16"},
    )
    assert clip.stat().st_size * 8 > 80_000_000
    decided = _decided(order_for, clip)
    assert decided.action is Action.TRANSCODE
    assert decided.reasons == ("It needs more of the network than it has to.",)


def test_of_a_long_film_pictures_are_looked_at_here_and_there_in_open_groups_too(
    order_for: MakeOrder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is shown before a group's keyframe needs the group before; where that is left out, it is not damaged."""
    monkeypatch.setattr("server.media.check.FULL_DECODE_PIXELS", 64 * 64 * 30)
    groups = "open-gop=1:keyint=10:min-keyint=10:scenecut=0:bframes=3:b-adapt=0:log-level=none"
    film = record(
        tmp_path / "film.mkv",
        lambda number: flat(64, 64, 60 + number),
        frames=100,
        options={"x264-params": groups},
    )
    with av.open(str(film)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert any(
        packet.is_keyframe and following.pts < packet.pts for packet, following in pairwise(packets)
    ), "there are open groups"
    (decided, *others), outcome = decisions(order_for(film))
    assert (decided.action, others) == (Action.REMUX, [])
    assert isinstance(outcome, Finished)


_SIZES = pytest.mark.parametrize("further_lines", [(), (90,)], ids=["one size", "two sizes"])


@_SIZES
@pytest.mark.parametrize("done", ["bytes of zero", "a lost slice"])
def test_a_damaged_picture_is_found_also_where_smaller_sizes_are_made(
    order_for: MakeOrder, finish: Work, tmp_path: Path, done: str, further_lines: tuple[int, ...]
) -> None:
    """The pictures are decoded once, for the smaller size, and looked at there as closely as without one."""
    web_mp4 = kept(finish, tmp_path, "slices=4")
    (decided, *others), outcome = decisions(order_for(web_mp4, further_lines=further_lines))
    assert (decided.action, others) == (Action.KEEP, [])
    assert isinstance(outcome, Finished)
    assert outcome.renditions == (180, *further_lines)

    damage(web_mp4, done)
    (decided, *others), _ = decisions(order_for(web_mp4, further_lines=further_lines))
    assert decided.action is Action.KEEP
    assert [each.action for each in others] == [Action.TRANSCODE]


@_SIZES
def test_a_recording_that_begins_in_the_middle_of_a_broadcast_is_taken_over(
    order_for: MakeOrder, tmp_path: Path, further_lines: tuple[int, ...]
) -> None:
    """Its first picture is no clean start (IDR), and the next ones may be told to forget some that nobody has."""
    groups = "open-gop=1:keyint=25:scenecut=0:log-level=none"
    broadcast = _moving(tmp_path / "broadcast.mkv", groups, frames=100)
    recording = tmp_path / "recording.mkv"
    with av.open(str(broadcast)) as source, av.open(str(recording), "w") as target:
        track = target.add_stream_from_template(source.streams.video[0])
        from_pts = None
        for packet in source.demux(video=0):
            if packet.is_keyframe and from_pts is None and packet.pts > 500:
                from_pts = packet.pts
            if packet.size and from_pts is not None and packet.pts >= from_pts:
                packet.pts, packet.dts = packet.pts - from_pts, packet.dts - from_pts
                packet.stream = track
                target.mux(packet)
    (decided, *others), outcome = decisions(order_for(recording, further_lines=further_lines))
    assert (decided.action, others) == (Action.REMUX, [])
    assert isinstance(outcome, Finished)


@_SIZES
def test_a_film_whose_pictures_are_refreshed_bit_by_bit_is_taken_over(
    order_for: MakeOrder, tmp_path: Path, further_lines: tuple[int, ...]
) -> None:
    """At its keyframes decoding cannot begin; those looked at here and there seem damaged, all in a row do not."""
    film = _moving(tmp_path / "film.mkv", "intra-refresh=1:keyint=25:log-level=none", frames=250)
    (decided, *others), outcome = decisions(order_for(film, further_lines=further_lines))
    assert (decided.action, others) == (Action.REMUX, [])
    assert isinstance(outcome, Finished)


def _moving(path: Path, x264: str, *, frames: int) -> Path:
    """A bright bar that goes through the picture."""

    def paint(number: int) -> av.VideoFrame:
        frame = flat(320, 180, 60)
        luma = frame.planes[0]
        line = bytearray(b"\x3c" * luma.line_size)
        at = number * 5 % 280
        line[at : at + 40] = b"\xc8" * 40
        luma.update(bytes(line) * 180)
        return frame

    return record(path, paint, frames=frames, options={"x264-params": x264})
