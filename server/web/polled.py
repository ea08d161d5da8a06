"""Answers that are asked for again and again: sent only when they have changed since."""

from __future__ import annotations

import hashlib

import falcon


def send_if_changed(
    req: falcon.Request, resp: falcon.Response, body: bytes, media_type: str, *, cache_control: str
) -> None:
    """Answer with `body`, or with 304 for who has it already (RFC 9110 section 13.1.2). `body` is its own ETag."""
    etag = hashlib.sha256(body).hexdigest()[:16]
    resp.etag = etag
    resp.set_header("Cache-Control", cache_control)
    if {etag, "*"}.intersection(req.if_none_match or ()):
        resp.status = 304
        return
    resp.content_type = media_type
    resp.data = body
