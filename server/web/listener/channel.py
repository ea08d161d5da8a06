"""The way in of a channel: heads, admission, bodies; one request at a time, and lingering after a refusal.

Everything here runs on the loop's thread, except `service`. Waitress reads whole requests and queues several;
this channel reads a head, asks, and reads on only as far as the answer allows. Pipelined bytes wait until it
is their turn.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import time
from collections.abc import Hashable
from typing import Any

import structlog
from waitress.utilities import BadRequest, Error

from server.web.listener.admission import BodyRefused, Buffered, Refusal, Streamed, Verdict
from server.web.listener.answers import RefusedRequest, problem
from server.web.listener.framing import BadFraming
from server.web.listener.heads import HeadParser
from server.web.listener.intake import Intake
from server.web.listener.memory_body import BodyTooLarge, MemoryBody
from server.web.listener.outgoing import OutgoingFile
from server.web.listener.streaming import StreamingChannel
from server.web.listener.tasks import AdmissionTask, ApplicationTask, RefusalTask
from server.web.listener.timeouts import Phase

_log = structlog.get_logger(__name__)

RECEIVE_BYTES = 1 << 18
"""Read from a socket at once while a body arrives."""

_RESET = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""SO_LINGER for zero seconds."""


class Channel(StreamingChannel):
    """One connection."""

    parser_class = HeadParser
    task_class = ApplicationTask
    error_task_class = RefusalTask

    request: HeadParser | None = None
    """The request whose head or body is arriving."""

    owners: frozenset[Hashable] = frozenset()
    """On whose behalf the last request is answered or its body taken, as the application said; see `cut`."""

    def __init__(self, server: Any, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:
        self._held = b""
        self._deciding = False
        self._body: Intake | MemoryBody | None = None
        self._ending = False
        self._unread = False
        self._lingering = False
        self._phase_at = time.monotonic()
        super().__init__(server, sock, addr, adj, map=map)

    # What the loop asks

    def readable(self) -> bool:
        """Whether the socket should be read now."""
        if self._lingering:
            return True
        if self.streaming:
            return not self._held  # nothing is expected but the client's leaving
        return not (self.total_outbufs_len or self._held or self._waits())

    def _waits(self) -> bool:
        """Whether nothing may be parsed: it is somebody else's turn, or the connection ends."""
        body = self._body
        return bool(
            self.requests
            or self._deciding
            or self._ending
            or self.will_close
            or self.close_when_flushed
            or self.streaming
            or (body is not None and body.paused)
        )

    @property
    def phase(self) -> Phase:
        """What this connection is doing."""
        if self._lingering:
            return Phase.LINGERING
        if self.streaming:
            return Phase.STREAMING
        if self.total_outbufs_len:
            return Phase.SENDING
        if self._waits():
            return Phase.SERVING
        if self._body is not None:
            return Phase.BODY
        return Phase.HEAD if self.request is not None else Phase.IDLE

    def sweep(self, now: float) -> None:
        """Close the connection when its time is up.

        Not by `will_close`, as Waitress does: that waits for a socket that takes bytes, and a stalled one never does.
        """
        patience = self.server.timeouts
        if patience.expired(self.phase, in_phase_s=now - self._phase_at, quiet_s=now - self.moved_at):
            self.handle_close()
        elif self.streaming and now - self.moved_at >= patience.keep_alive_s:
            self.fill_silence()

    # What happens to the socket

    def handle_read(self) -> None:
        """Read once. Ends in `handle_close` when the client has gone."""
        try:
            data = self.recv(RECEIVE_BYTES if self._body is not None else self.adj.recv_bytes)
        except BlockingIOError:
            return
        except OSError:
            self.handle_close()
            return
        if data:
            self.moved_at = time.monotonic()
            self.server.bytes_received += len(data)
            self.received(data)

    def received(self, data: bytes) -> bool:
        """Take what was read."""
        if not self._lingering:
            self._held += data
            self.advance()
        return True

    def handle_write(self) -> None:
        """Send; then close, linger, or go on with what is held."""
        if self.close_when_flushed and self._unread and not self.will_close:
            self._flush_exception(self._flush_some)
            if self.connected and not self.total_outbufs_len and not self.will_close:
                self._linger()
        else:
            super().handle_write()
        if self.connected and not self.total_outbufs_len:
            self.advance()

    def handle_close(self) -> None:
        """The connection ends here, whoever ended it; what arrived of a body still goes to its sink."""
        if isinstance(self._body, Intake):
            self._body.cut()
        super().handle_close()

    def _linger(self) -> None:
        """Close our half and drop what still comes: closing with unread bytes sends a reset, which eats the answer."""
        self._lingering, self.close_when_flushed = True, False
        self._phase_at = time.monotonic()
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.will_close = True

    # Whose access has ended

    def cut(self) -> None:
        """End a file or stream that is being sent, or an upload that is arriving, if one of its owners was cut off."""
        cut_off = self.server.cut_owners.keys() & self.owners
        if not cut_off:
            return
        if self.streaming:
            self.end_stream()
        elif self.request is not None and isinstance(self._body, Intake) and not self._ending:
            self._break_off(self.request, RefusedRequest(self.server.cut_owners[cut_off.pop()][1]))
        elif any(isinstance(each, OutgoingFile) for each in self.outbufs):
            # a reset, so that the client does not get what the system still holds for it
            with contextlib.suppress(OSError):
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.handle_close()

    # Requests

    def service(self) -> None:
        """Run one task on a worker thread, then let the loop go on."""
        super().service()
        self.server.post(self._served, self)

    def _served(self) -> None:
        self.open_stream()
        self.cut()
        self.advance()

    def advance(self) -> None:
        """Parse what is held, as far as it may go now."""
        if not self.connected:
            return
        self.moved_at = time.monotonic()
        with self.requests_lock:  # `service` looks at the same fields when it ends
            while self._held and not self._waits():
                if self._body is not None and self.request is not None:
                    self._take_body(self.request, self._body)
                elif self.total_outbufs_len or self.server.draining:
                    return
                else:
                    self._take_head()

    def _take_head(self) -> None:
        if self.request is None:
            self.request = HeadParser(self.adj)
            self._phase_at = time.monotonic()
        request = self.request
        taken = request.received(self._held)
        self._held = self._held[taken:]
        refusal = self.head_arrived(request) if request.headers_finished else None
        if refusal is not None and request.error is None:
            self._refuse(request, refusal)
        elif request.completed:
            if request.empty:
                self.request = None
            else:
                self._unread = request.error is not None
                self._dispatch(request)
        elif request.headers_finished:
            self._deciding = True
            self.server.add_task(AdmissionTask(self, request, self.server.admission))

    def head_arrived(self, _request: HeadParser) -> Refusal | None:
        """A head is whole. What to answer whatever it asks for; None to go on."""
        return None

    def take_verdict(self, request: HeadParser, verdict: Verdict) -> None:
        """The application has decided about the body."""
        self._deciding = False
        if isinstance(verdict, Streamed):
            self._body = self.server.intake(
                verdict.sink,
                self,
                request_id=request.identify(),
                on_room=self.advance,
                on_end=self._sink_ended,
            )
            self.owners = verdict.owners
        if not self.connected:
            if isinstance(self._body, Intake):
                self._keep_held(request, self._body)
                self._body.cut()
            return
        if isinstance(verdict, Refusal):
            self._refuse(request, verdict)
            return
        if isinstance(verdict, Buffered):
            if not request.chunked and request.content_length > verdict.max_bytes:
                self._refuse(request, problem(413, f"At most {verdict.max_bytes} bytes can be sent here."))
                return
            self._body = MemoryBody(verdict.max_bytes)
        if request.wants_continue and not self._held:
            self.send_continue()
        self.cut()
        self.advance()

    def _keep_held(self, request: HeadParser, intake: Intake) -> None:
        """The client left while it was decided about its body, of which a piece came along with the head."""
        with contextlib.suppress(BadFraming):
            data, _ = request.body_framing.feed(self._held)
            if data:
                intake.put(data)

    def _take_body(self, request: HeadParser, body: Intake | MemoryBody) -> None:
        framing = request.body_framing
        try:
            data, taken = framing.feed(self._held)
            if data:
                body.put(data)
        except BadFraming as error:
            self._break_off(request, BadRequest(str(error)))
            return
        except BodyTooLarge as error:
            refusal = problem(413, f"At most {error.max_bytes} bytes can be sent here.")
            self._break_off(request, RefusedRequest(refusal))
            return
        self._held = self._held[taken:]
        if not framing.done:
            return
        if isinstance(body, Intake):
            self._ending = True
            body.finish()
            return
        self._body = None
        request.end_body(body.content(), received_bytes=body.received_bytes)
        self._dispatch(request)

    def _sink_ended(self, intake: Intake) -> None:
        """The sink was completed, or it failed; on the loop again."""
        self._body, self._ending = None, False
        request = self.request
        if not self.connected or request is None:
            if intake.failure is not None:
                _log.warning("sink_failed_after_cut", error=repr(intake.failure))
            return
        if not request.body_framing.done:
            self._unread, self._held = True, b""
            request.headers["CONNECTION"] = "close"
        if isinstance(intake.failure, BodyRefused):
            self._refuse(request, intake.failure.refusal)
            return
        request.sink, request.sink_failure = intake.sink, intake.failure
        request.end_body(b"", received_bytes=intake.received_bytes)
        self._dispatch(request)

    def _break_off(self, request: HeadParser, error: Error) -> None:
        """What comes in cannot be a body: answer, and abort the sink."""
        if isinstance(self._body, Intake):
            self._body.cut()
        self._body = None
        self._unread, self._held = True, b""
        request.error = error
        self._dispatch(request)

    def _refuse(self, request: HeadParser, refusal: Refusal) -> None:
        self._unread, self._held = True, b""
        request.error = RefusedRequest(refusal)
        self._dispatch(request)

    def _dispatch(self, request: HeadParser) -> None:
        """Hand a request to the workers; nothing is read until it is answered."""
        self.request, self.sent_continue = None, False
        if self.server.draining:
            request.headers["CONNECTION"] = "close"
        self.requests.append(request)
        self.server.add_task(self)
