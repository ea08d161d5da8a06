"""Who sent a request: a Bearer token, the browser's session cookie, or a link's token in the address."""

from __future__ import annotations

import falcon

from server.errors import NotSignedIn
from server.services.sessions import Sessions
from server.values.accounts import Caller, Client, SignedIn

COOKIE = "clipset_session"
LINK = "link"
"""The query's field with a link's token."""


def authenticate(sessions: Sessions, authorization: str | None, cookie_header: str | None) -> Caller:
    """The caller that the headers prove. Raises `NotSignedIn`. Any thread but the I/O thread: it asks the database."""
    token = _bearer(authorization) or _cookie(cookie_header)
    if not token:
        raise NotSignedIn("Please sign in.")
    return sessions.authenticate(token)


def link_token(req: falcon.Request) -> str:
    """The link's token in a request's address; empty without one."""
    given = req.params.get(LINK, "")
    return given[-1] if isinstance(given, list) else given


def client_of(req: falcon.Request) -> Client:
    """The device a request came from."""
    return Client(address=req.remote_addr, user_agent=req.user_agent or "")


def set_cookie(resp: falcon.Response, signed_in: SignedIn, *, secure: bool) -> None:
    """Give the browser its session: unreadable for scripts, not sent along from other sites."""
    resp.set_cookie(
        COOKIE,
        signed_in.access_token,
        max_age=signed_in.expires_in_s,
        path="/",
        secure=secure,
        http_only=True,
        same_site="Lax",
    )


def clear_cookie(resp: falcon.Response) -> None:
    """Take the browser's session back."""
    resp.unset_cookie(COOKIE, path="/", same_site="Lax")


def _bearer(header: str | None) -> str | None:
    scheme, _, token = (header or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _cookie(header: str | None) -> str | None:
    """Our cookie's value, whatever the others are.

    Browsers send the cookies of every program on the same host, whose ports they ignore (RFC 6265, section 8.5), and
    those need not be well-formed: `http.cookies` raises for some of them and drops ours after others.
    """
    for pair in (header or "").split(";"):
        name, _, value = pair.partition("=")
        if name.strip() == COOKIE:
            return value.strip().strip('"')
    return None
