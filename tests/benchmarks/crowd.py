"""How quickly the API answers while 600 people watch slowly and 600 connections never say what they want.

Against itself without them, in the same run. The clients are processes of their own on the same machine, so on few
processors the figures hold their work, too.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles

import av

from tests.benchmarks._host import clipset, peak_bytes, sign_in
from tests.benchmarks.table import Table

READERS, HALF_OPEN = 600, 600
BYTES_A_SECOND = 100_000
"""What each of them reads: 480 Mbit/s together."""
FILE_BYTES = 256 << 20
REQUESTS = 600
RUNS = 3


def main() -> int:
    table = Table(f"The API with {READERS} slow readers and {HALF_OPEN} half-open connections")
    alone: list[list[float]] = []
    crowded: list[list[float]] = []
    failed = 0
    with tempfile.TemporaryDirectory() as folder, clipset(Path(folder) / "data") as (pid, port):
        token = sign_in(port)
        path = _video(Path(folder), port, token)
        for _ in range(RUNS):
            alone.append(_ask(port, token))
            with _crowd(port, path, token) as crowd:
                crowded.append(_ask(port, token))
                assert crowd.stdin is not None and crowd.stdout is not None
                crowd.stdin.close()
                figures = json.loads(crowd.stdout.readline())
            failed += figures["failed"] + figures["starved"]
            carried = figures["bytes"] / figures["seconds"]
            sys.stderr.write(f"{figures} {_line(alone[-1])} -> {_line(crowded[-1])}\n")
            table.add_figure("carried meanwhile", carried / 1e6, "MB/s")
        table.add_figure("alone: p50", median(map(median, alone)) * 1e3, "ms")
        table.add_figure("alone: p99", median(map(_p99, alone)) * 1e3, "ms")
        table.add_figure("crowded: p50", median(map(median, crowded)) * 1e3, "ms")
        table.add_figure("crowded: p99", median(map(_p99, crowded)) * 1e3, "ms", at_most=100)
        table.add_figure("readers failed", failed, "", at_most=0)
        table.add_figure("memory", peak_bytes(pid) / 1e6, "MB", at_most=250)
    table.print()
    return 0


def _line(durations: list[float]) -> str:
    return f"p50 {median(durations) * 1e3:.1f} ms, p99 {_p99(durations) * 1e3:.1f} ms"


def _p99(durations: list[float]) -> float:
    return quantiles(durations, n=100)[98]


def _ask(port: int, token: str) -> list[float]:
    """The seconds that each of many requests took."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    durations = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        connection.request("GET", "/api/videos", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        answer.read()
        durations.append(time.perf_counter() - started)
        if answer.status != 200:
            raise RuntimeError(f"the API answered {answer.status}")
        time.sleep(0.01)
    connection.close()
    return durations


def _crowd(port: int, path: str, token: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.benchmarks._crowd", str(port), path, token]
    numbers = [str(READERS), str(HALF_OPEN), str(BYTES_A_SECOND // 10)]
    process = subprocess.Popen([*command, *numbers], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def _video(folder: Path, port: int, token: str) -> str:
    """A finished video whose file is long enough to be read for minutes; its address."""
    clip = folder / "clip.mp4"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(10):
            container.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
        container.mux(stream.encode(None))
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=b"}
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="clip.mp4"\r\n\r\n'
    connection.request("POST", "/api/videos", form + clip.read_bytes() + b"\r\n--b--\r\n", headers)
    address = f"/api/videos/{json.load(connection.getresponse())['id']}"
    while True:
        connection.request("GET", address, headers={"Authorization": f"Bearer {token}"})
        video = json.load(connection.getresponse())
        if video["status"] == "completed":
            break
        time.sleep(0.1)
    (file,) = (folder / "data").rglob("video.mp4")
    with file.open("ab") as out:
        out.write(bytes(FILE_BYTES - out.tell()))
    connection.close()
    return f"{address}/stream"
