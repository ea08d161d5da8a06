"""Compares ours with a named program fairly: alternating runs, medians, and one table with the ratio.

    pair = alternate("1080p H.264", "ffmpeg 7.1", ours=encode, theirs=lambda: run_process(command))
    table = Table("Transcode")
    table.add(pair, CPU, at_most=1.05)
    table.add(pair, WALL, at_most=1.05)
    table.print()

A missed figure is printed, never raised: machines differ and are noisy.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

import psutil

GB = 1e9


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One run. `cpu_s` is user and system time together; `byte_count` is what was carried or made."""

    wall_s: float
    cpu_s: float
    byte_count: int | None = None
    peak_memory_bytes: int | None = None


@dataclass(frozen=True)
class Measure:
    """A figure of a sample: how it is called, how it is read, how it is written."""

    label: str
    of: Callable[[Sample], float]
    unit: str


WALL = Measure("wall", lambda sample: sample.wall_s, "s")
CPU = Measure("CPU", lambda sample: sample.cpu_s, "s")
CPU_PER_GB = Measure("CPU per GB", lambda sample: sample.cpu_s / (_bytes_of(sample) / GB), "s/GB")
THROUGHPUT = Measure("throughput", lambda sample: _bytes_of(sample) / GB / sample.wall_s, "GB/s")
SIZE = Measure("size", lambda sample: _bytes_of(sample) / 1e6, "MB")
PEAK_MEMORY = Measure("peak memory", lambda sample: (sample.peak_memory_bytes or 0) / 1e6, "MB")


def _bytes_of(sample: Sample) -> int:
    if sample.byte_count is None:
        raise ValueError("this sample does not say how many bytes it carried")
    return sample.byte_count


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The samples of one comparison, in the order they were taken."""

    what: str
    name: str
    ours: tuple[Sample, ...]
    theirs: tuple[Sample, ...]


def alternate(
    what: str,
    name: str,
    *,
    ours: Callable[[], Sample],
    theirs: Callable[[], Sample],
    runs: int = 5,
    warm_up: int = 1,
) -> Pair:
    """Run ours, theirs, ours, theirs: `runs` samples of each, after `warm_up` of each that do not count."""
    taken: tuple[list[Sample], list[Sample]] = ([], [])
    for turn in range(warm_up + runs):
        for samples, take in zip(taken, (ours, theirs), strict=True):
            _say(f"{what}: {'warm-up' if turn < warm_up else f'run {turn - warm_up + 1} of {runs}'}")
            sample = take()
            if turn >= warm_up:
                samples.append(sample)
    return Pair(what=what, name=name, ours=tuple(taken[0]), theirs=tuple(taken[1]))


def run_process(command: Sequence[str | os.PathLike[str]], **popen: Any) -> Sample:
    """Run a program to its end. CPU time and peak memory are the kernel's, its children included.

    Raises `subprocess.CalledProcessError` when it fails. Needs a system with `wait4` (not Windows).
    """
    started = time.perf_counter()
    process = subprocess.Popen(command, **popen)
    return wait_for(process, lambda: time.perf_counter() - started)


def wait_for(process: subprocess.Popen[bytes], wall_s: Callable[[], float]) -> Sample:
    """Wait for the end of a process; `wall_s` is asked right after it. Otherwise as `run_process`."""
    _, status, usage = os.wait4(process.pid, 0)
    taken_s = wall_s()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Sample(wall_s=taken_s, cpu_s=usage.ru_utime + usage.ru_stime, peak_memory_bytes=peak)


@dataclass
class Watch:
    """What `watching` fills in; `sample` is complete once the block has ended. Set `byte_count` inside it."""

    byte_count: int | None = None
    sample: Sample = field(default_factory=lambda: Sample(wall_s=0, cpu_s=0))


@contextmanager
def watching(pid: int, *, memory_interval_s: float = 0.1) -> Iterator[Watch]:
    """Measure what a running server, with the children it has at both ends, uses while the block runs.

    Peak memory is the highest resident size seen, looked at every `memory_interval_s`, in an own thread.
    """
    watch, done, highest = Watch(), threading.Event(), [_resident_bytes(pid)]

    def look() -> None:
        while not done.wait(memory_interval_s):
            highest[0] = max(highest[0], _resident_bytes(pid))

    thread = threading.Thread(target=look, daemon=True)
    cpu_before, started = _cpu_s(pid), time.perf_counter()
    thread.start()
    try:
        yield watch
    finally:
        wall_s, cpu_s = time.perf_counter() - started, _cpu_s(pid) - cpu_before
        done.set()
        thread.join()
        watch.sample = Sample(
            wall_s=wall_s, cpu_s=cpu_s, byte_count=watch.byte_count, peak_memory_bytes=highest[0]
        )


def carrying(sample: Sample, byte_count: int) -> Sample:
    """The same sample, saying how many bytes it carried or made."""
    return replace(sample, byte_count=byte_count)


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _cpu_s(pid: int) -> float:
    """User and system seconds of a process, its living children, and those it has waited for."""
    total = 0.0
    for process in _family(pid):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
        total += getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return total


def _resident_bytes(pid: int) -> int:
    total = 0
    for process in _family(pid):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


@dataclass(frozen=True)
class _Row:
    what: str
    ours: str
    theirs: str
    ratio: str
    reach: str


@dataclass
class Table:
    """The one table a benchmark prints."""

    title: str
    _rows: list[_Row] = field(default_factory=list)

    def add(
        self, pair: Pair, measure: Measure, *, at_most: float | None = None, at_least: float | None = None
    ) -> float:
        """A row of medians; `at_most` or `at_least` is the ratio to reach. Returns ours divided by theirs."""
        ours = median(measure.of(sample) for sample in pair.ours)
        theirs = median(measure.of(sample) for sample in pair.theirs)
        ratio = ours / theirs if theirs else float("inf")
        self._rows.append(
            _Row(
                what=f"{pair.what}: {measure.label}",
                ours=_figure(ours, measure.unit),
                theirs=f"{_figure(theirs, measure.unit)} ({pair.name})",
                ratio=f"{ratio:.2f}×",
                reach=_reach(ratio, at_most, at_least, "×"),
            )
        )
        return ratio

    def add_figure(
        self,
        what: str,
        ours: float,
        unit: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        """A row without anything to compare with; `at_most` or `at_least` is in `unit`."""
        self._rows.append(
            _Row(what, _figure(ours, unit), "–", "–", _reach(ours, at_most, at_least, f" {unit}"))
        )

    def text(self) -> str:
        """The table as Markdown, its columns aligned."""
        cells = [("what", "ours", "theirs (name)", "ratio", "reach")]
        cells += [(row.what, row.ours, row.theirs, row.ratio, row.reach) for row in self._rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
            for row in cells
        ]
        lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
        return "\n".join((f"## {self.title}", "", *lines))

    def print(self) -> None:
        """Write the table to stdout."""
        sys.stdout.write(self.text() + "\n")
        sys.stdout.flush()


def _figure(value: float, unit: str) -> str:
    return f"{value:,.{0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 3}f} {unit}"


def _reach(value: float, at_most: float | None, at_least: float | None, unit: str) -> str:
    """What to reach and whether it was: `≤ 1.05× reached`. A dash where nothing was asked for."""
    if at_most is not None:
        return f"≤ {at_most:g}{unit} {'reached' if value <= at_most else 'missed'}"
    if at_least is not None:
        return f"≥ {at_least:g}{unit} {'reached' if value >= at_least else 'missed'}"
    return "–"


def _say(line: str) -> None:
    """Progress for the person who waits; not part of the table."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
