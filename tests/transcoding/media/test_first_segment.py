"""How soon something can be watched of a video that is encoded more slowly than it is played."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from server.media.messages import Finished, Message, Progressed
from server.media.work import work
from tests.transcoding.media.conftest import MakeOrder, flat, record


def test_the_first_segment_waits_for_no_encoder_that_looks_ahead(
    order_for: MakeOrder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first encoder is emptied for it; the next one hands out nothing before it has seen some 40 pictures."""
    monkeypatch.setattr("server.media.picture.FIRST_SEGMENT_S", 0.0)
    clip = record(
        tmp_path / "clip.avi", lambda number: flat(64, 64, 60 + number), frames=50, codec="mpeg4", rate=25
    )
    told: list[Message] = []
    outcome = work(order_for(clip, preset="medium"), told.append)
    assert isinstance(outcome, Finished)
    grown = [message for message in told if isinstance(message, Progressed) and message.watchable_ms]
    assert sorted({message.watchable_ms for message in grown}) == [520, 2000]
    assert grown[0].progress < 0.4, "it could be watched while the rest was still to be read"
    with av.open(str(outcome.video), options={"err_detect": "explode"}) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx([number / 25 for number in range(50)])
