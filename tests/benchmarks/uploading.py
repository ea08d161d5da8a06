"""Taking an upload of 2 GiB, through tus and as a form, against `cat` to the same disk; and how far memory grows.

The server answers when the bytes are on the disk, so `cat` is followed by a `sync` of its file. The source is in the
page cache for both.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tests.benchmarks._host import PASSWORD, USERNAME, clipset, peak_bytes
from tests.benchmarks.table import (
    CPU_PER_GB,
    THROUGHPUT,
    Sample,
    Table,
    alternate,
    carrying,
    run_process,
    watching,
)

FILE_BYTES = 2 << 30
RUNS = 3
MP4_START = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42"


def main() -> int:
    if shutil.which("cat") is None or shutil.which("sync") is None:
        sys.stderr.write("This benchmark compares with cat, which this system does not have.\n")
        return 0
    table = Table("Taking an upload of 2 GiB")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        source = folder / "source"
        with source.open("wb") as out:
            out.write(MP4_START)
            while out.tell() < FILE_BYTES:
                out.write(os.urandom(min(1 << 20, FILE_BYTES - out.tell())))
        growth = []
        for kind in ("tus", "form"):

            def ours(kind: str = kind) -> Sample:
                with clipset(folder / "data") as (pid, port):
                    _upload(port, kind, source.with_name("small"))  # what is loaded once is no growth
                    before = peak_bytes(pid)
                    with watching(pid) as watch:
                        wall_s = _upload(port, kind, source)
                    growth.append(peak_bytes(pid) - before)
                shutil.rmtree(folder / "data")
                return replace(carrying(watch.sample, FILE_BYTES), wall_s=wall_s)

            def theirs() -> Sample:
                copy = folder / "copy"
                sample = run_process(
                    ["sh", "-c", 'cat "$1" > "$2" && sync "$2"', "sh", str(source), str(copy)]
                )
                copy.unlink()
                return carrying(sample, FILE_BYTES)

            (folder / "small").write_bytes(os.urandom(8 << 20))  # no video: refused when it is there
            pair = alternate(kind, "cat and sync", ours=ours, theirs=theirs, runs=RUNS)
            table.add(pair, THROUGHPUT, at_least=0.5)
            table.add(pair, CPU_PER_GB)
            table.add_figure(f"{kind}: growth of memory", max(growth) / 1e6, "MB", at_most=30)
            growth.clear()
    table.print()
    return 0


def _upload(port: int, kind: str, file: Path) -> float:
    """Upload; the seconds it took."""
    client = [
        sys.executable,
        "-m",
        "tests.benchmarks._upload",
        str(port),
        kind,
        str(file),
        USERNAME,
        PASSWORD,
    ]
    done = subprocess.run(client, check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout.split()[1])
