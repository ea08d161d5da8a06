"""What the listener tells about each answer, just before it leaves. A value, no I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to a request, by the application or by the listener itself.

    `path` is as it was sent, without the query, and may hold secrets; `route` is the application's template for it
    (`environ["clipset.route"]`), None where it has none. `duration_s` is from when a worker took the request up until
    the head of the answer was ready; sending takes as long as the client does.
    """

    request_id: str
    method: str
    path: str
    route: str | None
    status: int
    duration_s: float
    client_address: str


OnAnswer = Callable[[Answered], None]
"""Called on worker threads, with the request's id in structlog's context."""

HeadersFor = Callable[[str | None], tuple[tuple[str, str], ...]]
"""What every answer carries besides its own headers, by the request's `Origin`. Worker threads."""
