"""Viewers in a process of their own: `PORT PATH CLIENTS`, each taking a second's worth of video every second.

Ends when its standard input does, and prints how often a piece came so late that a player's picture had stood still.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from http.client import HTTPConnection

TOKEN = "CLIPSET_BENCH_TOKEN"
PIECE_BYTES = 1_000_000
#: What a player has in hand before its picture stands still.
_BUFFER_S = 4.0


class _Viewer(threading.Thread):
    def __init__(self, port: int, path: str, over: threading.Event) -> None:
        super().__init__()
        self._port = port
        self._path = path
        self._over = over
        self.stalls = 0

    def run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=120)
        played_until = time.monotonic() + _BUFFER_S
        offset = 0
        while not self._over.is_set():
            size = self._fetch(connection, offset)
            now = time.monotonic()
            if now > played_until:
                self.stalls += 1
                played_until = now
            played_until += 1.0
            offset = offset + size if size == PIECE_BYTES else 0
            self._over.wait(max(0.0, played_until - _BUFFER_S - now))
        connection.close()

    def _fetch(self, connection: HTTPConnection, offset: int) -> int:
        headers = {
            "Authorization": f"Bearer {os.environ[TOKEN]}",
            "Range": f"bytes={offset}-{offset + PIECE_BYTES - 1}",
        }
        connection.request("GET", self._path, headers=headers)
        return len(connection.getresponse().read())


def main(port: str, path: str, clients: str) -> None:
    """Watch until there is no more input."""
    over = threading.Event()
    viewers = [_Viewer(int(port), path, over) for _ in range(int(clients))]
    for viewer in viewers:
        viewer.start()
    sys.stdin.read()
    over.set()
    for viewer in viewers:
        viewer.join()
    sys.stdout.write(f"{sum(viewer.stalls for viewer in viewers)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
