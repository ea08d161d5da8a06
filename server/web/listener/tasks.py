"""What worker threads do for a channel: ask for admission, run the application, write a refusal."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog
from structlog.contextvars import bound_contextvars
from waitress.task import ErrorTask, Task, WSGITask

from server.web.listener.admission import Admission, Verdict
from server.web.listener.answered import Answered
from server.web.listener.answers import problem, refusal_of
from server.web.listener.heads import HeadParser
from server.web.listener.outgoing import wrap_file
from server.web.listener.streams import Stream

if TYPE_CHECKING:
    from server.web.listener.channel import Channel

_log = structlog.get_logger(__name__)


class AdmissionTask:
    """Asks the application about one body; the verdict goes back to the loop."""

    def __init__(self, channel: Channel, request: HeadParser, admission: Admission) -> None:
        self._channel = channel
        self._request = request
        self._admission = admission

    def service(self) -> None:
        """Ask. Worker thread."""
        with bound_contextvars(request_id=self._request.identify()):
            verdict = self._ask()
        channel = self._channel
        channel.server.post(lambda: channel.take_verdict(self._request, verdict), channel)

    def cancel(self) -> None:
        """The server stopped before this was run; the channel is closed, and there is no sink yet."""

    def _ask(self) -> Verdict:
        head = self._request.head(self._channel.addr[0])
        try:
            return self._admission.admit(head)
        except Exception:
            _log.exception("admission_failed", method=head.method, path=head.path)
            return problem(500, "Something went wrong here. It has been written to the log.")


class ReportedTask(Task):
    """Gives the request's id to every log line and to the answer, and reports the answer."""

    _environ: dict[str, Any] | None = None
    _started_s = 0.0

    def service(self) -> None:
        """Answer. Worker thread."""
        self._started_s = time.perf_counter()
        with bound_contextvars(request_id=self.request.identify()):
            super().service()

    def build_response_header(self) -> bytes:
        """The head of the answer, with the request's id. Reported before the client can know of it."""
        self._report(time.perf_counter() - self._started_s)
        self.response_headers.append(("X-Request-Id", self.request.identify()))
        self.response_headers.extend(self.channel.server.headers_for(self.request.headers.get("ORIGIN")))
        head: bytes = super().build_response_header()
        return head

    def _report(self, duration_s: float) -> None:
        answer = Answered(
            request_id=self.request.identify(),
            method=self.request.command.upper(),
            path=self.request.path,
            route=(self._environ or {}).get("clipset.route"),
            status=int(self.status.split(" ", 1)[0]),
            duration_s=duration_s,
            client_address=str(self.channel.addr[0]),
        )
        try:
            self.channel.server.on_answer(answer)
        except Exception:
            _log.exception("answer_not_reported")


class ApplicationTask(ReportedTask, WSGITask):
    """Runs the application for one request."""

    _stream: Stream | None = None

    def set_close_on_finish(self) -> None:
        """Close after this response; but not, as Waitress does, because a 204 or a 304 has no Content-Length."""
        closes = "close" in self.request.headers.get("CONNECTION", "").lower()
        if self.has_body or self.version == "1.0" or closes:
            super().set_close_on_finish()

    def get_environment(self) -> dict[str, Any]:
        """The WSGI environment, with the sink or what it raised, and files the loop sends by itself."""
        environ: dict[str, Any] = super().get_environment()
        environ["wsgi.file_wrapper"] = wrap_file
        environ["clipset.keep_open"] = self._keep_open
        if self.request.sink_failure is not None:
            environ["clipset.sink_failure"] = self.request.sink_failure
        elif self.request.sink is not None:
            environ["clipset.sink"] = self.request.sink
        self._environ = environ
        return environ

    def write(self, data: bytes) -> None:
        """Queue a piece of the answer; to HEAD its head alone, whatever the application gives."""
        super().write(b"" if self.request.command == "HEAD" else data)

    def finish(self) -> None:
        """End the answer, or leave it open for who asked for that."""
        self.channel.owners = (self._environ or {}).get("clipset.owners", frozenset())
        if not self.wrote_header:
            self.write(b"")
        if self.request.command == "HEAD":
            return  # Waitress would send the end of a chunked body that is not sent
        if self._stream is None or not self.status.startswith("200"):
            super().finish()
            return
        self._stream.chunked = self.chunked_response
        self.close_on_finish = False
        self.channel.stay_open(self._stream)

    def _keep_open(
        self, *, on_open: Callable[[Stream], None], on_end: Callable[[Stream], None], keep_alive: bytes
    ) -> None:
        """`environ["clipset.keep_open"]`: this answer, if it is a 200 without a length, goes on as a stream.

        `on_open(stream)` is called on the loop when the head and the application's bytes are on their way, `on_end` on
        the loop when the stream has ended, whoever ended it. `keep_alive` is sent when nothing else was for a while.
        """
        self._stream = Stream(self.channel, on_open=on_open, on_end=on_end, keep_alive=keep_alive)


class RefusalTask(ReportedTask, ErrorTask):
    """Writes a refusal, and has the connection closed after it."""

    def execute(self) -> None:
        """Write it. Worker thread."""
        refusal = refusal_of(self.request.error)
        self.status = refusal.status
        self.response_headers.extend(
            pair for pair in refusal.headers if pair[0].lower() not in {"content-length", "connection"}
        )
        self.set_close_on_finish()
        self.content_length = len(refusal.body)
        self.write(b"" if self.request.command == "HEAD" else refusal.body)
