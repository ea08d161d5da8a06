"""Parses request heads: Waitress's parser, made stricter, and asked for the head alone.

Bodies never reach Waitress's parser: the channel takes over where the head ends.
"""

from __future__ import annotations

import re
import secrets
from io import BytesIO
from typing import Any

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import Error

from server.web.listener.admission import Headers, RequestHead
from server.web.listener.framing import ChunkedFraming, Framing, LengthFraming

MAX_HEAD_BYTES = 16 * 1024
MAX_CONTENT_LENGTH = 2**50
"""A body that says to be longer is answered with 413 without asking anybody; the settings allow no larger file."""

_MAX_LENGTH_DIGITS = 19

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""Ids of a proxy or client that may stand in our log as they are."""

_TRANSFER_ENCODING = re.compile(rb"(?im)^transfer-encoding:[ \t]*([^\r\n]*)")

_UNTRUSTED = frozenset(
    {
        "FORWARDED",
        "X_FORWARDED_BY",
        "X_FORWARDED_FOR",
        "X_FORWARDED_HOST",
        "X_FORWARDED_PORT",
        "X_FORWARDED_PROTO",
    }
)
"""What only a trusted proxy may say. None is configured, so the application must not see them."""


class VersionNotSupported(Error):
    """Anything but HTTP/1.0 and HTTP/1.1."""

    code = 505
    reason = "HTTP Version Not Supported"


class ExpectationFailed(Error):
    """An `Expect` other than `100-continue` (RFC 9110, section 10.1.1)."""

    code = 417
    reason = "Expectation Failed"


class ReceivedBody:
    """What Waitress expects where its own receivers stood: a whole body in memory, or none."""

    def __init__(self, body: bytes = b"") -> None:
        self._file = BytesIO(body)

    def getfile(self) -> BytesIO:
        """The body, for `wsgi.input`."""
        return self._file

    def getbuf(self) -> BytesIO:
        """What Waitress closes after the response."""
        return self._file


class HeadParser(HTTPRequestParser):
    """One request's head.

    After `headers_finished`, `framing` says how its body ends; None when it has none.
    """

    framing: Framing | None = None
    body_rcv: ReceivedBody | None = None
    expect_continue = False
    wants_continue = False
    command = ""
    path = ""  # Waitress names it in log lines, also when the head could not be parsed
    _request_id = ""
    sink: Any = None
    sink_failure: Exception | None = None

    def received(self, data: bytes) -> int:
        """Take bytes of the head; return how many. Nothing after the head is taken."""
        taken: int = super().received(data)
        if self.headers_finished and self.framing is not None and self.error is None:
            self.completed = False
            # ours to answer: Waitress would do so before anybody has been asked
            self.wants_continue, self.expect_continue = self.wants_continue or self.expect_continue, False
        return taken

    def parse_header(self, header_plus: bytes) -> None:
        """Add what RFC 9112 wants rejected and Waitress lets through; each helps to smuggle a request."""
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # Content-Length with thousands of digits, or a URI that is none
            raise ParsingError("A number or the address in the request head is not valid") from error
        self._check_version()
        if self.error is None:
            self._check_target()
        self._check_framing(_TRANSFER_ENCODING.findall(header_plus))
        for name in _UNTRUSTED & self.headers.keys():
            del self.headers[name]
        # Waitress made a receiver that would spill to a temporary file; the channel has its own
        self.body_rcv = None

    def head(self, client_address: str) -> RequestHead:
        """The head as the application is asked about it."""
        return RequestHead(
            method=self.command.upper(),
            path=_as_text("/" + self.path.lstrip("/") if self.path.startswith("/") else self.path),
            query=self.query,
            headers=Headers(self.headers),
            content_length=None if self.chunked else self.content_length,
            client_address=client_address,
        )

    def identify(self) -> str:
        """The request's id: the one it came with, or one of ours; also for a head that could not be parsed."""
        if not self._request_id:
            given = self.headers.get("X_REQUEST_ID", "")
            self._request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        return self._request_id

    @property
    def body_framing(self) -> Framing:
        """How the body ends, of a request that has one."""
        if self.framing is None:
            raise ValueError("This request has no body")
        return self.framing

    def end_body(self, body: bytes, *, received_bytes: int) -> None:
        """The body is whole: `body` is what `wsgi.input` will hold."""
        self.body_rcv = ReceivedBody(body)
        self.headers["CONTENT_LENGTH"] = str(received_bytes)
        self.completed = True

    def _check_target(self) -> None:
        # RFC 9112, section 3.2. Waitress would put a slash in front, for the application alone: who is asked about
        # the body would decide about another address than the one that runs.
        if not self.path.startswith("/") and self.path != "*" and (self.path or not self.proxy_netloc):
            raise ParsingError("The address must begin with a slash")

    def _check_version(self) -> None:
        if self.version not in {"1.0", "1.1"}:
            self._reject(VersionNotSupported("Only HTTP/1.0 and HTTP/1.1 are spoken here."))
        elif self.version == "1.1" and ("HOST" not in self.headers or "," in self.headers["HOST"]):
            raise ParsingError("There must be exactly one Host header")  # RFC 9112, section 3.2
        expect = self.headers.get("EXPECT", "").lower()
        if self.version == "1.1" and expect not in {"", "100-continue"}:
            self._reject(ExpectationFailed("Only 100-continue can be expected."))

    def _check_framing(self, codings: list[bytes]) -> None:
        # RFC 9112, section 6.1. Waitress takes the header out for 1.1, ignores it for 1.0, and lets
        # repetitions pass.
        if codings and (self.version == "1.0" or "CONTENT_LENGTH" in self.headers):
            raise ParsingError("The length of the body is given in two ways")
        if codings and [coding.strip(b" \t").lower() for coding in codings] != [b"chunked"]:
            raise ParsingError("The body is chunked in a way that is not understood")
        if len(self.headers.get("CONTENT_LENGTH", "")) > _MAX_LENGTH_DIGITS:
            raise ParsingError("The Content-Length is no length")
        if self.chunked:
            self.framing = ChunkedFraming()
        elif self.content_length > 0:
            self.framing = LengthFraming(self.content_length)

    def _reject(self, error: Error) -> None:
        self.error = error
        self.completed = True
        self.expect_continue = False


def _as_text(path: str) -> str:
    """A path as WSGI carries it (bytes shown as Latin-1), as the text that it is."""
    return path.encode("latin-1").decode("utf-8", "replace")
