"""An encode that is killed goes on from its last closed segment, and nobody can tell from the result."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import av
import msgspec
import pytest

from server.media.child import run_child
from server.media.messages import Crashed, Decided, Finished, Progressed, Refused
from server.media.order import Order
from server.media.segment_index import read_index_at
from tests.transcoding.media.conftest import FORMATS
from tests.watching.clips import clip

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs signals")

#: Kills in one encode, each at most so many seconds after a segment was closed: between two of them, or in the midst
#: of writing one. By default soon, because quick machines make the rest of the clip in little more. All are 30.
_KILLS = [
    pytest.param(3, 0.02, (180,), id="3, two sizes"),
    *(pytest.param(5, 0.2, (180,), id=f"5, two sizes, {n}", marks=pytest.mark.slow) for n in range(3)),
    *(pytest.param(5, 0.2, (), id=f"5, one size, {n}", marks=pytest.mark.slow) for n in range(3)),
]
_SECONDS = 24
#: Kills come before this much can be watched, so that there is something left to go on with.
_LAST_KILL_MS = 16_000


def _killed_at(order: Order, from_ms: int, wait_s: float = 0.0) -> int:
    """Kill (SIGKILL) the child of `order` `wait_s` after `from_ms` could be watched; with how much it had begun."""
    begun: list[int] = []
    killed: list[bool] = []

    def hear(message: Decided | Progressed) -> None:
        if not isinstance(message, Progressed):
            return
        begun.append(message.watchable_ms)
        if message.watchable_ms >= from_ms and not killed:
            killed.append(True)
            threading.Event().wait(wait_s)
            (child,) = multiprocessing.active_children()
            assert child.pid is not None
            os.kill(child.pid, signal.SIGKILL)

    outcome = run_child(order, hear, lambda: False)
    assert isinstance(outcome, Crashed), "it was quicker than the kill"
    assert outcome.code == signal.SIGKILL
    return begun[0]


def _whole(order: Order) -> tuple[Finished, int]:
    """Let a child work to its end; also with how much it had begun."""
    begun: list[int] = []

    def hear(message: Decided | Progressed) -> None:
        if isinstance(message, Progressed):
            begun.append(message.watchable_ms)

    outcome: Finished | Refused | Crashed = run_child(order, hear, lambda: False)
    assert isinstance(outcome, Finished), outcome
    return outcome, begun[0]


def _sound(path: Path) -> list[tuple[int | None, bytes]]:
    with av.open(str(path)) as container:
        return [(packet.pts, bytes(packet)) for packet in container.demux(audio=0) if packet.size]


def _pictures(path: Path) -> list[tuple[float | None, bool]]:
    with av.open(str(path), options={"err_detect": "explode"}) as container:
        return [(frame.time, frame.is_corrupt) for frame in container.decode(video=0)]


def _order(source: Path, work: Path, further_lines: tuple[int, ...] = ()) -> Order:
    return Order(
        source=source,
        work=work,
        accepted_formats=FORMATS,
        preset="veryfast",
        further_lines=further_lines,
    )


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip with sound that has to be resampled, which makes a resampler's state count."""
    return clip(tmp_path_factory.mktemp("source") / "source.mkv", seconds=_SECONDS, size=(640, 360))


@pytest.fixture(scope="module")
def whole(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What comes of it in one go, in two sizes."""
    return _whole(_order(source, tmp_path_factory.mktemp("whole"), (180,)))[0].video


@pytest.mark.parametrize(("kills", "moment_s", "further"), _KILLS)
def test_killed_at_random_moments(
    source: Path,
    whole: Path,
    tmp_path: Path,
    kills: int,
    moment_s: float,
    further: tuple[int, ...],
    request: pytest.FixtureRequest,
) -> None:
    """The same pictures at the same times and the same sound, byte for byte, as if nothing had happened."""
    order = _order(source, tmp_path, further)
    chance = random.Random(request.node.name)
    made_ms = 0
    for from_ms in sorted(chance.sample(range(1, _LAST_KILL_MS), kills)):
        begun_ms = _killed_at(order, from_ms, chance.uniform(0, moment_s))
        assert begun_ms >= made_ms, "each child goes on where the last one stopped"
        made_ms = _watchable_ms(tmp_path / "video.index")
        assert made_ms >= from_ms
    finished, begun_ms = _whole(order)
    assert begun_ms >= made_ms
    for name in ("video", *map(str, further)):
        _is_the_same(tmp_path / f"{name}.mp4", whole.with_name(f"{name}.mp4"))
    assert finished.duration_ms == pytest.approx(_SECONDS * 1000, abs=25)
    assert finished.sidecars.has_storyboard
    assert finished.thumbnail is not None


def _is_the_same(made: Path, whole: Path) -> None:
    assert _pictures(made) == _pictures(whole)
    assert _sound(made) == _sound(whole)
    times = [time for time, _ in _pictures(made)]
    assert len(times) == _SECONDS * 25
    assert times == sorted(set(times)), "they strictly rise"
    index, index_of_whole = (read_index_at(path.with_suffix(".index")) for path in (made, whole))
    assert index is not None
    assert index_of_whole is not None
    assert index.ended
    ends = [segment.start_ms + segment.duration_ms for segment in index.segments]
    starts = [segment.start_ms for segment in index.segments]
    assert starts == [0, *ends[:-1]] == [segment.start_ms for segment in index_of_whole.segments]


def _watchable_ms(path: Path) -> int:
    index = read_index_at(path)
    assert index is not None
    return index.watchable_ms


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def _spoil(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000] + bytes(1000))


@pytest.mark.parametrize("harm", [_cut, _spoil])
@pytest.mark.parametrize("suffix", [".mp4", ".boxes", ".index"])
def test_what_power_took_is_made_again(
    source: Path, whole: Path, tmp_path: Path, harm: Callable[[Path], None], suffix: str
) -> None:
    """Files whose ends never reached the disk cost what they lost, and no more than that."""
    order = _order(source, tmp_path)
    _killed_at(order, 6000)
    harm(tmp_path / f"video{suffix}")
    finished, _ = _whole(order)
    assert _pictures(finished.video) == _pictures(whole)
    assert _sound(finished.video) == _sound(whole)


def test_what_is_finished_is_not_made_again(source: Path, whole: Path, tmp_path: Path) -> None:
    """The power may go between the last byte and putting the video in place."""
    order = _order(source, tmp_path)
    _whole(order)
    again, begun_ms = _whole(order)
    assert begun_ms == pytest.approx(_SECONDS * 1000, abs=25)
    assert _pictures(again.video) == _pictures(whole)
    assert _sound(again.video) == _sound(whole)


def test_other_choices_begin_anew(source: Path, tmp_path: Path) -> None:
    """What was made with another preset is not gone on with."""
    order = _order(source, tmp_path)
    _killed_at(order, 4000)
    _, begun_ms = _whole(msgspec.structs.replace(order, preset="ultrafast"))
    assert begun_ms < 1000
