"""Damaged copies of the media files through the real child: each ends, in a video or in words. Needs the media folder.

A fault inside FFmpeg may end a child, that is what it is for. A bug of ours, or a child that has to be ended from
outside because it does not end by itself, is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.media.child import run_child
from server.media.messages import Crashed, Finished, Refused
from server.media.order import Limits, Order
from server.media.refusals import SENTENCES
from server.media.sniff import HEAD_BYTES, sniff
from tests.transcoding.media.conftest import FORMATS
from tests.transcoding.media.mutating import mutated

_MANY, _PORTION = 5_000, 125
#: The first ones, and one with a picture that asks to be shown 15 hours later than its neighbours.
_FEW = (*range(20), 430)
#: Small files, so that many can be tried.
_AT_MOST_BYTES = 300_000
_LIMITS = Limits(memory_bytes=2 * 1024**3, cpu_s=60, wall_s=300, silence_s=120, output_bytes=256 * 1024**2)


def _numbers() -> list[object]:
    """The first few in every run; all of them in portions, so that one can be run again for itself."""
    portions = (range(first, first + _PORTION) for first in range(0, _MANY, _PORTION))
    slow = [pytest.mark.slow, pytest.mark.timeout(3600)]
    return [
        pytest.param(_FEW, id="few"),
        *(pytest.param(each, id=f"from-{each.start}", marks=slow) for each in portions),
    ]


@pytest.mark.parametrize("numbers", _numbers())
def test_every_damaged_copy_ends_in_a_video_or_in_words(
    media: Callable[[str], Path], tmp_path: Path, numbers: Sequence[int]
) -> None:
    """Several children at a time. What was found is written beside the test's files."""
    sources = sorted(
        path
        for path in media("MANIFEST.tsv").parent.iterdir()
        if path.stat().st_size <= _AT_MOST_BYTES
        and sniff(path.read_bytes()[:HEAD_BYTES], FORMATS).refusal is None
    )
    log = tmp_path / "found.txt"

    def one(number: int) -> tuple[str, str]:
        source = sources[number % len(sources)]
        folder = tmp_path / str(number)
        folder.mkdir()
        copy = folder / "source"
        copy.write_bytes(mutated(source, number))
        work = folder / "work"
        work.mkdir()
        order = Order(source=copy, work=work, accepted_formats=FORMATS, preset="ultrafast", limits=_LIMITS)
        ended = _described(run_child(order, lambda _: None, lambda: False))
        shutil.rmtree(folder)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{number} {source.name} {ended}\n")
        return ended

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        ends = Counter(ended.partition(":")[0] for ended in pool.map(one, numbers))
    assert ends["bug"] == 0, f"see {log}"
    crashed = sum(number for end, number in ends.items() if end.startswith("crashed"))
    assert crashed <= len(numbers) / 100, f"see {log}"


def _described(outcome: Finished | Refused | Crashed) -> str:
    match outcome:
        case Finished():
            assert outcome.duration_ms > 0
            return f"finished {outcome.action}"
        case Refused():
            assert outcome.sentence == SENTENCES[outcome.code]
            ours = (
                outcome.code == "failed"
                and "Traceback" in outcome.detail
                and "av.error" not in outcome.detail
            )
            return f"bug: {outcome.detail}" if ours else f"refused {outcome.code}: {outcome.detail[-300:]}"
        case Crashed(cause="signal"):
            return f"crashed {outcome.code}: {outcome.detail[-1500:]}"
        case Crashed():
            return f"bug: {outcome.cause} {outcome.detail}"
