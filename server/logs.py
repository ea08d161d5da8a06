"""Structured logs: readable on a terminal, JSON lines in a rotating file in the data folder."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from pathlib import Path

import structlog

_FILE_BYTES = 5 * 1024**2
_FILES = 5
#: What libraries tell only from this level on.
_QUIETER = {
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "wakepy": logging.WARNING,
    "waitress.queue": logging.ERROR,  # it warns of every request that has to wait for a worker
}
_OF_MANY_LINES = frozenset({"exception", "stack"})


def set_up(folder: Path | None, also: logging.Handler | None = None, *, least: int = logging.INFO) -> None:
    """Route every log of the program to standard error, with a folder to `clipset.log` in it, and to `also`.

    What is below the level `least` is left out.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    console = logging.StreamHandler(sys.stderr)
    console.setFormatter(
        _formatter(
            shared,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                # the rich one prints local variables, passwords among them
                exception_formatter=structlog.dev.plain_traceback,
            ),
            _without_controls,
        )
    )
    handlers: list[logging.Handler] = [console]
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        file = _LogFile(folder / "clipset.log", maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8")
        file.setFormatter(
            _formatter(shared, structlog.processors.JSONRenderer(), structlog.processors.format_exc_info)
        )
        handlers.append(file)
    if also is not None:
        handlers.append(also)
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(least)
    for library, from_level in _QUIETER.items():
        logging.getLogger(library).setLevel(from_level)


class _LogFile(logging.handlers.RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the library's name
        """A full disk loses lines of the file; the others say what happens, without forty lines about each of them."""
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)


def _without_controls(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Write out what would steer the terminal: an address that somebody asked for is part of a line."""
    return {
        key: "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in value)
        if isinstance(value, str) and key not in _OF_MANY_LINES
        else value
        for key, value in event.items()
    }


def _formatter(
    shared: list[structlog.typing.Processor], *last: structlog.typing.Processor
) -> structlog.stdlib.ProcessorFormatter:
    renderer, *before = last
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *before, renderer],
    )
