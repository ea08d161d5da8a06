"""A router between clients and servers, on an address that stays: it loses connections, stalls, outlives servers."""

from __future__ import annotations

import random
import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

from tests.conftest import Server

_PIECE = 16 * 1024
_PATIENCE_S = 60


class Router:
    """Passes connections on to whichever server it is plugged into, and cuts `cuts` of them at a random byte."""

    def __init__(self, server: Server, *, cuts: int = 0) -> None:
        self.cuts = cuts
        self._chance = random.Random(5)
        self._changed = threading.Condition()
        self._passed_bytes = 0
        self._hold_at: int | None = None
        self._plugged = True
        self._open: dict[socket.socket, socket.socket] = {}
        self.plug(server)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def plug(self, server: Server) -> None:
        """New connections go to `server` from now on."""
        address = urlsplit(server.url)
        self._target = (address.hostname, address.port)
        self._plugged = True

    def unplug(self) -> None:
        """New connections are closed at once."""
        self._plugged = False

    def cut(self) -> None:
        """Cut the connections there are; what is on its way is lost."""
        for client in list(self._open):
            server = self._open.pop(client, None)
            for sock in filter(None, (client, server)):
                _shut(sock)

    def hold_after(self, count_bytes: int) -> None:
        """Let `count_bytes` more go up, then hold everything until `let_go`."""
        with self._changed:
            self._hold_at = self._passed_bytes + count_bytes
            self._changed.notify_all()

    def wait_until_held(self) -> None:
        """Wait until something is held back."""
        with self._changed:
            assert self._changed.wait_for(self._is_holding, _PATIENCE_S), "nothing came"

    def let_go(self) -> None:
        """Pass on what was held, and everything after it."""
        with self._changed:
            self._hold_at = None
            self._changed.notify_all()

    def close(self) -> None:
        """Cut everything and take nobody any more."""
        self.let_go()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()
        self._thread.join(_PATIENCE_S)

    def _is_holding(self) -> bool:
        return self._hold_at is not None and self._passed_bytes >= self._hold_at

    def _count(self, size: int) -> None:
        with self._changed:
            self._passed_bytes += size
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._is_holding(), _PATIENCE_S)

    def _cuts_once_more(self) -> bool:
        """Whether a cut is left; another connection may have used the last one meanwhile."""
        with self._changed:
            if self.cuts == 0:
                return False
            self.cuts -= 1
            return True

    def _accept(self) -> None:
        carrying = []
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                break
            carrying.append(threading.Thread(target=self._carry, args=(client,)))
            carrying[-1].start()
        for thread in carrying:
            thread.join(_PATIENCE_S)

    def _carry(self, client: socket.socket) -> None:
        left = self._chance.randrange(20_000, 400_000) if self.cuts > 0 else 1 << 60
        with client, suppress(OSError):
            if not self._plugged:
                return
            with socket.create_connection(self._target) as server:
                self._open[client] = server
                back = threading.Thread(target=self._back, args=(server, client))
                back.start()
                with suppress(OSError):
                    while client in self._open and (data := client.recv(min(left, _PIECE))):
                        self._count(len(data))
                        server.sendall(data)
                        left -= len(data)
                        if left == 0:
                            if self._cuts_once_more():
                                break
                            left = 1 << 60
                self._open.pop(client, None)
                _shut(server)
                _shut(client)
                back.join(_PATIENCE_S)

    @staticmethod
    def _back(server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
            client.shutdown(socket.SHUT_WR)


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):  # it has ended already
        sock.shutdown(socket.SHUT_RDWR)
