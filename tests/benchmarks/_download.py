"""The client of `streaming`, in a process of its own: some connections that read a file a number of times each.

Prints how many bytes of bodies it has read.
"""

from __future__ import annotations

import selectors
import socket
import sys

PIECE_BYTES = 1 << 20


class Download:
    """One connection: asks, reads exactly the answer, asks again."""

    def __init__(self, port: int, path: str, times: int, byte_range: str) -> None:
        self.body_bytes = 0
        self._times = times
        range_line = f"Range: bytes={byte_range}\r\n" if byte_range else ""
        self._request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{range_line}\r\n".encode()
        self._head = b""
        self._left = 0
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self._ask()

    def _ask(self) -> None:
        self._times -= 1
        self._head, self._left = b"", -1
        self.socket.sendall(self._request)

    def read(self, piece: memoryview) -> bool:
        """Read once; whether there is more to come."""
        count = self.socket.recv_into(piece)
        if count == 0:
            raise ConnectionError("the server closed early")
        if self._left < 0:
            self._head += piece[:count]
            head, mark, body = self._head.partition(b"\r\n\r\n")
            if not mark:
                return True
            lines = head.decode().lower().split("\r\n")
            if not lines[0].split(" ")[1].startswith("20"):
                raise ConnectionError(lines[0])
            self._left = next(int(line.split(": ")[1]) for line in lines if line.startswith("content-length"))
            count = len(body)
        self._left -= count
        self.body_bytes += count
        if self._left == 0:
            if self._times == 0:
                return False
            self._ask()
        return True


def main(port: str, path: str, clients: str, times: str, byte_range: str = "") -> None:
    piece = memoryview(bytearray(PIECE_BYTES))
    downloads = [Download(int(port), path, int(times), byte_range) for _ in range(int(clients))]
    selector = selectors.DefaultSelector()
    for download in downloads:
        selector.register(download.socket, selectors.EVENT_READ, download)
    while selector.get_map():
        for key, _ in selector.select():
            if not key.data.read(piece):
                selector.unregister(key.fileobj)
    sys.stdout.write(f"{sum(download.body_bytes for download in downloads)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
