"""What the database refuses, as the failures Clipset expects. All else is a bug and stays one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.errors import ClipsetError, InvalidInput, OutOfSpace, Unavailable

_FULL = OutOfSpace, "The disk with the database is full. Make room, then try again."
_BUSY = Unavailable, "The database is busy. Try again in a moment."
_READ_ONLY = Unavailable, "The database cannot be written. Check the rights of the data folder."
_AWAY = Unavailable, "The database cannot be reached. Try again in a moment."

_SQLITE: dict[str, tuple[type[ClipsetError], str]] = {
    "disk is full": _FULL,
    "disk I/O error": _FULL,
    "locked": _BUSY,
    "busy": _BUSY,
    "readonly": _READ_ONLY,
    "unable to open": _READ_ONLY,
}
"""Parts of SQLite's messages; the module has codes, but SQLAlchemy's other drivers of it do not."""

_POSTGRESQL: dict[str, tuple[type[ClipsetError], str]] = {
    "53100": _FULL,
    "25006": (Unavailable, "The database takes no changes at present. Try again in a moment."),
    # too many connections, a deadlock, a failed serialisation, `lock_timeout`, a cancelled statement
    "53": _BUSY,
    "40": _BUSY,
    "55P03": _BUSY,
    "57014": _BUSY,
    # connections that broke, a server that stops or has only just started, failures of its machine
    "08": _AWAY,
    "57P": _AWAY,
    "58": _AWAY,
}
"""SQLSTATE codes and classes of PostgreSQL, appendix A of its manual; a whole code counts before its class."""


@contextmanager
def plain_failures() -> Iterator[None]:
    """Failures of the machine as sentences; anything else is a bug and goes on as it is."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable(_BUSY[1]) from error
    except DBAPIError as error:
        kind, sentence = _kind_of(error) or (None, "")
        if kind is None:
            raise
        raise kind(sentence) from error


def of_sqlite(message: str) -> ClipsetError | None:
    """What SQLite's message means, None when it is no failure of the machine."""
    return next((kind(sentence) for part, (kind, sentence) in _SQLITE.items() if part in message), None)


def violated_constraint(error: IntegrityError) -> str:
    """The name of the constraint that a row broke: PostgreSQL's own field, or SQLite's message.

    Never PostgreSQL's whole message, which quotes the value, so that a person's name could pass for a column's.
    """
    diagnosis = getattr(error.orig, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or error.orig)


def _kind_of(error: DBAPIError) -> tuple[type[ClipsetError], str] | None:
    if isinstance(error, IntegrityError):
        return None
    if isinstance(error, DataError):
        # what SQLite would keep: a NUL in a text, or a text that is longer than its column
        return (
            InvalidInput,
            "The database cannot keep this text. Shorten it and leave out special characters.",
        )
    operational = type(error.orig).__name__ == "OperationalError"
    if hasattr(error.orig, "sqlstate"):
        code: str | None = getattr(error.orig, "sqlstate", None)
        if code is None:  # never reached the server, or lost it
            return _AWAY if error.connection_invalidated or operational else None
        return next((_POSTGRESQL[part] for part in (code, code[:3], code[:2]) if part in _POSTGRESQL), None)
    if operational:
        found = next((kind for part, kind in _SQLITE.items() if part in str(error.orig)), None)
        if found:
            return found
    return _AWAY if error.connection_invalidated else None
