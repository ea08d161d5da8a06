"""What every request passes: the Host and Origin checks, who is asking, what may be asked, and the body's shape."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import falcon
import msgspec

from server.errors import NotAllowed
from server.services.endings import Endings
from server.services.links import Links
from server.services.sessions import Sessions
from server.values.accounts import HOST, Caller
from server.web import identity
from server.web.cors import Cors
from server.web.misfits import misfit
from server.web.operation import Access, operation_of

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HOST = re.compile(r"(?P<name>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?\])(?::[0-9]{0,5})?")
"""A name or an address, and a port: RFC 9110, section 7.2. The addresses that we give out begin with it."""
#: So many Host headers are known again; a server is opened by a few names.
_NAMES_MAX = 128
SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            "style-src-attr 'none'",
            "img-src 'self' blob: data:",
            "media-src 'self' blob:",
            "connect-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


class SecurityHeaders:
    """Puts the security headers on every response, errors included."""

    def process_response(
        self, _req: falcon.Request, resp: falcon.Response, _resource: object, _ok: bool
    ) -> None:
        for name, value in SECURITY_HEADERS.items():
            resp.set_header(name, value)


class SameSite:
    """Refuses names that are not ours (DNS rebinding) and writes that come from another site's page."""

    def __init__(self, allowed_hosts: tuple[str, ...], cors: Cors) -> None:
        own = socket.gethostname().lower()
        self._hosts = {"localhost", own, *(host.lower() for host in allowed_hosts)}
        self._cors = cors
        self._is_ours = lru_cache(_NAMES_MAX)(self._names_us)

    def process_request(self, req: falcon.Request, _resp: falcon.Response) -> None:
        self.check(req.method, req.get_header("Host") or req.netloc, req.get_header("Origin"))

    def check(self, method: str, host_header: str, origin: str | None) -> None:
        """Raise `NotAllowed` for a foreign name, or for a write that a page of another site sends."""
        if not self._is_ours(host_header):
            raise NotAllowed(
                "This name is not one of this server's. Open it by its address.", code="wrong_host"
            )
        if method in _SAFE or origin is None or self._cors.allows(origin):
            return
        if origin.lower().partition("://")[2] != host_header.lower():
            raise NotAllowed("This request comes from a page of another site.", code="wrong_origin")

    def _names_us(self, host_header: str) -> bool:
        name = _host_name(host_header).lower().rstrip(".").strip("[]")
        if name in self._hosts or name.endswith(".local"):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def _host_name(host_header: str) -> str:
    """The name in a Host header, without its port; empty for what is no host."""
    found = _HOST.fullmatch(host_header)
    return found["name"] if found else ""


class Declared:
    """Enforces what a responder declares (`server.web.operation`): the caller's rights, the query's and body's shapes.

    Leaves `req.context.caller`, `.query` and `.body` for the responder.
    """

    def __init__(
        self,
        sessions: Sessions,
        links: Links,
        endings: Endings,
        *,
        admits_monitoring: Callable[[str | None], bool],
        admits_host: Callable[[str | None], bool],
    ) -> None:
        self._sessions = sessions
        self._links = links
        self._endings = endings
        self._admits_host = admits_host
        self._admits_monitoring = admits_monitoring

    def process_resource(
        self, req: falcon.Request, _resp: falcon.Response, resource: object, params: dict[str, Any]
    ) -> None:
        req.env["clipset.route"] = req.uri_template
        declared = operation_of(resource, req.method)
        if declared is None:
            return
        if (failure := req.env.get("clipset.sink_failure")) is not None:
            raise failure  # a bug of ours while the body came in: the responder must not act as if there was none
        monitored = declared.with_token and self._admits_monitoring(req.auth)
        if declared.access is Access.ADMIN and self._admits_host(req.auth):
            req.context.caller = HOST
        elif declared.access is not Access.ANYONE and not monitored:
            caller = self._caller(req, declared.access, params)
            req.context.caller = caller
            req.env["clipset.owners"] = self._endings.owners(caller, params.get("video_id"))
        if declared.query is not None:
            req.context.query = _convert(
                declared.query, {key: _last(value) for key, value in req.params.items()}
            )
        if declared.body is not None:
            req.context.body = _decode(declared.body, req)

    def _caller(self, req: falcon.Request, access: Access, params: dict[str, Any]) -> Caller:
        """Who asks, if they may. Of a link and a session the link counts, so that an address means one thing."""
        if access is Access.VIEWER and (token := identity.link_token(req)):
            return self._links.admit(token, params["video_id"], identity.client_of(req))
        caller = identity.authenticate(self._sessions, req.auth, req.get_header("Cookie"))
        if access is Access.ADMIN and not caller.is_admin:
            raise NotAllowed("Only an admin may do that.")
        return caller


def _last(value: str | list[str]) -> str:
    return value[-1] if isinstance(value, list) else value


def _convert(shape: Any, values: dict[str, str]) -> Any:
    try:
        return msgspec.convert(values, shape, strict=False)
    except msgspec.ValidationError as error:
        raise misfit(error, shape) from None


def _decode(shape: Any, req: falcon.Request) -> Any:
    if (req.content_type or "").partition(";")[0].strip().lower() != "application/json":
        raise falcon.HTTPUnsupportedMediaType(description="Send the body as application/json.")
    try:
        return msgspec.json.decode(req.bounded_stream.read(), type=shape)
    except msgspec.ValidationError as error:
        raise misfit(error, shape) from None
    except UnicodeDecodeError:
        raise falcon.HTTPBadRequest(description="The body is no valid JSON: it is not UTF-8.") from None
    except msgspec.DecodeError as error:
        raise falcon.HTTPBadRequest(description=f"The body is no valid JSON: {error}.") from None
