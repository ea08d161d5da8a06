"""An encode that is killed goes on from its last closed segment, and nobody can tell from the result."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from server.media.child import run_child
from server.media.messages import Crashed, Decided, Finished, Progressed
from server.media.order import Order
from server.media.segment_index import read_index_at
from tests.transcoding.media.conftest import FORMATS, MakeOrder
from tests.watching.clips import clip

#: Kills in one encode, and how many encodes are made so.
_KILLS = [pytest.param(3, id="3"), *(pytest.param(5, id=f"5-{n}", marks=pytest.mark.slow) for n in range(6))]
_SECONDS = 24
_STEP_MS = 5000


class _Killed:
    """Runs children, each killed (SIGKILL) at a random place some seconds on, until one ends by itself."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self.made_before = [0]
        self.begun_with: list[int] = []

    def run(self, kills: int, chance: random.Random) -> Finished:
        for _ in range(kills):
            outcome = self._child(self.made_before[-1] + chance.randint(1, _STEP_MS))
            if isinstance(outcome, Finished):
                return outcome
            assert isinstance(outcome, Crashed), outcome
        finished = self._child(None)
        assert isinstance(finished, Finished), finished
        return finished

    def _child(self, messages: int | None) -> object:
        heard: list[Decided | Progressed] = []
        outcome = run_child(
            self._order, heard.append, lambda: messages is not None and len(heard) >= messages
        )
        progressed = [message for message in heard if isinstance(message, Progressed)]
        self.made_before.append(progressed[0].watchable_ms if progressed else 0)
        return outcome


def _sound(path: Path) -> list[tuple[int | None, bytes]]:
    with av.open(str(path)) as container:
        return [(packet.pts, bytes(packet)) for packet in container.demux(audio=0) if packet.size]


def _pictures(path: Path) -> list[tuple[float | None, bool]]:
    with av.open(str(path), options={"err_detect": "explode"}) as container:
        return [(frame.time, frame.is_corrupt) for frame in container.decode(video=0)]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip with sound that has to be resampled, which makes a resampler's state count."""
    return clip(tmp_path_factory.mktemp("source") / "source.mkv", seconds=_SECONDS, size=(640, 360))


@pytest.fixture(scope="module")
def whole(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What comes of it in one go."""
    work = tmp_path_factory.mktemp("whole")
    order = Order(source=source, work=work, accepted_formats=FORMATS, preset="veryfast")
    outcome = run_child(order, lambda _: None, lambda: False)
    assert isinstance(outcome, Finished), outcome
    return outcome.video


@pytest.mark.parametrize("kills", _KILLS)
def test_killed_at_random_moments(
    source: Path, whole: Path, order_for: MakeOrder, kills: int, request: pytest.FixtureRequest
) -> None:
    """The same pictures at the same times and the same sound, byte for byte, as if nothing had happened."""
    killed = _Killed(order_for(source, preset="veryfast"))
    finished = killed.run(kills, random.Random(request.node.name))
    for begun, before in zip(killed.begun_with[1:], killed.made_before[1:], strict=False):
        assert begun >= before, "each child goes on where the last one stopped"
    assert _pictures(finished.video) == _pictures(whole)
    assert len(_pictures(whole)) == _SECONDS * 25
    assert _sound(finished.video) == _sound(whole)
    assert finished.duration_ms == pytest.approx(_SECONDS * 1000, abs=25)
    assert finished.sidecars.has_storyboard
    assert finished.thumbnail is not None
    index = read_index_at(finished.video.with_suffix(".index"))
    assert index is not None
    assert index.ended
    ends = [segment.start_ms + segment.duration_ms for segment in index.segments]
    assert [segment.start_ms for segment in index.segments] == [0, *ends[:-1]]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def _spoil(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000] + bytes(1000))


@pytest.mark.parametrize("harm", [_cut, _spoil])
@pytest.mark.parametrize("suffix", [".mp4", ".boxes", ".index"])
def test_what_power_took_is_made_again(
    source: Path, whole: Path, order_for: MakeOrder, harm: Callable[[Path], None], suffix: str
) -> None:
    """Files whose ends never reached the disk cost what they lost, and no more than that."""
    order = order_for(source, preset="veryfast")
    heard: list[Decided | Progressed] = []

    def enough() -> bool:
        return any(isinstance(message, Progressed) and message.watchable_ms >= 6000 for message in heard)

    outcome = run_child(order, heard.append, enough)
    if isinstance(outcome, Crashed):
        harm(order.work / f"video{suffix}")
        outcome = run_child(order, lambda _: None, lambda: False)
    assert isinstance(outcome, Finished), outcome
    assert _pictures(outcome.video) == _pictures(whole)
    assert _sound(outcome.video) == _sound(whole)


def test_what_is_finished_is_not_made_again(source: Path, whole: Path, order_for: MakeOrder) -> None:
    """The power may go between the last byte and putting the video in place."""
    order = order_for(source, preset="veryfast")
    assert isinstance(run_child(order, lambda _: None, lambda: False), Finished)
    heard: list[Decided | Progressed] = []
    again = run_child(order, heard.append, lambda: False)
    assert isinstance(again, Finished)
    grown = [message.watchable_ms for message in heard if isinstance(message, Progressed)]
    assert grown[0] == pytest.approx(_SECONDS * 1000, abs=25)
    assert _pictures(again.video) == _pictures(whole)
    assert _sound(again.video) == _sound(whole)


def test_other_choices_begin_anew(source: Path, order_for: MakeOrder) -> None:
    """What was made with another preset is not gone on with."""
    order = order_for(source, preset="veryfast")
    heard: list[Decided | Progressed] = []

    def enough() -> bool:
        return any(isinstance(message, Progressed) and message.watchable_ms >= 4000 for message in heard)

    run_child(order, heard.append, enough)
    again: list[Decided | Progressed] = []
    changed = Order(
        source=source, work=order.work, accepted_formats=order.accepted_formats, preset="ultrafast"
    )
    assert isinstance(run_child(changed, again.append, lambda: False), Finished)
    first = next(message for message in again if isinstance(message, Progressed) and message.watchable_ms)
    assert first.watchable_ms < 1000
