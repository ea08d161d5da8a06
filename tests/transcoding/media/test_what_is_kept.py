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


def _decided(order_for: MakeOrder, path: Path) -> Decided:
    return decisions(order_for(path))[0][0]


def _minute(path: Path, keyframe_every_s: int) -> Path:
    """A minute at two pictures a second."""
    options = {"x264-params": f"keyint={2 * keyframe_every_s}:scenecut=0:log-level=none"}
    return record(path, lambda number: flat(64, 64, 60 + number), frames=120, rate=2, options=options)


def _noise(dice: random.Random, width: int, height: int) -> av.VideoFrame:
    frame = flat(width, height, 0)
    for plane in frame.planes:
        plane.update(dice.randbytes(plane.buffer_size))
    return frame


def test_a_minute_without_a_keyframe_is_not_kept(order_for: MakeOrder, tmp_path: Path) -> None:
    """Jumping into it would show nothing for as long as it takes to decode a minute."""
    decided = _decided(order_for, _minute(tmp_path / "long.mp4", 60))
    assert decided.action is Action.TRANSCODE
    assert decided.reasons == ("Jumping to another place in it would be slow.",)
    assert _decided(order_for, _minute(tmp_path / "short.mp4", 10)).action is Action.REMUX


def test_80_megabits_a_second_are_not_kept(order_for: MakeOrder, tmp_path: Path) -> None:
    """A house's Wi-Fi carries that once at most."""
    dice = random.Random(1)

    def noise(_number: int) -> av.VideoFrame:
        return _noise(dice, 960, 540)

    clip = record(tmp_path / "noise.mp4", noise, frames=25, options={"preset": "ultrafast", "qp": "16"})
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


@pytest.mark.parametrize("further_lines", [(), (90,)])
def test_a_damaged_picture_is_found_also_where_smaller_sizes_are_made(
    order_for: MakeOrder, finish: Work, tmp_path: Path, further_lines: tuple[int, ...]
) -> None:
    """The pictures are decoded once, for the smaller size, and looked at there as closely as without one."""
    dice = random.Random(1)
    web_mp4 = tmp_path / "web.mp4"
    clip = record(tmp_path / "clip.mkv", lambda _number: _noise(dice, 320, 180), frames=50)
    web_mp4.write_bytes(finish(clip).video.read_bytes())
    (decided, *others), outcome = decisions(order_for(web_mp4, further_lines=further_lines))
    assert (decided.action, others) == (Action.KEEP, [])
    assert isinstance(outcome, Finished)
    assert outcome.renditions == (180, *further_lines)

    with av.open(str(web_mp4)) as container:
        packet = list(container.demux(video=0))[30]
    content = bytearray(web_mp4.read_bytes())
    middle = packet.pos + packet.size // 2
    content[middle : middle + 100] = bytes(100)
    web_mp4.write_bytes(content)
    (decided, *others), _ = decisions(order_for(web_mp4, further_lines=further_lines))
    assert decided.action is Action.KEEP
    assert [each.action for each in others] == [Action.TRANSCODE]
