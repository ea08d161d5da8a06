"""The table that benchmarks print: medians, ratios, and what was reached."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

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
