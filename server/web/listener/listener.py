"""Starts and stops the HTTP server: binds the port, runs the loop in its own thread, answers what it has moved."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import ssl
import threading
import time
from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

import structlog
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from server.errors import CannotStart
from server.web.listener.admission import Admission, Refusal
from server.web.listener.answered import HeadersFor, OnAnswer
from server.web.listener.answers import problem
from server.web.listener.heads import MAX_CONTENT_LENGTH, MAX_HEAD_BYTES
from server.web.listener.intake import Writers
from server.web.listener.loop import MAX_SOCKETS
from server.web.listener.server import LoopServer
from server.web.listener.timeouts import Timeouts

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_log = structlog.get_logger(__name__)

_BACKLOG = 1024
_RECEIVE_BYTES = 1 << 16
_HIGH_WATERMARK_BYTES = 1 << 20
_NEVER = 1 << 62
_DESCRIPTORS_FOR_THE_REST = 256
_FORCED_STOP_S = 5.0
_SIGNED_OUT = problem(401, "Please sign in again. What has arrived is kept.", code="not_signed_in")


class Listener:
    """The HTTP server.

    The constructor binds, so that a taken port is known before anything else is started.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        admission: Admission,
        host: str,
        port: int,
        threads: int = 8,
        writer_threads: int = 4,
        timeouts: Timeouts | None = None,
        connection_limit: int = 4096,
        on_answer: OnAnswer = lambda _: None,
        headers_for: HeadersFor = lambda _: (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Bind to `host` and `port`; port 0 picks a free one. Raises `CannotStart` with a sentence.

        `on_answer` hears of every answer on the thread that gave it, so it must be quick. `headers_for` gives the
        headers that every answer carries, our own refusals among them, by the `Origin` of its request. With `tls` it
        speaks HTTPS; a certificate that is loaded into that later is shown to those who come after.
        """
        self._threads = threads
        self._dispatcher = ThreadedTaskDispatcher()
        self._writers = Writers(writer_threads)
        sock = _bind(host, port)
        self.host: str = sock.getsockname()[0]
        self.port: int = sock.getsockname()[1]
        self._server = LoopServer(
            app,
            sock,
            admission=admission,
            dispatcher=self._dispatcher,
            writers=self._writers,
            adjustments=Adjustments(
                ident="clipset",
                server_name=host,
                recv_bytes=_RECEIVE_BYTES,
                outbuf_high_watermark=_HIGH_WATERMARK_BYTES,
                outbuf_overflow=_NEVER,  # what the application gives is in memory already: no temporary file
                max_request_header_size=MAX_HEAD_BYTES,
                max_request_body_size=MAX_CONTENT_LENGTH,
                connection_limit=_affordable(connection_limit),
                log_socket_errors=False,  # clients that leave are no news
                clear_untrusted_proxy_headers=False,  # HeadParser does, for the admission too
            ),
            timeouts=timeouts or Timeouts(),
            on_answer=on_answer,
            headers_for=headers_for,
            tls=tls,
        )
        self._thread = threading.Thread(target=self._server.run, name="listener", daemon=True)

    @property
    def bytes_sent(self) -> int:
        """Bytes that went out since the start, heads included."""
        return self._server.bytes_sent

    @property
    def bytes_received(self) -> int:
        """Bytes that came in since the start, heads included."""
        return self._server.bytes_received

    @property
    def open_connections(self) -> int:
        """Connections open now."""
        return self._server.open_connections

    def cut(self, owners: Iterable[Hashable], refusal: Refusal = _SIGNED_OUT) -> None:
        """End the files and streams that are being sent for `owners`, and the uploads that arrive. Any thread.

        Uploads are answered with `refusal`. The application names owners by `environ["clipset.owners"]` and
        `Streamed.owners`; a cut one never comes back.
        """
        self._server.cut(owners, refusal)

    def start(self) -> None:
        """Serve, in threads of our own."""
        self._writers.start()
        self._dispatcher.set_thread_count(self._threads)
        self._thread.start()

    def stop(self, grace_s: float = 10.0) -> None:
        """Accept nobody any more, let transfers finish for at most `grace_s` seconds, then close.

        Idle connections are closed at once. Uploads that are cut here keep what arrived. Asking twice is
        harmless.
        """
        if self._thread.is_alive():
            deadline = time.monotonic() + grace_s
            self._server.post(self._server.drain)
            self._thread.join(max(0.0, deadline - time.monotonic()))
            if self._thread.is_alive():
                self._server.post(self._server.force)
                self._thread.join(_FORCED_STOP_S)
            self._dispatcher.shutdown(timeout=_FORCED_STOP_S)
            if not self._writers.stop(_FORCED_STOP_S):
                _log.warning("uploads_not_written_in_time")
        self._server.close()


def _bind(host: str, port: int) -> socket.socket:
    """A listening socket; connections wait in its backlog until the loop runs."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise CannotStart(f"The address {host} is not known. Use 0.0.0.0 for the whole network.") from error
    sock = socket.socket(family, kind, proto)
    try:
        if os.name == "nt":
            # on Windows SO_REUSEADDR would let another program take the same port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined, unused-ignore]
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        raise CannotStart(_why(error, host, port)) from error
    return sock


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Stop that one, or choose another port."
    if error.errno == errno.EACCES:
        return f"This account may not use port {port}. Choose one above 1023."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"The address {host} does not belong to this machine. Use 0.0.0.0 for the whole network."
    return f"Port {port} on {host} cannot be used ({error.strerror}). Choose another one."


def _affordable(connections: int) -> int:
    """At most as many connections as there are descriptors for, at two each: a socket and a file."""
    with contextlib.suppress(ImportError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 2 * connections + _DESCRIPTORS_FOR_THE_REST
        if soft != resource.RLIM_INFINITY and soft < wanted:
            soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        if soft != resource.RLIM_INFINITY:
            return max(16, min(connections, (soft - _DESCRIPTORS_FOR_THE_REST) // 2))
    return min(connections, MAX_SOCKETS or connections)
