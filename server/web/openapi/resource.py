"""Serves the document, made and encoded when somebody first asks: it takes 0.1 s, which no start should wait for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import falcon
import msgspec

from server.web.operation import Access, Answer, Header, operation
from server.web.polled import send_if_changed


class DescriptionResource:
    def __init__(self, describe: Callable[[], dict[str, Any]]) -> None:
        self._describe = describe

    @cached_property
    def _body(self) -> bytes:
        return msgspec.json.encode(self._describe())

    @operation(
        Access.ANYONE,
        answer=dict[str, Any],
        gives=(Header("ETag", "Changes with the document."),),
        others=(Answer(304, "It has not changed since."),),
    )
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """This document."""
        send_if_changed(req, resp, self._body, falcon.MEDIA_JSON, cache_control="no-cache")
