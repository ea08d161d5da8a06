"""What a responder declares about itself: who may call it, and the shapes it takes and gives.

One decorator states it; the middleware enforces it, the OpenAPI document is generated from it, and a responder without
it is refused when the application is put together.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

import msgspec


class Access(Enum):
    """Who may call an operation."""

    ANYONE = "anyone"
    MEMBER = "member"
    ADMIN = "admin"


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """A responder's declaration. `body` and `query` are msgspec types, `answer` the type of a 2xx body, if any."""

    summary: str
    access: Access
    body: Any = None
    query: Any = None
    answer: Any = None
    status: int = 200


_Responder = TypeVar("_Responder", bound=Callable[..., None])


def operation(
    access: Access, *, body: Any = None, query: Any = None, answer: Any = None, status: int = 200
) -> Callable[[_Responder], _Responder]:
    """Declare a responder; its docstring's first line becomes the summary."""

    def declare(responder: _Responder) -> _Responder:
        summary = (responder.__doc__ or "").strip().partition("\n")[0]
        declared = Operation(
            summary=summary, access=access, body=body, query=query, answer=answer, status=status
        )
        responder.operation = declared  # type: ignore[attr-defined]  # how decorators annotate functions
        return responder

    return declare


def operation_of(resource: object, method: str) -> Operation | None:
    """The declaration of `resource`'s responder for an HTTP method."""
    return getattr(getattr(resource, f"on_{method.lower()}", None), "operation", None)
