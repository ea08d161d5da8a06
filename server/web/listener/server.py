"""The loop that owns the sockets: accepts, moves bytes, sweeps, and closes in good order."""

from __future__ import annotations

import contextlib
import math
import os
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Any

import structlog
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from server.web.listener.admission import Admission, Refusal, Sink
from server.web.listener.answered import HeadersFor, OnAnswer
from server.web.listener.channel import Channel
from server.web.listener.intake import Intake, Writers
from server.web.listener.loop import Interests
from server.web.listener.timeouts import Phase, Timeouts
from server.web.listener.tls import TlsChannel

_log = structlog.get_logger(__name__)

_TURN_TIMEOUT_S = 1.0
_SWEEP_EVERY_S = 1.0
_ACCEPT_AT_ONCE = 64
_NO_DESCRIPTOR_LEFT_S = 0.25
_REMEMBER_CUT_S = 600.0
"""Longer than any request is answered that was let in just before its owner was cut off."""


class LoopServer(TcpWSGIServer):
    """One listening socket and its channels.

    Everything but `post`, `add_task` and the counters is the loop's own.
    """

    channel_class: type[Channel] = Channel
    active_channels: dict[int, Channel]

    def __init__(
        self,
        application: Any,
        sock: socket.socket,
        *,
        admission: Admission,
        dispatcher: ThreadedTaskDispatcher,
        writers: Writers,
        adjustments: Adjustments,
        timeouts: Timeouts,
        on_answer: OnAnswer,
        headers_for: HeadersFor,
        tls: ssl.SSLContext | None,
    ) -> None:
        if tls is not None:
            self.channel_class = TlsChannel
        self.tls_context = tls
        self.admission = admission
        self.on_answer = on_answer
        self.headers_for = headers_for
        self.timeouts = timeouts
        self.draining = False
        self.bytes_received = 0
        self.stopped = False
        self._writers = writers
        self._posted: deque[tuple[Callable[[], None], Channel | None]] = deque()
        self._accept_at = 0.0
        self.cut_owners: dict[Hashable, tuple[float, Refusal]] = {}
        self._bytes_sent_by_closed = 0
        self._sweep_at = 0.0
        self._waking = threading.Lock()
        self._wakeable = True
        channels: dict[int, Any] = {}
        self._interests = Interests(channels)
        super().__init__(
            application,
            channels,
            False,
            sock,
            dispatcher=dispatcher,
            adj=adjustments,
            sockinfo=(sock.family, sock.type, sock.proto, sock.getsockname()),
            bind_socket=False,
        )
        # Waitress sweeps inside `readable` by a single timeout; ours is called by the loop, also while
        # draining
        self.next_channel_cleanup = math.inf
        self.accepting = True
        self.reconsider(self.trigger)
        if hasattr(os, "set_blocking") and isinstance(self.trigger.trigger, int):
            os.set_blocking(self.trigger.trigger, False)

    def set_reuse_addr(self) -> None:
        """Nothing: the socket is bound already, with the options that suit the system."""

    @property
    def bytes_sent(self) -> int:
        """Bytes that went out since the start. Any thread."""
        return self._bytes_sent_by_closed + sum(
            each.bytes_sent for each in list(self.active_channels.values())
        )

    @property
    def open_connections(self) -> int:
        """Connections open now. Any thread."""
        return len(self.active_channels)

    def post(self, call: Callable[[], None], channel: Channel | None = None) -> None:
        """Have `call`, which may change what `channel` waits for, run on the loop soon.

        Any thread; takes no lock, so it may be called with any held.
        """
        self._posted.append((call, channel))
        self.pull_trigger()

    def cut(self, owners: Iterable[Hashable], refusal: Refusal) -> None:
        """End what is under way for `owners`, and what requests of theirs that are being answered now begin.

        Any thread.
        """
        gone = tuple(owners)
        self.post(lambda: self._cut(gone, refusal))

    def _cut(self, owners: tuple[Hashable, ...], refusal: Refusal) -> None:
        self.cut_owners.update(dict.fromkeys(owners, (time.monotonic(), refusal)))
        for channel in list(self.active_channels.values()):
            channel.cut()
            self.reconsider(channel)

    def changed(self, channel: Channel) -> None:
        """What `channel` waits for may have changed. Any thread, after the change."""
        self._interests.changed(channel)
        self.pull_trigger()

    def reconsider(self, channel: Any) -> None:
        """The same, on the loop."""
        self._interests.reconsider(channel)

    def readable(self) -> bool:
        """Whether connections are accepted now."""
        return time.monotonic() >= self._accept_at and bool(super().readable())

    def handle_accept(self) -> None:
        """Accept who waits; Waitress accepts one in each turn of the loop."""
        for _ in range(_ACCEPT_AT_ONCE):
            if not self.readable():
                return
            try:
                accepted = self.accept()
            except OSError as error:
                _log.warning("not_accepted", reason=str(error))
                # most likely no descriptor is left, and the socket stays ready: asking at once again would spin
                self._accept_at = time.monotonic() + _NO_DESCRIPTOR_LEFT_S
                return
            if accepted is None:
                return
            sock, address = accepted
            try:
                self.set_socket_options(sock)
            except OSError:  # macOS, of a client that has left already
                sock.close()
                continue
            self.reconsider(self.channel_class(self, sock, address, self.adj, map=self._map))

    def pull_trigger(self) -> None:
        """Wake the loop. Any thread, also one that outlives the loop: the descriptor may be another file's by then."""
        with self._waking:
            if self._wakeable:
                with contextlib.suppress(BlockingIOError):  # a pipe full of wake-ups wakes as well
                    super().pull_trigger()

    def close(self) -> None:
        """Close what is left of the server itself. Repeatable."""
        with self._waking:
            self._wakeable = False
            super().close()
            self._interests.close()

    def intake(
        self,
        sink: Sink,
        channel: Channel,
        *,
        request_id: str,
        on_room: Callable[[], None],
        on_end: Callable[[Intake], None],
    ) -> Intake:
        """A queue to `sink`, whose callbacks come back to the loop."""
        return Intake(
            sink,
            self._writers,
            request_id=request_id,
            on_room=lambda: self.post(on_room, channel),
            on_end=lambda ended: self.post(lambda: on_end(ended), channel),
        )

    def forget(self, channel: Channel, descriptor: int) -> None:
        """A channel is about to close its socket: keep its count, and wait for it no more."""
        self._interests.forget(descriptor)
        self._bytes_sent_by_closed += channel.bytes_sent

    def run(self) -> None:
        """Serve until `drain` has let the last connection go, or `force`."""
        while not self.stopped:
            self.reconsider(self)
            self._interests.turn(_TURN_TIMEOUT_S)
            self._run_posted()
            now = time.monotonic()
            if now >= self._sweep_at:
                self._sweep_at = now + _SWEEP_EVERY_S
                self._sweep(now)
            if self.draining:
                self._close_idle()

    def _sweep(self, now: float) -> None:
        for channel in list(self.active_channels.values()):
            channel.sweep(now)
        self.cut_owners = {
            owner: (at, refusal)
            for owner, (at, refusal) in self.cut_owners.items()
            if now - at < _REMEMBER_CUT_S
        }

    def drain(self) -> None:
        """Accept nobody any more; let each connection finish what it is doing."""
        self.draining = True
        self._interests.forget(self.socket.fileno())
        self.del_channel()
        self.socket.close()

    def force(self) -> None:
        """Close whatever is still open. What arrived of an upload is still written."""
        for channel in list(self.active_channels.values()):
            channel.handle_close()
        self.stopped = True

    def _close_idle(self) -> None:
        for channel in list(self.active_channels.values()):
            if channel.phase in {Phase.IDLE, Phase.HEAD}:
                channel.handle_close()
            elif channel.phase is Phase.STREAMING:
                channel.end_stream()
                self.reconsider(channel)
        self.stopped = self.stopped or not self.active_channels

    def _run_posted(self) -> None:
        for _ in range(len(self._posted)):
            call, channel = self._posted.popleft()
            try:
                call()
            except Exception:
                _log.exception("loop_call_failed")
            if channel is not None:
                self.reconsider(channel)
