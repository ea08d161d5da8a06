"""Connections over TLS, and what a client that speaks plainly to their port is told. Everything runs without waiting.

There is no `sendfile` here: the bytes have to be encrypted. A handshake is steps between which the loop looks after the
others.
"""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from socket import MSG_PEEK
from typing import Any

from server.web.listener.admission import Refusal
from server.web.listener.channel import Channel
from server.web.listener.heads import HeadParser
from server.web.listener.timeouts import Phase

_RECORD_BYTES = 1 << 14
"""A TLS record's most (RFC 8446, section 5.1); what OpenSSL decrypts at once."""
_HANDSHAKE = 0x16
"""The first byte of every TLS connection (RFC 8446, section 5.1), and of no HTTP request."""
_PIECE_BYTES = 1 << 18

PLAIN_PATHS = ("/trust",)
"""Also answered without encryption: how a device that does not trust the server yet learns to."""


def server_context() -> ssl.SSLContext:
    """A context for our side, still without a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    return context


class TlsChannel(Channel):
    """One connection to a port that speaks TLS."""

    can_sendfile = False
    socket: Any
    sendbuf_len: int

    def __init__(self, server: Any, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:
        self._established = False
        self._is_plain = False
        self._wants_write = False
        # of a write that OpenSSL could not finish: it has to be given the same bytes again (SSL_write(3))
        self._unsent = b""
        self._using = threading.Lock()
        super().__init__(server, sock, addr, adj, map=map)
        self.sendbuf_len = min(self.sendbuf_len, _PIECE_BYTES)

    # What the loop asks

    def readable(self) -> bool:
        """Whether the socket should be read now."""
        return super().readable() if self._established else not self._wants_write

    def writable(self) -> Any:
        """Whether the socket should be written to now."""
        return super().writable() if self._established else self._wants_write or self.will_close

    @property
    def phase(self) -> Phase:
        """What this connection is doing; a handshake has as long as a head."""
        return super().phase if self._established else Phase.HEAD

    # What happens to the socket

    def handle_read(self) -> None:
        """Read, or take a step of the handshake."""
        if self._established or self._shake_hands():
            super().handle_read()

    def handle_write(self) -> None:
        """Send, or take a step of the handshake."""
        if self._established:
            super().handle_write()
        elif not self.will_close:
            self._shake_hands()
        else:
            self.handle_close()

    def handle_close(self) -> None:
        """The connection ends here; a TLS client is told so, as far as that goes without waiting."""
        if self._established and not self._is_plain and self.connected:
            with contextlib.suppress(OSError, ValueError), self._using:
                self.socket.unwrap()
        super().handle_close()

    def recv(self, buffer_size: int) -> bytes:
        """What has arrived, decrypted. Raises BlockingIOError when that is nothing yet.

        OpenSSL gives one record at a time, and holds back no part of one that was asked for whole.
        """
        if self._is_plain:
            plain: bytes = super().recv(buffer_size)
            return plain
        pieces: list[bytes] = []
        room = buffer_size
        while room >= _RECORD_BYTES:
            try:
                with self._using:
                    piece = self.socket.recv(room)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                break
            if not piece:
                if not pieces:
                    self.handle_close()
                return b"".join(pieces)
            pieces.append(piece)
            room -= len(piece)
        if not pieces:
            raise BlockingIOError
        return b"".join(pieces)

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Encrypt and send; the number of bytes that are on their way."""
        if self._is_plain:
            count: int = super().send(data, do_close=do_close)
            return count
        piece = self._unsent or data[:_PIECE_BYTES]
        if not piece:
            return 0
        try:
            with self._using:
                count = self.socket.send(piece)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            self._unsent = piece
            return 0
        except OSError:
            if do_close:
                self.handle_close()
            return 0
        self._unsent = b""
        return count

    def _shake_hands(self) -> bool:
        """Take a step; whether the connection is established now."""
        try:
            if not isinstance(self.socket, ssl.SSLSocket):
                first = self.socket.recv(1, MSG_PEEK)
                if first and first[0] != _HANDSHAKE:
                    self._is_plain = self._established = True
                    return True
                if not first:
                    self.handle_close()
                    return False
                self.socket = self.server.tls_context.wrap_socket(
                    self.socket, server_side=True, do_handshake_on_connect=False
                )
            self.socket.do_handshake()
        except (BlockingIOError, ssl.SSLWantReadError):
            self._wants_write = False
            return False
        except ssl.SSLWantWriteError:
            self._wants_write = True
            return False
        except (OSError, ValueError):  # no certificate of ours is trusted there, or it is no TLS at all
            self.handle_close()
            return False
        self._established, self._wants_write = True, False
        self.moved_at = time.monotonic()
        return True

    # Requests

    def head_arrived(self, request: HeadParser) -> Refusal | None:
        """Note how the request came; who speaks plainly is sent to the same address with https."""
        request.url_scheme = "http" if self._is_plain else "https"
        if not self._is_plain or request.path.startswith(PLAIN_PATHS):
            return None
        host = request.headers.get("HOST", "").strip()
        if not host:
            return Refusal("400 Bad Request", (("Content-Type", "text/plain"),), b"This port speaks HTTPS.\n")
        return Refusal(
            "307 Temporary Redirect",
            (
                ("Location", f"https://{host}{request.request_uri}"),
                ("Cache-Control", "no-store"),
                ("Content-Type", "text/plain"),
            ),
            b"This server is opened with https:// in front of its address.\n",
        )
