"""What the listener and the application say to each other about request bodies. Values and protocols, no I/O.

The listener asks before it reads a body; the application answers from the headers alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Headers(Mapping[str, str]):
    """Request headers; names in any case.

    A header that was sent several times is one value, joined by commas.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {_canonical(name): value for name, value in values.items()}

    def __getitem__(self, name: str) -> str:
        return self._values[_canonical(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({', '.join(self._values)})"  # names alone: a log must not hold credentials


def _canonical(name: str) -> str:
    return name.upper().replace("_", "-")


@dataclass(frozen=True, slots=True)
class RequestHead:
    """A request whose headers have arrived and whose body has not been read.

    `path` is decoded the way the application will see it, `query` is raw, `content_length` is in bytes and
    None when the body comes in chunks.
    """

    method: str
    path: str
    query: str
    headers: Headers
    content_length: int | None
    client_address: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer given without reading the body. The connection is closed after it."""

    status: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Buffered:
    """Read the body into memory, at most `max_bytes`; more is answered with 413."""

    max_bytes: int


class Sink(Protocol):
    """Where a streamed body goes. Called from writer threads, one call at a time, in the order of arrival.

    `write` is called with every byte that arrived, also with those that came just before a cut. Then exactly
    one of `complete` and `abort` is called, once. When `write` raises, the rest of the body is not read,
    `abort` follows, and the request is answered with the exception's refusal (`BodyRefused`) or by the
    application, which finds the exception as `environ["clipset.sink_failure"]` and no sink. When `complete`
    raises, that is answered the same way and `abort` does not follow.
    """

    def write(self, data: bytes, /) -> object:
        """Take the next bytes. May block: it holds up this upload alone."""

    def complete(self) -> None:
        """The body has arrived whole. The application runs after this, with `environ["clipset.sink"]`."""

    def abort(self) -> None:
        """No more will come: the connection was cut, the client fell silent, the server stops, or `write` raised."""


@dataclass(frozen=True, slots=True)
class Streamed:
    """Hand the body to `sink` as it arrives, in pieces of at most 256 KiB, until one of `owners` is cut off."""

    sink: Sink = field(repr=False)
    owners: frozenset[Hashable] = frozenset()


Verdict = Refusal | Buffered | Streamed


class Admission(Protocol):
    """The application's say about request bodies."""

    def admit(self, head: RequestHead, /) -> Verdict:
        """Decide about a body from the headers. Worker thread; nothing of the body has been read.

        Called once for each request that announces a body. An exception is logged and answered with 500.
        """


class BodyRefused(Exception):
    """Raised by a sink to answer the request with `refusal` instead of running the application."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.status)
        self.refusal = refusal
