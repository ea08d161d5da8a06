"""Serves the built web client: hashed assets that never change, and one page for every address people open.

Beside most files lies a gzipped twin, made with the client, for whoever can read it.
"""

from __future__ import annotations

from pathlib import Path

import falcon

from server.errors import NotFound
from server.values.videos import MediaFile
from server.web import problems
from server.web.media_files import send_file
from server.web.negotiation import by_preference

#: Our own table: Windows lets programs change what the registry says about `.js`.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_NOT_BUILT = "The web client has not been built. Start Clipset with: python3 tasks.py run"


class ClientFiles:
    """A sink for every address that no route takes. Names are looked up in a list made at the start, never joined."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            f"/{path.relative_to(folder).as_posix()}": path
            for path in folder.rglob("*")
            if path.is_file() and path.suffix in _TYPES
        }
        twins = {path: path.with_name(f"{path.name}.gz") for path in self._files.values()}
        self._gzipped = {path: twin for path, twin in twins.items() if twin.is_file()}

    def serve(self, req: falcon.Request, resp: falcon.Response, **_params: object) -> None:
        """Answer GET and HEAD with a file, or with the page, whose script then reads the address."""
        if req.path.startswith(("/api/", "/assets/")) and req.path not in self._files:
            raise NotFound("There is nothing at this address.")
        if req.method not in {"GET", "HEAD"}:
            problems.send(
                resp, problems.make(405, "This address does not take that method.", "method_not_allowed")
            )
            resp.set_header("Allow", "GET, HEAD")
            return
        path = self._files.get(req.path) or self._files.get("/index.html")
        if path is None:
            raise NotFound(_NOT_BUILT)
        hashed = req.path.startswith("/assets/")
        twin = self._gzipped.get(path)
        takes_gzip = "gzip" in by_preference(req.get_header("Accept-Encoding", default=""))
        sent = twin if twin and takes_gzip else path
        file = MediaFile(
            path=str(sent), content_type=_TYPES[path.suffix], version="client", download_name=path.name
        )
        send_file(
            req, resp, file, cache_control="public, max-age=31536000, immutable" if hashed else "no-cache"
        )
        if twin:
            resp.append_header("Vary", "Accept-Encoding")
        if sent is twin and resp.status_code in {200, 206}:  # a refusal is JSON as it is
            resp.set_header("Content-Encoding", "gzip")
