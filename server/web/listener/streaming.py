"""The way out of a channel for answers that stay open: opened by a worker, written and ended on the loop."""

from __future__ import annotations

from typing import Any

import structlog

from server.web.listener.sending import SendingChannel
from server.web.listener.streams import MAX_BEHIND_BYTES, FrameBuffer, Stream, bound_kernel_memory

_log = structlog.get_logger(__name__)


class StreamingChannel(SendingChannel):
    """A channel whose answer may go on for as long as the client listens. The loop's own but for `stay_open`."""

    def __init__(self, server: Any, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:
        self._opening: Stream | None = None
        self._stream: Stream | None = None
        super().__init__(server, sock, addr, adj, map=map)

    @property
    def streaming(self) -> bool:
        """Whether an answer is open."""
        return self._stream is not None

    def stay_open(self, stream: Stream) -> None:
        """The answer whose head has just been written goes on as `stream`. Worker thread, inside `service`."""
        self._opening = stream

    def open_stream(self) -> None:
        """Begin the stream that a worker has left, if it has left one."""
        stream, self._opening = self._opening, None
        if stream is None or not self.connected:
            return
        bound_kernel_memory(self.socket, self.server.timeouts.streaming_s)
        self.outbufs.append(FrameBuffer())
        self._stream = stream
        try:
            stream.on_open(stream)
        except Exception:
            _log.exception("stream_not_opened")
            self.handle_close()

    def emit(self, data: bytes) -> None:
        """Send bytes of the open answer, as they go over the wire; a client too far behind is cut off."""
        if self._stream is None or not self.connected:
            return
        if self.total_outbufs_len + len(data) > MAX_BEHIND_BYTES:
            self.handle_close()
            return
        self.outbufs[-1].append(data)
        self.total_outbufs_len += len(data)
        self.handle_write()
        self.server.reconsider(self)

    def fill_silence(self) -> None:
        """Send what tells the client that we are there still."""
        if self._stream is not None:
            self._stream.emit(self._stream.keep_alive)

    def end_stream(self) -> None:
        """Say that the open answer is whole, and close."""
        stream, self._stream = self._stream, None
        if stream is None:
            return
        last_bytes = stream.last_bytes
        if last_bytes:
            self.outbufs[-1].append(last_bytes)
            self.total_outbufs_len += len(last_bytes)
        self.close_when_flushed = True
        self.handle_write()
        stream.on_end(stream)

    def handle_close(self) -> None:
        """The connection ends here, and with it the open answer."""
        super().handle_close()
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.on_end(stream)
