"""What pages of other origins may do: those of the setting `cors_origins` all that our own may, the others nothing.

Fetch standard, section 3.2 (the CORS protocol). A page of another site still brings no cookie (SameSite=Lax), only one
of the same host on another port does; programs there send a Bearer token.
"""

from __future__ import annotations

import falcon

_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_READ_HEADERS = (
    *("Authorization", "Content-Type", "Range", "X-Request-Id"),
    *("If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since"),
    *("Tus-Resumable", "Upload-Checksum", "Upload-Length", "Upload-Metadata", "Upload-Offset"),
    "X-HTTP-Method-Override",
)
_GIVEN_HEADERS = (
    *("Accept-Ranges", "Allow", "Content-Disposition", "Content-Range", "ETag", "Location", "Retry-After"),
    *("WWW-Authenticate", "X-Request-Id", "Clipset-Video-Id"),
    *("Tus-Checksum-Algorithm", "Tus-Extension", "Tus-Max-Size", "Tus-Resumable", "Tus-Version"),
    *("Upload-Expires", "Upload-Length", "Upload-Metadata", "Upload-Offset"),
)
_PREFLIGHT_LASTS_S = 7200
"""What Chromium keeps a preflight's answer for at most."""


class Cors:
    """Knows the other origins. Falcon middleware, and what the listener asks for headers of each answer."""

    def __init__(self, origins: tuple[str, ...]) -> None:
        self._origins = {origin.lower().rstrip("/") for origin in origins}

    def allows(self, origin: str | None) -> bool:
        """Whether pages of this origin may call the API. Browsers write origins in lower case."""
        return origin in self._origins

    def headers_for(self, origin: str | None) -> tuple[tuple[str, str], ...]:
        """What every answer to a request from a page of `origin` carries."""
        if not self._origins:
            return ()
        # also for who sends no origin: a cache must not give their answer to a page of another one
        vary = ("Vary", "Origin")
        if origin is None or not self.allows(origin):
            return (vary,)
        return (
            vary,
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Expose-Headers", ", ".join(_GIVEN_HEADERS)),
        )

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Answer a preflight; whether the request itself may be made is decided when it comes."""
        asked = req.get_header("Access-Control-Request-Method")
        if req.method != "OPTIONS" or asked is None or not self.allows(req.get_header("Origin")):
            return
        resp.status = 204
        resp.set_headers(
            {
                "Access-Control-Allow-Methods": _METHODS,
                "Access-Control-Allow-Headers": ", ".join(_READ_HEADERS),
                "Access-Control-Max-Age": str(_PREFLIGHT_LASTS_S),
            }
        )
        resp.complete = True
