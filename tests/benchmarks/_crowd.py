"""The clients of `crowd`, in a process of their own: slow readers of one video, and connections that never ask.

Prints one line when all are there, ends when its standard input does, and then prints how many bytes came and how many
readers were failed.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time

TICK_S = 0.1


class Reader:
    """Reads one video at a steady pace, and starts again at its end."""

    def __init__(self, port: int, path: str, token: str, bytes_a_tick: int) -> None:
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        )
        self._bytes_a_tick = bytes_a_tick
        self.received = 0
        self.failed = False
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)
        self.socket.settimeout(60)
        self.socket.connect(("127.0.0.1", port))
        self.socket.sendall(self._request)
        self.failed = not self.socket.recv(15).startswith(b"HTTP/1.1 200")
        self.socket.setblocking(False)

    def read(self) -> None:
        try:
            piece = self.socket.recv(self._bytes_a_tick)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        self.received += len(piece)
        self.failed = self.failed or not piece


def half_open(port: int) -> socket.socket:
    """A connection whose head never ends."""
    sock = socket.create_connection(("127.0.0.1", port))
    sock.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    sock.setblocking(False)
    return sock


def main(port: str, path: str, token: str, readers: str, half: str, bytes_a_tick: str) -> None:
    reading = [Reader(int(port), path, token, int(bytes_a_tick)) for _ in range(int(readers))]
    waiting = [half_open(int(port)) for _ in range(int(half))]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    started, swept = time.perf_counter(), 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        began = time.perf_counter()
        for reader in reading:
            reader.read()
        for number, sock in enumerate(waiting):
            if _was_closed(sock):
                swept += 1
                sock.close()
                waiting[number] = half_open(int(port))
        time.sleep(max(0.0, TICK_S - (time.perf_counter() - began)))
    figures = {
        "bytes": sum(reader.received for reader in reading),
        "seconds": time.perf_counter() - started,
        "failed": sum(reader.failed for reader in reading),
        "starved": sum(reader.received == 0 for reader in reading),
        "swept": swept,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _was_closed(sock: socket.socket) -> bool:
    try:
        return sock.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


if __name__ == "__main__":
    main(*sys.argv[1:])
