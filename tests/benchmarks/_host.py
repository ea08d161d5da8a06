"""Clipset as a process of its own, for benchmarks of the whole server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

USERNAME, PASSWORD = "benchmark", "benchmark only 7361"


@contextmanager
def clipset(data: Path) -> Iterator[tuple[int, int]]:
    """A server with an admin of its own; its process id and port."""
    environment = {
        **os.environ,
        "CLIPSET_INITIAL_ADMIN_EMAIL": f"{USERNAME}@example.org",
        "CLIPSET_INITIAL_ADMIN_USERNAME": USERNAME,
        "CLIPSET_INITIAL_ADMIN_PASSWORD": PASSWORD,
        "CLIPSET_MAX_FILE_SIZE_BYTES": str(4 << 30),
        "CLIPSET_WEEKLY_UPLOAD_LIMIT_BYTES": str(200 << 30),
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


def sign_in(port: int) -> str:
    """The admin's token."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    credentials = json.dumps({"username": USERNAME, "password": PASSWORD})
    connection.request("POST", "/api/auth/login", credentials, {"Content-Type": "application/json"})
    token: str = json.load(connection.getresponse())["access_token"]
    connection.close()
    return token


def peak_bytes(pid: int) -> int:
    """The most memory that the server alone, without its children, has had; Linux alone knows."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)
