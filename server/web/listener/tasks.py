"""What worker threads do for a channel: ask for admission, run the application, write a refusal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import structlog
from structlog.contextvars import bound_contextvars
from waitress.task import ErrorTask, Task, WSGITask

from server.web.listener.admission import Admission, Verdict
from server.web.listener.answered import Answered
from server.web.listener.answers import problem, refusal_of
from server.web.listener.heads import HeadParser
from server.web.listener.outgoing import wrap_file

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
        self._channel.server.post(lambda: self._channel.take_verdict(self._request, verdict))

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

    def set_close_on_finish(self) -> None:
        """Close after this response; but not, as Waitress does, because a 204 or a 304 has no Content-Length."""
        closes = "close" in self.request.headers.get("CONNECTION", "").lower()
        if self.has_body or self.version == "1.0" or closes:
            super().set_close_on_finish()

    def get_environment(self) -> dict[str, Any]:
        """The WSGI environment, with the sink or what it raised, and files the loop sends by itself."""
        environ: dict[str, Any] = super().get_environment()
        environ["wsgi.file_wrapper"] = wrap_file
        if self.request.sink_failure is not None:
            environ["clipset.sink_failure"] = self.request.sink_failure
        elif self.request.sink is not None:
            environ["clipset.sink"] = self.request.sink
        self._environ = environ
        return environ


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
