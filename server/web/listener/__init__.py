"""Clipset's HTTP listener: Waitress, asked before a body is read, and sending files without a thread.

See README.md.
"""

from server.web.listener.admission import (
    Admission,
    BodyRefused,
    Buffered,
    Headers,
    Refusal,
    RequestHead,
    Sink,
    Streamed,
    Verdict,
)
from server.web.listener.answered import Answered, HeadersFor, OnAnswer
from server.web.listener.answers import problem
from server.web.listener.listener import Listener
from server.web.listener.outgoing import FilePart, FileParts
from server.web.listener.streams import Stream, broadcast
from server.web.listener.timeouts import Timeouts
from server.web.listener.tls import server_context

__all__ = [
    "Admission",
    "Answered",
    "BodyRefused",
    "Buffered",
    "FilePart",
    "FileParts",
    "Headers",
    "HeadersFor",
    "Listener",
    "OnAnswer",
    "Refusal",
    "RequestHead",
    "Sink",
    "Stream",
    "Streamed",
    "Timeouts",
    "Verdict",
    "broadcast",
    "problem",
    "server_context",
]
