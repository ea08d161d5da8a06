"""How soon the window is there, and how long the GUI thread is ever blocked while three videos are encoded.

`python -m tests.benchmarks window`. Without a screen: Qt draws into memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from clipset_desktop.app import DesktopHost
from clipset_desktop.look.theme import Theme
from clipset_desktop.look.tokens import shipped
from server import settings
from tests.benchmarks._ffmpeg import clip
from tests.benchmarks.table import Table
from tests.conftest import Person

PASSWORD = "correct horse battery"
_ADMIN = {"email": "robin@example.org", "username": "robin", "password": PASSWORD}
_STARTS = 5
_JOBS = 3
#: How often the GUI thread says that it lives; a gap beyond that is a block.
_BEAT_MS = 5
_SHOWN_WITHIN_S, _BLOCK_AT_MOST_MS = 2.0, 50.0


def shown_s() -> float:
    """From the start of the process to the line that comes once the window is shown; median of some warm starts."""
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            f"CLIPSET_INITIAL_ADMIN_{key.upper()}": value for key, value in _ADMIN.items()
        }
        command = [sys.executable, "-m", "clipset_desktop.main", "--data-dir", folder]
        for _ in range(_STARTS + 1):
            begun = time.monotonic()
            with subprocess.Popen(
                [*command, "--host", "127.0.0.1", "--port", "0"],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            ) as process:
                assert process.stdout is not None
                process.stdout.readline()
                taken.append(time.monotonic() - begun)
                process.terminate()
    return median(taken[1:])


class Watcher(threading.Thread):
    """Notes, from another thread, the longest time in which the GUI thread gave no sign of life."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._beat = threading.Event()
        self._ended = threading.Event()
        self.longest_ms = 0.0
        self.over = 0

    def beat(self) -> None:
        """The GUI thread lives."""
        self._beat.set()

    def stop(self) -> None:
        self._ended.set()
        self._beat.set()
        self.join()

    def run(self) -> None:
        last = time.monotonic()
        while not self._ended.is_set():
            self._beat.wait()
            self._beat.clear()
            now = time.monotonic()
            gap_ms = (now - last) * 1000 - _BEAT_MS
            last = now
            self.longest_ms = max(self.longest_ms, gap_ms)
            self.over += gap_ms > _BLOCK_AT_MOST_MS


def blocks() -> Watcher:
    """Three jobs run, each page is looked at in turn, and the window is watched until they are done."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = Theme(shipped(), "light")
    theme.apply(app)
    with tempfile.TemporaryDirectory() as folder:
        given = {"data_dir": folder, "host": "127.0.0.1", "port": 0, "transcode_workers": _JOBS}
        loaded = settings.load(
            {**given, **{f"initial_admin_{key}": value for key, value in _ADMIN.items()}}, environment={}
        )
        host = DesktopHost(loaded, theme)
        host.ended.connect(app.exit)
        watcher = Watcher()
        heart = QTimer(interval=_BEAT_MS)
        heart.timeout.connect(watcher.beat)
        turn = QTimer(interval=400)
        uploaded = threading.Event()

        def upload() -> None:
            assert host.core is not None
            with Person(base_url=host.core.local_address, timeout=120) as robin:
                robin.post("/api/auth/login", json={"username": "robin", "password": PASSWORD})
                for at in range(_JOBS):
                    robin.upload(Path(clip()), title=f"Video {at}")
            uploaded.set()

        def shown() -> None:
            threading.Thread(target=upload).start()
            turn.start()

        def next_page() -> None:
            assert host.window is not None
            names = list(host.window.pages)
            at = names.index(host.window.page_shown)
            stats = host.window._ctx.state.now.stats
            busy = stats.jobs_queued + stats.jobs_running if stats else 0
            if uploaded.is_set() and not watcher.is_alive() and busy:
                watcher.start()
                heart.start()
            if watcher.is_alive() and not busy:
                turn.stop()
                heart.stop()
                watcher.stop()
                host.quit()
                return
            host.window.show_page(names[(at + 1) % len(names)])

        turn.timeout.connect(next_page)
        host.shown.connect(shown)
        host.start()
        app.exec()
    return watcher


def main() -> int:
    """Print the table."""
    table = Table("The window")
    table.add_figure("shown after", shown_s(), "s", at_most=_SHOWN_WITHIN_S)
    watcher = blocks()
    table.add_figure(
        "longest block of the GUI thread, 3 jobs", watcher.longest_ms, "ms", at_most=_BLOCK_AT_MOST_MS
    )
    table.add_figure("blocks that are longer than wanted", watcher.over, "", at_most=0)
    table.print()
    return 0
