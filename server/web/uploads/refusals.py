"""Answers that the listener gives by itself, before or instead of the application's: problem details, every header."""

from __future__ import annotations

import http

import msgspec

from server.errors import ClipsetError
from server.web import problems
from server.web.listener.admission import Refusal
from server.web.middleware import SECURITY_HEADERS
from server.web.uploads.headers import TUS_VERSION, ProtocolError


def refusal_of(error: ClipsetError) -> Refusal:
    """The refusal that an expected failure is answered with."""
    if isinstance(error, ProtocolError):
        return _refusal(problems.make(error.status, error.sentence, error.code))
    return _refusal(problems.problem_of(error))


def checksum_mismatch() -> Refusal:
    """tus 1.0.0, checksum extension: 460, and the bytes are discarded."""
    problem = problems.Problem(
        type="about:blank",
        title="Checksum Mismatch",
        status=460,
        detail="The bytes were changed on their way. Send them again.",
        code="checksum_mismatch",
    )
    return _refusal(problem)


def _refusal(problem: problems.Problem) -> Refusal:
    headers = {**SECURITY_HEADERS, **problems.headers_of(problem), "Tus-Resumable": TUS_VERSION}
    if problem.status == http.HTTPStatus.PRECONDITION_FAILED:
        headers["Tus-Version"] = TUS_VERSION
    return Refusal(
        status=f"{problem.status} {problem.title}",
        headers=tuple(headers.items()),
        body=msgspec.json.encode(problem),
    )
