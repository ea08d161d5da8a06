"""One line for each answer. Holds no token: neither query nor headers, and of a path only what cannot be one."""

from __future__ import annotations

import re

import structlog

from server.web.listener import Answered

_log = structlog.get_logger(__name__)

_TEXT = re.compile(r"\{\w+\}")
"""A part of a route that may be any text, a token among them; ids have a converter (`{video_id:uuid}`)."""


def write(answer: Answered) -> None:
    """Log an answer: what was changed or refused as information, the rest for who looks for a fault."""
    routine = answer.status < 400 and answer.method in {"GET", "HEAD", "OPTIONS"}
    (_log.debug if routine else _log.info)(
        "answered",
        method=answer.method,
        path=shown_path(answer),
        status=answer.status,
        duration_ms=round(answer.duration_s * 1000, 1),
        client=answer.client_address,
    )


def shown_path(answer: Answered) -> str:
    """The path where it holds ids at most, else the route, else its first part: `/join/…` ends in an invitation."""
    if answer.route is None:
        first, *rest = answer.path.strip("/").split("/")
        return f"/{first[:40]}/…" if rest else f"/{first[:40]}"
    return answer.route if _TEXT.search(answer.route) else answer.path
