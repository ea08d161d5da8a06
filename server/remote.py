"""Asks the running server of this machine over HTTP, as the command line does for what only that server can do."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from typing import Any
from uuid import UUID

import msgspec

from server.errors import ClipsetError, Conflict, NotFound, Unavailable
from server.local_access import Running

_TIMEOUT_S = 30
_FAILURES: dict[int, type[ClipsetError]] = {404: NotFound, 409: Conflict}


class RemoteServer:
    """Speaks the public API with the token of the data folder."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def get(self, path: str) -> Any:
        """The JSON at a path. Raises `ClipsetError`."""
        return self._ask("GET", path)

    def post(self, path: str, body: object = None) -> Any:
        """The JSON that a POST answers. Raises `ClipsetError`."""
        return self._ask("POST", path, body)

    def patch(self, path: str, body: object) -> Any:
        """The JSON that a PATCH answers. Raises `ClipsetError`."""
        return self._ask("PATCH", path, body)

    def delete(self, path: str) -> None:
        """Delete what is at a path. Raises `ClipsetError`."""
        self._ask("DELETE", path)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310  our own server's address
            self._running.local_address + path,
            method=method,
            data=None if body is None else msgspec.json.encode(body),
            headers={
                "Authorization": f"Bearer {self._running.token}",
                "Content-Type": "application/json",
            },
        )
        # the environment's proxies are not for this machine's own server
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), *self._trusting())
        try:
            with opener.open(request, timeout=_TIMEOUT_S) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise _failure(error) from None
        except OSError as error:
            raise Unavailable(
                f"The running Clipset does not answer ({error}). Try again in a moment."
            ) from error
        return msgspec.json.decode(content) if content else None

    def _trusting(self) -> list[urllib.request.HTTPSHandler]:
        """What trusts the server's own authority, and no other."""
        authority = self._running.authority_path
        if not authority:
            return []
        return [urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=authority))]


class RemoteQueue:
    """The queue of the running server."""

    def __init__(self, server: RemoteServer) -> None:
        self._server = server

    def list(self) -> list[dict[str, Any]]:
        """All jobs, as the API shows them."""
        items: list[dict[str, Any]] = []
        number = 1
        while True:
            page = self._server.get(f"/api/admin/jobs?page={number}&page_size=100")
            items += page["items"]
            if number >= page["total_pages"]:
                return items
            number += 1

    def act(self, job_id: UUID, what: str) -> dict[str, Any]:
        """`cancel`, `retry`, `pause`, `resume` or `next`. Raises `NotFound`, `Conflict`."""
        if what == "next":
            job = self._server.post(f"/api/admin/jobs/{job_id}/move", {"to": "next"})
        else:
            job = self._server.post(f"/api/admin/jobs/{job_id}/{what}")
        row: dict[str, Any] = job
        return row


def _failure(error: urllib.error.HTTPError) -> ClipsetError:
    """A problem document (RFC 9457) as the error it was made of."""
    try:
        sentence = str(msgspec.json.decode(error.read())["detail"])
    except (msgspec.DecodeError, KeyError, TypeError, OSError):
        sentence = f"The running Clipset refused this ({error.code})."
    return _FAILURES.get(error.code, Unavailable)(sentence)
