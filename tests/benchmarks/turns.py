"""Two programs that go on in turns of half a second, one standing still while the other goes on.

    pair = in_turns("1080p H.264", "ffmpeg 7.1", Going(our_command, …), Going(command, …))

A machine's speed changes by half from one minute to the next, and a run of a minute against the next says more about
that than about the programs. In turns both meet the same changes. Needs a system with signals that stop a process (not
Windows).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.table import Pair, Sample, carrying, wait_for

TURN_S = 0.5


class Going(NamedTuple):
    """A command to be run, the file it makes, and the folder that has to be empty at its start."""

    command: Sequence[str]
    makes: Path
    empty: Path


def in_turns(what: str, name: str, ours: Going, theirs: Going, *, runs: int = 1) -> Pair:
    """`runs` samples of each. Wall time is that in which a program was going on; the longer one ends alone.

    Raises `subprocess.CalledProcessError` when one fails; the other is killed.
    """
    taken: tuple[list[Sample], list[Sample]] = ([], [])
    for run in range(runs):
        sys.stderr.write(f"{what}: run {run + 1} of {runs}, in turns\n")
        with _Stoppable(ours) as first, _Stoppable(theirs) as second:
            while first.goes_on() | second.goes_on():
                pass
            taken[0].append(first.sample())
            taken[1].append(second.sample())
    return Pair(what=what, name=name, ours=tuple(taken[0]), theirs=tuple(taken[1]))


class _Stoppable:
    """A process that goes on only while it is told to, its children with it."""

    def __init__(self, going: Going) -> None:
        self._going = going
        self._before_s = 0.0
        self._since = time.perf_counter()
        self._waiting = ThreadPoolExecutor(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._end: Future[Sample] | None = None

    def __enter__(self) -> _Stoppable:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process and self._end and not self._end.done():
            os.killpg(self._process.pid, signal.SIGKILL)
        self._waiting.shutdown()

    def goes_on(self) -> bool:
        """Let it go on for a turn, or to its end; False once it has ended. Raises when it has failed."""
        if self._end is not None and self._end.done():
            self._end.result()
            return False
        if self._process is None or self._end is None:
            shutil.rmtree(self._going.empty, ignore_errors=True)
            self._going.empty.mkdir()
            self._since = time.perf_counter()
            self._process = process = subprocess.Popen(
                self._going.command, start_new_session=True, stdin=subprocess.DEVNULL
            )
            self._end = self._waiting.submit(wait_for, process, self._wall_s)
        else:
            self._since = time.perf_counter()
            os.killpg(self._process.pid, signal.SIGCONT)
        wait([self._end], TURN_S)
        if not self._end.done():
            with suppress(ProcessLookupError):  # it ended just now
                os.killpg(self._process.pid, signal.SIGSTOP)
            self._before_s = self._wall_s()
        return True

    def sample(self) -> Sample:
        """What it took, once it has ended."""
        if self._end is None:
            raise RuntimeError("it has not been started")
        return carrying(self._end.result(), self._going.makes.stat().st_size)

    def _wall_s(self) -> float:
        return self._before_s + time.perf_counter() - self._since
