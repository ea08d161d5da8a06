"""Serves the document, encoded once."""

from __future__ import annotations

import hashlib
from typing import Any

import falcon
import msgspec

from server.web.operation import Access, Answer, Header, operation


class DescriptionResource:
    def __init__(self, document: dict[str, Any]) -> None:
        self._body = msgspec.json.encode(document)
        self._etag = hashlib.sha256(self._body).hexdigest()[:16]

    @operation(
        Access.ANYONE,
        answer=dict[str, Any],
        gives=(Header("ETag", "Changes with the document."),),
        others=(Answer(304, "It has not changed since."),),
    )
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """This document."""
        resp.etag = self._etag
        resp.set_header("Cache-Control", "no-cache")
        if {self._etag, "*"}.intersection(req.if_none_match or ()):
            resp.status = 304
            return
        resp.content_type = falcon.MEDIA_JSON
        resp.data = self._body
