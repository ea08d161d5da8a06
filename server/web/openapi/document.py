"""The OpenAPI 3.1.1 document: one operation for each responder of each route, from its declaration alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from server.web import problems
from server.web.identity import COOKIE, LINK
from server.web.openapi.answers import HEADERS, JSON, answers_of, problem_responses
from server.web.openapi.schemas import Schema, Schemas
from server.web.operation import Access, File, Operation, Text, methods_of, operation_of

_PARAMETER = re.compile(r"\{(\w+)(?::(\w+)(?:\([^)]*\))?)?\}")
_CONVERTERS: dict[str | None, Schema] = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
}
"""What Falcon's converters take; the others take any text."""

_TAGS = {
    "server": "Whether the server is well, and what may be known before anybody has signed in.",
    "setup": "The first admin.",
    "auth": "Getting in, one's own account, and its sessions.",
    "invitations": "How people are let in.",
    "users": "The people.",
    "categories": "The shelves of the library.",
    "videos": "The library: find, watch, edit, delete.",
    "positions": "Where one stopped watching.",
    "shared": "A video for who holds a link to it.",
    "uploads": "Uploads that survive a lost connection (tus 1.0.0), and the verdict before a byte is sent.",
    "admin": "Settings, figures and the queue.",
}
_INTRODUCTION = """\
Everything the web pages do goes through this API, and other programs may use it as well.

Sign in with `POST /api/auth/login` and send the `access_token` as `Authorization: Bearer …`; a browser carries the
cookie that the same answer sets. Rights are asked of the database on every request.

Failures are problem details (RFC 9457) with a stable `code` for programs and a `detail` for people. Lists take `page`
and `page_size` and answer `items`, `total`, `page`, `page_size` and `total_pages`. Times are ISO 8601 with their
zone, sizes are bytes, durations seconds. Every answer has an `X-Request-Id`, which the server's log has, too.
"""
_SECURITY_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The `access_token` of a sign-in.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The browser's session, set by a sign-in.",
    },
    "link": {
        "type": "apiKey",
        "in": "query",
        "name": LINK,
        "description": "The token of a link to this one video, for who has no account.",
    },
    "monitoring": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token that is set as `CLIPSET_METRICS_TOKEN`.",
    },
}


class _Route(NamedTuple):
    path: str
    method: str
    operation: Operation


def describe(routes: Mapping[str, object], *, version: str) -> dict[str, Any]:
    """The document for `routes`: addresses as Falcon takes them, and their resources (or the classes of those)."""
    found = list(_operations(routes))
    schemas = Schemas(_shapes(found))
    queries = {route.operation.query for route in found if route.operation.query is not None}
    paths: dict[str, dict[str, Any]] = {}
    for route in found:
        item = paths.setdefault(_PARAMETER.sub(r"{\1}", route.path), {})
        item[route.method.lower()] = _operation(route, schemas)
    used = {_tag(route.path) for route in found}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Clipset",
            "version": version,
            "summary": "A private video server.",
            "description": _INTRODUCTION,
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": name, "description": _TAGS[name]} if name in _TAGS else {"name": name}
            for name in sorted(used, key=lambda tag: list(_TAGS).index(tag) if tag in _TAGS else len(_TAGS))
        ],
        "paths": paths,
        "components": {
            "schemas": schemas.components(without=queries),
            "responses": problem_responses(schemas),
            "securitySchemes": _SECURITY_SCHEMES,
        },
    }


def _operations(routes: Mapping[str, object]) -> Iterator[_Route]:
    for path, resource in routes.items():
        for method in methods_of(resource):
            declared = operation_of(resource, method)
            if declared is not None:
                yield _Route(path, method, declared)


def _shapes(found: list[_Route]) -> Iterator[Any]:
    """Every msgspec type that the operations mention."""
    yield problems.Problem
    for header in HEADERS:
        yield header.value
    for route in found:
        declared = route.operation
        received = declared.received.shape if declared.received else None
        answer = None if isinstance(declared.answer, File | Text) else declared.answer
        others = (other.shape for other in declared.others)
        headers = (header.value for header in (*declared.reads, *declared.gives))
        yield from (
            shape for shape in (declared.body, declared.query, received, answer, *others, *headers) if shape
        )


def _operation(route: _Route, schemas: Schemas) -> dict[str, Any]:
    declared = route.operation
    places = _PARAMETER.findall(route.path)
    written: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": declared.summary,
        "tags": [_tag(route.path)],
        "x-access": declared.access.value,
        "security": _security(declared),
        "responses": answers_of(declared, route.method, has_place=bool(places), schemas=schemas),
    }
    parameters = [
        *(_parameter("path", name, _CONVERTERS.get(kind, {"type": "string"}), True) for name, kind in places),
        *(
            _parameter("query", *field)
            for field in (schemas.fields(declared.query) if declared.query else ())
        ),
        *(
            _parameter("header", each.name, schemas.of(each.value), each.required, each.description)
            for each in declared.reads
        ),
    ]
    if parameters:
        written["parameters"] = parameters
    if declared.body is not None:
        written["requestBody"] = {"required": True, "content": {JSON: {"schema": schemas.of(declared.body)}}}
    if declared.received is not None:
        shape = declared.received.shape
        written["requestBody"] = {
            "required": declared.received.required,
            "content": {declared.received.media_type: {"schema": schemas.of(shape)} if shape else {}},
        }
    return written


def _parameter(
    place: str, name: str, schema: Schema, required: bool, description: str = ""
) -> dict[str, Any]:
    written = {"name": name, "in": place, "required": required, "schema": schema}
    return {**written, "description": description} if description else written


def _security(declared: Operation) -> list[dict[str, Any]]:
    if declared.access is Access.ANYONE:
        return []
    names = ["bearer", "cookie"]
    if declared.access is Access.VIEWER:
        names.append("link")
    if declared.with_token:
        names.append("monitoring")
    return [{name: []} for name in names]


def _operation_id(route: _Route) -> str:
    """`get_videos_video_id_stream`: stable, and a name in any language."""
    return f"{route.method.lower()}_{'_'.join(re.findall(r'[a-z0-9_]+', _template(route.path)))}"


def _template(path: str) -> str:
    return _PARAMETER.sub(r"\1", path.removeprefix("/api")).replace(".", "_").replace("-", "_").lower()


def _tag(path: str) -> str:
    segments = path.strip("/").split("/")
    return segments[1] if segments[0] == "api" and segments[1] in _TAGS else "server"
