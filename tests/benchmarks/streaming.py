"""Sending a large file that is in the page cache, against nginx with sendfile and copyparty: throughput and CPU per GB.

All send to the same client, which reads every byte, over loopback; runs alternate. CPU is the server's alone.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.benchmarks.table import CPU_PER_GB, THROUGHPUT, Sample, Table, alternate, watching

DEBIAN = ["nginx"]
REQUIREMENTS = ["copyparty>=1.20"]
FILE_BYTES = 1 << 30
RUNS, COPYPARTY_RUNS = 7, 3

NGINX = """
daemon off; user {user}; pid {folder}/nginx.pid; error_log {folder}/error.log;
worker_processes auto;
events {{ worker_connections 1024; }}
http {{
  sendfile on; tcp_nopush on; access_log off; keepalive_requests 100000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


def main() -> int:
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
    if nginx is None:
        sys.stderr.write(
            "This benchmark compares with nginx, which is not installed: apt-get install nginx\n"
        )
        return 0
    table = Table("Streaming a file of 1 GiB from memory")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        file = folder / "file"
        with file.open("wb") as out:
            for _ in range(FILE_BYTES >> 20):
                out.write(os.urandom(1 << 20))
        ours = stack.enter_context(_ours(file))
        theirs = stack.enter_context(_nginx(nginx, folder))
        python = stack.enter_context(_copyparty(file))
        for clients, times, byte_range in ((1, 3, ""), (16, 1, f"0-{FILE_BYTES // 4 - 1}")):
            pair = alternate(
                f"{clients} client{'s' * (clients > 1)}",
                "nginx",
                ours=lambda n=clients, t=times, r=byte_range: _measure(*ours, n, t, r),
                theirs=lambda n=clients, t=times, r=byte_range: _measure(*theirs, n, t, r),
                runs=RUNS,
            )
            table.add(pair, THROUGHPUT, at_least=0.85)
            table.add(pair, CPU_PER_GB, at_most=2.0)
            pair = alternate(
                pair.what,
                "copyparty",
                ours=lambda n=clients, t=times, r=byte_range: _measure(*ours, n, t, r),
                theirs=lambda n=clients, t=times, r=byte_range: _measure(*python, n, t, r),
                runs=COPYPARTY_RUNS,
            )
            table.add(pair, THROUGHPUT)
            table.add(pair, CPU_PER_GB)
    table.print()
    return 0


def _measure(pid: int, port: int, clients: int, times: int, byte_range: str) -> Sample:
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks._download",
        str(port),
        "/file",
        str(clients),
        str(times),
    ]
    with watching(pid) as watch:
        done = subprocess.run([*command, byte_range], stdout=subprocess.PIPE, check=True, text=True)
        watch.byte_count = int(done.stdout)
    return watch.sample


@contextmanager
def _ours(file: Path) -> Iterator[tuple[int, int]]:
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks._file_server",
        str(file),
        str(file.with_name("upload")),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        yield process.pid, int(process.stdout.readline())
        process.stdin.close()


@contextmanager
def _nginx(program: str, folder: Path) -> Iterator[tuple[int, int]]:
    port = _free_port()
    user = "root" if hasattr(os, "geteuid") and os.geteuid() == 0 else "nobody"
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, user=user))
    with subprocess.Popen([program, "-c", str(config), "-p", str(folder)]) as process:
        try:
            _wait_for(port)
            yield process.pid, port
        finally:
            process.terminate()


@contextmanager
def _copyparty(file: Path) -> Iterator[tuple[int, int]]:
    port = _free_port()
    shared = file.parent / "shared"
    shared.mkdir()
    (shared / file.name).hardlink_to(file)
    options = ["-q", "-i", "127.0.0.1", "-p", str(port), "-v", f"{shared}::r"]
    environment = {**os.environ, "XDG_CONFIG_HOME": str(file.parent)}
    command = [sys.executable, "-m", "copyparty", *options]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield process.pid, port
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(1000):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError("the program to compare with did not start")
