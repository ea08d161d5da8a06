"""Clipset as a process of its own, which can be killed, and a client that goes on after that."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil

from tests import postgresql
from tests.conftest import PASSWORD

ANNA = {"username": "anna", "password": PASSWORD}


class HostProcess:
    """`python -m server serve` on one data folder; started again after each kill."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._token = ""
        self._process: subprocess.Popen[str] | None = None
        self.person = httpx.Client()

    def start(self) -> None:
        """Start and sign in; the session outlives the process."""
        command = [sys.executable, "-m", "server", "serve", "--data-dir", str(self.data_dir)]
        command += ["--host", "127.0.0.1", "--port", "0"]
        environment = {
            **os.environ,
            "CLIPSET_DATABASE_URL": postgresql.database_url(self.data_dir),
            "CLIPSET_INITIAL_ADMIN_EMAIL": "anna@example.org",
            "CLIPSET_INITIAL_ADMIN_USERNAME": "anna",
            "CLIPSET_INITIAL_ADMIN_PASSWORD": PASSWORD,
            "CLIPSET_TRANSCODE_PRESET": "ultrafast",
            "CLIPSET_KEEP_ORIGINALS": "yes",
            "CLIPSET_WEEKLY_UPLOAD_LIMIT_BYTES": str(1 << 40),
        }
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
        assert self._process.stdout is not None
        found = None
        for line in self._process.stdout:
            if found := re.search(r"ready at (http://\S+)", line):
                break
        assert found, "the server did not start"
        self.person.close()
        self.person = httpx.Client(base_url=found[1], timeout=60)
        if not self._token:
            self._token = (
                self.person.post("/api/auth/login", json=ANNA).raise_for_status().json()["access_token"]
            )
        self.person.headers["Authorization"] = f"Bearer {self._token}"

    @property
    def port(self) -> int:
        port = self.person.base_url.port
        assert port is not None
        return port

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End the process, by default as a power cut would; its children end by themselves."""
        process = self._process
        assert process is not None and process.stdout is not None
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        process.wait(60)
        process.stdout.close()
        _, alive = psutil.wait_procs(children, timeout=30)
        assert not alive, "a child outlived its server"

    def close(self) -> None:
        """End whatever runs still."""
        self.person.close()
        if self._process is not None and self._process.poll() is None:
            self.kill()
