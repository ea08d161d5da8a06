"""Failures as RFC 9457 problem details: one table from exception to status, one shape, one place that logs our bugs."""

from __future__ import annotations

import http
from typing import Any

import falcon
import msgspec
import structlog

from server import errors

_log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"

STATUS: dict[type[errors.ClipsetError], int] = {
    errors.InvalidInput: 422,
    errors.WrongCredentials: 401,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.TooLarge: 413,
    errors.QuotaExceeded: 413,
    errors.UnsupportedMedia: 415,
    errors.Locked: 423,
    errors.TooManyRequests: 429,
    errors.OutOfSpace: 507,
    errors.Unavailable: 503,
}


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """One input field and what is wrong with it."""

    field: str
    detail: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457 problem details with a stable `code`; `detail` is a sentence to show to people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] = []
    retry_after: int | None = None


def problem_of(error: errors.ClipsetError) -> Problem:
    """The problem details of an expected failure."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    fields = [FieldError(field=error.field, detail=error.sentence)] if error.field else []
    retry_after = error.retry_after_s if isinstance(error, errors.TooManyRequests) else None
    return make(status, error.sentence, error.code, fields, retry_after)


def make(
    status: int,
    detail: str,
    code: str,
    fields: list[FieldError] | None = None,
    retry_after: int | None = None,
) -> Problem:
    """Problem details; the title is the status's own phrase."""
    return Problem(
        type="about:blank",
        title=http.HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        errors=fields or [],
        retry_after=retry_after,
    )


def headers_of(problem: Problem) -> dict[str, str]:
    """The headers a problem is sent with."""
    headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    elif problem.status == 503:
        headers["Retry-After"] = "5"
    if problem.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="clipset"'
    return headers


def send(resp: falcon.Response, problem: Problem) -> None:
    """Answer with `problem`."""
    resp.status = problem.status
    resp.set_headers(headers_of(problem))
    resp.data = msgspec.json.encode(problem)


def register(app: falcon.App[Any, Any]) -> None:
    """Teach `app` how to answer every failure."""
    app.add_error_handler(errors.ClipsetError, _expected)
    app.add_error_handler(falcon.HTTPError, _refused_by_falcon)
    app.add_error_handler(Exception, _bug)


def _expected(
    _req: falcon.Request, resp: falcon.Response, error: errors.ClipsetError, _params: object
) -> None:
    send(resp, problem_of(error))


_FALCON_SENTENCES = {
    404: ("There is nothing at this address.", "not_found"),
    405: ("This address does not take that method.", "method_not_allowed"),
    413: ("The request is too large.", "request_too_large"),
    415: ("Send this as JSON, with Content-Type: application/json.", "unsupported_content_type"),
}


def _refused_by_falcon(
    _req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError, _params: object
) -> None:
    status = error.status_code
    detail, code = _FALCON_SENTENCES.get(
        status, (error.description or error.title or "The request is wrong.", "bad_request")
    )
    send(resp, make(status, detail, code))
    for name, value in dict(error.headers or {}).items():
        resp.set_header(name, value)


def _bug(req: falcon.Request, resp: falcon.Response, error: Exception, _params: object) -> None:
    _log.error("request_failed", method=req.method, path=req.path, exc_info=error)
    send(resp, make(500, "Something went wrong in Clipset itself. The log says more.", "internal_error"))
