"""Runs `clipset` subcommands on a data folder: in this process, which is quick, or in one of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import structlog

from server import cli
from tests.postgresql import database_url


class Done(NamedTuple):
    """What a command ended with."""

    code: int
    said: str
    complained: str


class Terminal:
    """A terminal of somebody at the host."""

    def __init__(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.data_dir = data_dir
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def run(self, *arguments: str) -> Done:
        """Run a command in this process."""
        self._capsys.readouterr()
        url = database_url(self.data_dir)  # asked while the environment still says which database it is
        with self._monkeypatch.context() as patch, _quiet():
            for name in [name for name in os.environ if name.startswith("CLIPSET_")]:
                patch.delenv(name)
            if url:
                patch.setenv("CLIPSET_DATABASE_URL", url)
            patch.setattr("server.logs.set_up", lambda *_, **__: None)
            patch.setattr(sys, "argv", ["clipset", *arguments, "--data-dir", str(self.data_dir)])
            try:
                code = cli.main()
            except SystemExit as end:
                code = int(end.code or 0)
            said, complained = self._capsys.readouterr()
        return Done(code, said, complained)

    def says(self, *arguments: str) -> str:
        """What a command that succeeds says."""
        done = self.run(*arguments)
        assert (done.code, done.complained) == (0, ""), done
        return done.said

    def answers(self, *arguments: str) -> Any:
        """The JSON that a command that succeeds answers."""
        return json.loads(self.says(*arguments, "--json"))

    def refuses(self, *arguments: str) -> str:
        """The sentence of a command that fails."""
        done = self.run(*arguments)
        assert (done.code, done.said) == (1, ""), done
        return done.complained.strip()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin a command in a process of its own."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CLIPSET_")}
        if url := database_url(self.data_dir):
            environment["CLIPSET_DATABASE_URL"] = url
        return subprocess.Popen(
            [sys.executable, "-m", "server", *arguments, "--data-dir", str(self.data_dir)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=environment,
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the log of a server in this process out of what the command says."""

    def drop(*_: Any) -> Any:
        raise structlog.DropEvent

    structlog.configure(processors=[drop])
    try:
        yield
    finally:
        structlog.reset_defaults()
