"""How long the headless server takes to be healthy on a data folder that exists, and what memory it needs then."""

from __future__ import annotations

import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

import psutil

from tests.benchmarks._host import clipset
from tests.benchmarks.table import Table

RUNS = 5
_SETTLED_S = 3.0
"""What is done once after a start is done by then."""


def main() -> int:
    walls_s: list[float] = []
    memories_bytes: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        for _ in range(1 + RUNS):  # the first makes the folder, and warms the cache of files
            started = time.perf_counter()
            with clipset(data) as (pid, port):
                connection = HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request("GET", "/health")
                if connection.getresponse().status != 200:
                    raise RuntimeError("the server is not healthy")
                walls_s.append(time.perf_counter() - started)
                connection.close()
                time.sleep(_SETTLED_S)
                memories_bytes.append(psutil.Process(pid).memory_info().rss)
    table = Table("Starting without a window")
    table.add_figure("until it is healthy", median(walls_s[1:]), "s", at_most=1.5)
    table.add_figure("memory when idle", median(memories_bytes[1:]) / 1e6, "MB", at_most=120)
    table.print()
    return 0
