"""The table that benchmarks print: medians, ratios, and what was reached."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.benchmarks import turns
from tests.benchmarks.table import (
    CPU,
    CPU_PER_GB,
    THROUGHPUT,
    WALL,
    Sample,
    Table,
    alternate,
    run_process,
    watching,
)
from tests.benchmarks.turns import Going, in_turns


def _samples(*walls_s: float) -> list[Sample]:
    return [Sample(wall_s=wall_s, cpu_s=wall_s / 2, byte_count=10**9) for wall_s in walls_s]


def test_runs_alternate_and_the_warm_up_does_not_count() -> None:
    order: list[str] = []
    ours, theirs = iter(_samples(99, 1, 2)), iter(_samples(99, 4, 8))

    def take(name: str, source: object) -> Sample:
        order.append(name)
        return next(source)  # type: ignore[call-overload, no-any-return]

    pair = alternate("x", "them", ours=lambda: take("A", ours), theirs=lambda: take("B", theirs), runs=2)
    assert "".join(order) == "ABABAB"
    assert [sample.wall_s for sample in pair.ours] == [1, 2]
    assert [sample.wall_s for sample in pair.theirs] == [4, 8]


@pytest.mark.parametrize(
    ("measure", "limits", "ratio", "reach"),
    [
        (WALL, {"at_most": 0.5}, 0.5, "≤ 0.5× reached"),
        (CPU, {"at_most": 0.4}, 0.5, "≤ 0.4× missed"),
        (THROUGHPUT, {"at_least": 2.0}, 2.0, "≥ 2× reached"),
        (CPU_PER_GB, {}, 0.5, "–"),
    ],
)
def test_a_row_is_made_of_medians(measure, limits, ratio, reach) -> None:
    ours, theirs = iter(_samples(1, 2, 300)), iter(_samples(4, 4, 1))
    pair = alternate("x", "them", ours=lambda: next(ours), theirs=lambda: next(theirs), runs=3, warm_up=0)
    table = Table("Title")
    assert table.add(pair, measure, **limits) == pytest.approx(ratio)
    header, row = table.text().splitlines()[2::2]
    assert [cell.strip() for cell in header.split("|")[1:-1]] == [
        "what",
        "ours",
        "theirs (name)",
        "ratio",
        "reach",
    ]
    assert row.split("|")[5].strip() == reach
    assert "(them)" in row


def test_a_program_is_measured_with_its_children() -> None:
    burn = "sum(i * i for i in range(2_000_000))"
    child = f"import subprocess, sys; subprocess.check_call([sys.executable, '-c', {burn!r}])"
    alone, parent = run_process([sys.executable, "-c", burn]), run_process([sys.executable, "-c", child])
    assert parent.cpu_s > alone.cpu_s * 0.5
    assert alone.peak_memory_bytes and alone.peak_memory_bytes > 1_000_000


def test_a_program_that_fails_is_no_sample() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run_process([sys.executable, "-c", "raise SystemExit(3)"])


def test_a_running_process_is_watched() -> None:
    with watching(os.getpid()) as watch:
        watch.byte_count = sum(1 for _ in range(3_000_000))
    assert watch.sample.cpu_s > 0
    assert watch.sample.byte_count == 3_000_000
    assert watch.sample.peak_memory_bytes and watch.sample.peak_memory_bytes > 1_000_000


def test_in_turns_one_stands_still_while_the_other_goes_on(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(turns, "TURN_S", 0.05)
    ours, theirs = (_ticking(tmp_path / name) for name in ("ours", "theirs"))
    pair = in_turns("x", "them", ours, theirs)
    ticks = sorted(
        (float(line), going) for going in (ours, theirs) for line in going.makes.read_text().split()
    )
    changes = sum(first[1] != second[1] for first, second in pairwise(ticks))
    assert 2 < changes < len(ticks) / 4, "beside each other they change with nearly every tick"
    assert all(sample.wall_s > 0.1 and sample.cpu_s > 0.1 for sample in (*pair.ours, *pair.theirs))
    assert pair.ours[0].byte_count == ours.makes.stat().st_size


def _ticking(folder: Path) -> Going:
    """Says 200 times what time it is, after 2 ms of work each."""
    ticks = "import time\nfor _ in range(200):\n sum(range(100_000)); print(time.monotonic(), flush=True)"
    write = f"import sys; sys.stdout = open({str(folder / 'ticks')!r}, 'w'); exec({ticks!r})"
    return Going([sys.executable, "-c", write], makes=folder / "ticks", empty=folder)


def test_in_turns_a_failure_ends_both(tmp_path) -> None:
    endless = Going(
        [sys.executable, "-c", "while True: pass"], makes=tmp_path / "endless", empty=tmp_path / "endless"
    )
    fails = Going([sys.executable, "-c", "raise SystemExit(3)"], makes=tmp_path / "x", empty=tmp_path / "x")
    with pytest.raises(subprocess.CalledProcessError) as told:
        in_turns("x", "them", fails, endless)
    assert told.value.returncode == 3
