"""Serves the document, encoded once."""

from __future__ import annotations

from typing import Any

import falcon
import msgspec

from server.web.operation import Access, Answer, Header, operation
from server.web.polled import send_if_changed


class DescriptionResource:
    def __init__(self, document: dict[str, Any]) -> None:
        self._body = msgspec.json.encode(document)

    @operation(
        Access.ANYONE,
        answer=dict[str, Any],
        gives=(Header("ETag", "Changes with the document."),),
        others=(Answer(304, "It has not changed since."),),
    )
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """This document."""
        send_if_changed(req, resp, self._body, falcon.MEDIA_JSON, cache_control="no-cache")
