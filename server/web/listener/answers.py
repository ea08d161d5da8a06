"""Answers the listener gives by itself, before or instead of the application: problem details (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from waitress.utilities import Error

from server.web.listener.admission import Refusal

_CODES = {
    400: "bad_request",
    413: "file_too_large",
    417: "expectation_failed",
    431: "head_too_large",
    501: "not_implemented",
    505: "version_not_supported",
}


def problem(status: int, sentence: str, *, code: str | None = None) -> Refusal:
    """A problem document with a sentence for people and a stable code for programs."""
    title = HTTPStatus(status).phrase
    document = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code or _CODES.get(status, "internal_error"),
        "detail": sentence,
    }
    headers = (
        ("Content-Type", "application/problem+json"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    )
    return Refusal(f"{status} {title}", headers, msgspec.json.encode(document))


class RefusedRequest(Error):
    """A refusal where Waitress keeps a request's error."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.status)
        self.refusal = refusal


def refusal_of(error: Error) -> Refusal:
    """What to answer to a request that Waitress, or we, could not accept."""
    if isinstance(error, RefusedRequest):
        return error.refusal
    if error.code >= 500 and error.code not in _CODES:
        return problem(500, "Something went wrong here. It has been written to the log.")
    return problem(error.code, f"The request cannot be read: {str(error.body).rstrip('.')}.")
