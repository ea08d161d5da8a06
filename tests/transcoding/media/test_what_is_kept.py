"""Files that fit in every other way, but are hard to jump in, or on the network."""

from __future__ import annotations

import random
from pathlib import Path

import av

from server.media.messages import Decided
from server.values.jobs import Action
from tests.transcoding.media.conftest import MakeOrder, decisions, flat, record


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

    def noise(_number: int) -> av.VideoFrame:
        frame = flat(960, 540, 0)
        for plane in frame.planes:
            plane.update(dice.randbytes(plane.buffer_size))
        return frame

    clip = record(tmp_path / "noise.mp4", noise, frames=25, options={"preset": "ultrafast", "qp": "16"})
    assert clip.stat().st_size * 8 > 80_000_000
    decided = _decided(order_for, clip)
    assert decided.action is Action.TRANSCODE
    assert decided.reasons == ("It needs more of the network than it has to.",)
