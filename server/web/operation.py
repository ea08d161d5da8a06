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
    VIEWER = "viewer"
    """Members, and who holds a link to the video of the address (`?link=TOKEN`)."""
    MEMBER = "member"
    ADMIN = "admin"


class Header(msgspec.Struct, frozen=True):
    """A header that an operation reads or gives; `value` is a msgspec type."""

    name: str
    description: str
    value: Any = str
    required: bool = False


class File(msgspec.Struct, frozen=True):
    """An answer that is a file of this type, with byte ranges and conditions (RFC 9110 sections 13 and 14)."""

    media_type: str


class Text(msgspec.Struct, frozen=True):
    """An answer that is a text of this type."""

    media_type: str


class Received(msgspec.Struct, frozen=True):
    """A body that the listener has put into a file before the responder runs; `shape` is None for bare bytes."""

    media_type: str
    shape: Any = None
    required: bool = True


class Answer(msgspec.Struct, frozen=True):
    """An answer that is neither the usual one nor a problem."""

    status: int
    description: str
    shape: Any = None


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """A responder's declaration.

    `body` and `query` are msgspec types, decoded before the responder runs. `answer` is the type of a 2xx body, a
    `File`, a `Text`, or None. `problems` are the statuses of its own failures, besides those that its shapes and
    rights entail. `with_token` lets a monitoring program's token (`CLIPSET_METRICS_TOKEN`) do as well.
    """

    summary: str
    access: Access
    body: Any = None
    query: Any = None
    answer: Any = None
    status: int = 200
    problems: tuple[int, ...] = ()
    received: Received | None = None
    reads: tuple[Header, ...] = ()
    gives: tuple[Header, ...] = ()
    others: tuple[Answer, ...] = ()
    with_token: bool = False


_Responder = TypeVar("_Responder", bound=Callable[..., None])


def operation(
    access: Access,
    *,
    body: Any = None,
    query: Any = None,
    answer: Any = None,
    status: int = 200,
    problems: tuple[int, ...] = (),
    received: Received | None = None,
    reads: tuple[Header, ...] = (),
    gives: tuple[Header, ...] = (),
    others: tuple[Answer, ...] = (),
    with_token: bool = False,
) -> Callable[[_Responder], _Responder]:
    """Declare a responder; its docstring's first line becomes the summary."""

    def declare(responder: _Responder) -> _Responder:
        summary = (responder.__doc__ or "").strip().partition("\n")[0]
        declared = Operation(
            summary=summary,
            access=access,
            body=body,
            query=query,
            answer=answer,
            status=status,
            problems=problems,
            received=received,
            reads=reads,
            gives=gives,
            others=others,
            with_token=with_token,
        )
        responder.operation = declared  # type: ignore[attr-defined]  # how decorators annotate functions
        return responder

    return declare


def operation_of(resource: object, method: str) -> Operation | None:
    """The declaration of `resource`'s responder for an HTTP method."""
    return getattr(getattr(resource, f"on_{method.lower()}", None), "operation", None)


def methods_of(resource: object) -> list[str]:
    """The HTTP methods that `resource` has responders for, in upper case."""
    return [name.removeprefix("on_").upper() for name in dir(resource) if name.startswith("on_")]
