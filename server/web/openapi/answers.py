"""What each operation can answer: its own shapes, and every problem that its shapes and rights entail."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from server.web import problems
from server.web.openapi.schemas import Schemas
from server.web.operation import Access, File, Header, Operation, Text

JSON = "application/json"

_PROBLEMS = {
    400: "The request cannot be read.",
    401: "Nobody is signed in, the session or the link has ended, or name or password are wrong.",
    403: "This is not the caller's to do, or the request comes from a page of another site.",
    404: "There is no such thing, or none the caller may know of.",
    409: "It clashes with what is already there.",
    410: "It was there and has expired.",
    412: "A condition of the request does not hold.",
    413: "More bytes than are taken here, or than the caller has left this week.",
    415: "The body is of a type that is not taken here.",
    416: "The file has none of the bytes that were asked for.",
    422: "The request is understood and cannot be carried out as it stands; `errors` names the fields.",
    423: "Another request is writing the same upload just now.",
    429: "Asked too often; `Retry-After` says when to come back.",
    460: "The bytes do not match their checksum (tus 1.0.0).",
    503: "It will work again shortly; `Retry-After` says when to come back.",
    507: "The server's disk is full.",
}
_EVERY = (400, 403, 503)
_FILE = (412, 416)
_BODY = (400, 413, 415, 422)
_RETRY_AFTER = Header("Retry-After", "Seconds to wait.", int)
_CHALLENGE = Header("WWW-Authenticate", "How to sign in (RFC 9110 section 11.6.1).")
_FILE_HEADERS = (
    Header("ETag", "Changes with every byte of the file."),
    Header("Last-Modified", "When the file was made."),
    Header("Accept-Ranges", "`bytes`."),
)
_CONTENT_RANGE = Header("Content-Range", "Which bytes these are, and of how many.")

HEADERS = (_RETRY_AFTER, _CHALLENGE, *_FILE_HEADERS, _CONTENT_RANGE)
"""Whose shapes the schemas must know."""


def answers_of(operation: Operation, method: str, *, has_place: bool, schemas: Schemas) -> dict[str, Any]:
    """The `responses` of an operation; `has_place` when its address names a thing that may not be there."""
    writer = _Writer(schemas, bodiless=method == "HEAD")
    written: dict[int, Any] = {operation.status: writer.usual(operation)}
    if isinstance(operation.answer, File):
        written |= writer.of_file(operation.answer, method)
    for other in operation.others:
        written[other.status] = writer.response(other.description, other.shape)
    for status in _problems_of(operation, method, has_place=has_place):
        written.setdefault(
            status, {"$ref": f"#/components/responses/{problem_name(status, bodiless=writer.bodiless)}"}
        )
    return {str(status): written[status] for status in sorted(written)}


def problem_responses(schemas: Schemas) -> dict[str, Any]:
    """Every problem by its name, for `components`; to HEAD they are answered without their body."""
    return {
        problem_name(status, bodiless=bodiless): _problem(status, _Writer(schemas, bodiless=bodiless))
        for bodiless in (False, True)
        for status in _PROBLEMS
    }


def problem_name(status: int, *, bodiless: bool) -> str:
    """`NotFound` for 404; `NotFoundHead` without a body."""
    title = "Checksum Mismatch" if status == 460 else HTTPStatus(status).phrase
    return re.sub(r"\W", "", title.title()) + ("Head" if bodiless else "")


def _problems_of(operation: Operation, method: str, *, has_place: bool) -> set[int]:
    found = {*_EVERY, *operation.problems}
    if operation.access is not Access.ANYONE:
        found.add(401)
    if operation.access is Access.VIEWER:
        found.add(429)
    if has_place:
        found.add(404)
    if operation.query is not None:
        found.add(422)
    if operation.body is not None or operation.received is not None:
        found.update(_BODY)
    if isinstance(operation.answer, File):
        found.update(_FILE if method == "GET" else {412})
    if method in {"POST", "PUT", "PATCH", "DELETE"}:
        found.add(507)
    return found


def _problem(status: int, writer: _Writer) -> dict[str, Any]:
    headers = {401: (_CHALLENGE,), 416: (_CONTENT_RANGE,), 429: (_RETRY_AFTER,), 503: (_RETRY_AFTER,)}
    return writer.response(
        _PROBLEMS[status], problems.Problem, headers.get(status, ()), media_type=problems.CONTENT_TYPE
    )


class _Writer:
    """Writes responses; without their content for HEAD."""

    def __init__(self, schemas: Schemas, *, bodiless: bool) -> None:
        self._schemas = schemas
        self.bodiless = bodiless

    def usual(self, operation: Operation) -> dict[str, Any]:
        """The answer when all went well."""
        description = HTTPStatus(operation.status).phrase
        if isinstance(operation.answer, File):
            response = self.response(description, None, (*_FILE_HEADERS, *operation.gives))
            return self._with_content(response, operation.answer.media_type, {})
        if isinstance(operation.answer, Text):
            response = self.response(description, None, operation.gives)
            return self._with_content(response, operation.answer.media_type, {"schema": {"type": "string"}})
        return self.response(description, operation.answer, operation.gives)

    def of_file(self, file: File, method: str) -> dict[int, Any]:
        """The other good answers about a file."""
        written = {304: self.response("It has not changed since.", None, _FILE_HEADERS)}
        if method == "GET":
            part = self.response("The bytes that were asked for.", None, (*_FILE_HEADERS, _CONTENT_RANGE))
            part["content"] = {file.media_type: {}, "multipart/byteranges": {}}
            written[206] = part
        return written

    def response(
        self, description: str, shape: Any, headers: tuple[Header, ...] = (), *, media_type: str = JSON
    ) -> dict[str, Any]:
        """A response whose content, if any, is of a msgspec shape."""
        written: dict[str, Any] = {"description": description}
        if headers:
            written["headers"] = {
                header.name: {"description": header.description, "schema": self._schemas.of(header.value)}
                for header in headers
            }
        if shape is None:
            return written
        return self._with_content(written, media_type, {"schema": self._schemas.of(shape)})

    def _with_content(
        self, response: dict[str, Any], media_type: str, content: dict[str, Any]
    ) -> dict[str, Any]:
        return response if self.bodiless else {**response, "content": {media_type: content}}
