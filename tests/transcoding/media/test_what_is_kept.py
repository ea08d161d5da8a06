"""Files that fit in every other way, but are hard to jump in, or on the network."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import av
import pytest
from av.packet import Packet

from server.media.messages import Decided, Finished
from server.values.jobs import Action
from tests.transcoding.media.conftest import MakeOrder, Work, decisions, flat, record
from tests.transcoding.media.films import OPEN_GROUPS, damage, kept, moving, noise, rewrite
from tests.watching.clips import clip

_REFRESHED = "intra-refresh=1:keyint=25:scenecut=0:log-level=none"


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


def test_a_recording_that_begins_in_the_middle_of_a_broadcast_is_encoded(
    order_for: MakeOrder, tmp_path: Path
) -> None:
    """It is no clean start, and what comes next is told to forget pictures that nobody has: Chromium ends there."""
    broadcast = moving(tmp_path / "broadcast.mkv", OPEN_GROUPS, seconds=4)
    with av.open(str(broadcast)) as container:
        keyframes = [packet.pts for packet in container.demux(video=0) if packet.is_keyframe]
    begins_at = keyframes[1]

    def miss(_number: int, packet: Packet[Any]) -> Packet[Any] | None:
        if packet.pts < begins_at:
            return None
        packet.pts, packet.dts = packet.pts - begins_at, packet.dts - begins_at
        return packet

    recording = rewrite(broadcast, tmp_path / "recording.mkv", miss)
    decided = _decided(order_for, recording)
    assert decided.action is Action.TRANSCODE
    assert decided.reasons == (
        "The picture cannot be taken over as it is: it does not begin with a picture that stands alone.",
    )


@pytest.mark.parametrize("x264", [OPEN_GROUPS, _REFRESHED], ids=["open groups", "refreshed bit by bit"])
@_SIZES
def test_what_does_not_stand_alone_is_no_place_to_jump_to(
    order_for: MakeOrder, finish: Work, tmp_path: Path, x264: str, further_lines: tuple[int, ...]
) -> None:
    """Its pictures are marked anew; where too few are left for jumping, they are encoded."""
    film = moving(tmp_path / "film.mkv", x264, seconds=8)
    with av.open(str(film)) as container:
        assert sum(packet.is_keyframe for packet in container.demux(video=0)) > 4
    made = finish(film, further_lines=further_lines)
    assert made.action is Action.REMUX
    assert _places_to_jump_to(made.video) == [0]

    marked = rewrite(film, tmp_path / "marked.mp4")
    assert len(_places_to_jump_to(marked)) > 4
    decided = _decided(order_for, marked)
    assert decided.action is Action.REMUX
    assert decided.reasons == ("Its marks for places to jump to mislead browsers.",)

    decided = _decided(order_for, moving(tmp_path / "long.mkv", x264, seconds=13))
    assert decided.action is Action.TRANSCODE
    assert decided.reasons == ("Jumping to another place in it would be slow.",)


@pytest.mark.parametrize("marked", [{0}, {25, 50, 75}], ids=["the first alone", "all but the first"])
def test_a_film_that_lacks_marks_is_marked_anew(
    order_for: MakeOrder, tmp_path: Path, marked: set[int]
) -> None:
    """Browsers wait long when they jump far from a mark, and never show what comes before the first."""
    film = moving(tmp_path / "film.mkv", "keyint=25:min-keyint=25:scenecut=0:log-level=none", seconds=4)

    def mark(number: int, packet: Packet[Any]) -> Packet[Any]:
        packet.is_keyframe = number in marked
        return packet

    poorly_marked = rewrite(film, tmp_path / "poorly.mp4", mark)
    assert _places_to_jump_to(poorly_marked) == sorted(marked)
    (decided, *others), outcome = decisions(order_for(poorly_marked))
    assert (decided.action, others) == (Action.REMUX, [])
    assert decided.reasons == ("Its marks for places to jump to mislead browsers.",)
    assert isinstance(outcome, Finished)
    assert _places_to_jump_to(outcome.video) == [0, 25, 50, 75]


def test_a_picture_that_begins_after_the_sound_is_kept(
    order_for: MakeOrder, finish: Work, tmp_path: Path
) -> None:
    """It ends later by as much."""
    web_mp4 = tmp_path / "web.mp4"
    web_mp4.write_bytes(finish(clip(tmp_path / "clip.mkv", seconds=4)).video.read_bytes())

    def delay(_number: int, packet: Packet[Any]) -> Packet[Any]:
        ticks = round(0.7 / packet.time_base)
        packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
        return packet

    late = rewrite(web_mp4, tmp_path / "late.mp4", delay)
    (decided, *others), outcome = decisions(order_for(late))
    assert (decided.action, others) == (Action.KEEP, [])
    assert isinstance(outcome, Finished)
    assert outcome.duration_ms == pytest.approx(4700, abs=50)


@_SIZES
def test_decoding_here_and_there_begins_where_it_can(
    order_for: MakeOrder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, further_lines: tuple[int, ...]
) -> None:
    """FFmpeg takes each picture from which a refresh begins for a keyframe; those at the cuts alone are."""
    monkeypatch.setattr("server.media.check.FULL_DECODE_PIXELS", 320 * 180 * 100)
    film = moving(tmp_path / "film.mkv", "intra-refresh=1:keyint=25:log-level=none", seconds=10, cuts=4)
    (decided, *others), outcome = decisions(order_for(film, further_lines=further_lines))
    assert (decided.action, others) == (Action.REMUX, [])
    assert isinstance(outcome, Finished)
    assert _places_to_jump_to(outcome.video) == [0, 50, 100, 150, 200]


def _places_to_jump_to(video: Path) -> list[int]:
    with av.open(str(video)) as container:
        entries = container.streams.video[0].index_entries
        return [number for number, entry in enumerate(entries) if entry.is_keyframe]
