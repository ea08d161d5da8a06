"""Taking an upload of 2 GiB, through tus and as a form, against `cat` to the same disk; and how far memory grows.

The server answers when the bytes are on the disk, so `cat` is followed by a `sync` of its file. The source is in the
page cache for both.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

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
USERNAME, PASSWORD = "benchmark", "benchmark only 7361"

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
                with _server(folder / "data") as (pid, port):
                    _upload(port, kind, source.with_name("small"))  # what is loaded once is no growth
                    before = _peak_bytes(pid)
                    with watching(pid) as watch:
                        wall_s = _upload(port, kind, source)
                    growth.append(_peak_bytes(pid) - before)
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


def _peak_bytes(pid: int) -> int:
    """The most memory that the server alone, without its children, has had; Linux alone knows."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


@contextmanager
def _server(data: Path) -> Iterator[tuple[int, int]]:
    environment = {
        **os.environ,
        "CLIPSET_INITIAL_ADMIN_EMAIL": f"{USERNAME}@example.org",
        "CLIPSET_INITIAL_ADMIN_USERNAME": USERNAME,
        "CLIPSET_INITIAL_ADMIN_PASSWORD": PASSWORD,
        "CLIPSET_MAX_FILE_SIZE_BYTES": str(2 * FILE_BYTES),
        "CLIPSET_WEEKLY_UPLOAD_LIMIT_BYTES": str(100 * FILE_BYTES),
    }
    command = [sys.executable, "-m", "server", "--data-dir", str(data), "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            ready = next(line for line in process.stdout if "ready at" in line)
            port = re.search(r":([0-9]+)\s*$", ready)
            assert port is not None
            yield process.pid, int(port[1])
        finally:
            process.terminate()
            process.wait(30)


if __name__ == "__main__":
    sys.exit(main())
