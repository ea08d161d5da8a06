"""Getting in, one's own account, and its sessions."""

from __future__ import annotations

from uuid import UUID

import falcon

from server.services.accounts import Accounts
from server.services.password_resets import PasswordResets
from server.services.quota import Quotas
from server.services.sessions import Sessions
from server.services.setup import Setup
from server.values.accounts import Caller, SignedIn
from server.values.uploads import LedgerLine
from server.web import identity, shapes
from server.web.operation import Access, operation


def _signed_in(req: falcon.Request, resp: falcon.Response, signed_in: SignedIn) -> None:
    identity.set_cookie(resp, signed_in, secure=req.scheme == "https")
    resp.set_header("Cache-Control", "no-store")
    resp.media = shapes.SignedInBody.of(signed_in)


class RegisterResource:
    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    @operation(
        Access.ANYONE,
        body=shapes.RegisterBody,
        answer=shapes.SignedInBody,
        status=201,
        problems=(404, 409, 429),
    )
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Join with an invitation."""
        body: shapes.RegisterBody = req.context.body
        signed_in = self._accounts.register(
            body.token, body.email, body.username, body.password, identity.client_of(req)
        )
        resp.status = 201
        _signed_in(req, resp, signed_in)


class LoginResource:
    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    @operation(Access.ANYONE, body=shapes.LoginBody, answer=shapes.SignedInBody, problems=(401, 429))
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Sign in by name or e-mail."""
        body: shapes.LoginBody = req.context.body
        _signed_in(req, resp, self._accounts.sign_in(body.username, body.password, identity.client_of(req)))


class SetupResource:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    @operation(Access.ANYONE, body=shapes.SetupBody, answer=shapes.SignedInBody, status=201, problems=(409,))
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Make the first admin with the token of the one-time set-up address."""
        body: shapes.SetupBody = req.context.body
        signed_in = self._setup.create_admin_with_token(
            body.token, body.email, body.username, body.password, identity.client_of(req)
        )
        resp.status = 201
        _signed_in(req, resp, signed_in)


class PasswordResetResource:
    def __init__(self, resets: PasswordResets) -> None:
        self._resets = resets

    @operation(Access.ANYONE, body=shapes.PasswordResetBody, answer=shapes.SignedInBody, problems=(404, 429))
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Set a new password with the token of an admin's one-time address, and sign in."""
        body: shapes.PasswordResetBody = req.context.body
        _signed_in(req, resp, self._resets.use(body.token, body.password, identity.client_of(req)))


class MeResource:
    def __init__(self, accounts: Accounts, quotas: Quotas) -> None:
        self._accounts = accounts
        self._quotas = quotas

    @operation(Access.MEMBER, answer=shapes.MeBody)
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """One's own account, with the quota used, its limit and the next reset."""
        self._answer(resp, req.context.caller)

    @operation(Access.MEMBER, body=shapes.AccountChanges, answer=shapes.MeBody, problems=(409, 429))
    def on_patch(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Change one's e-mail or password; a new password ends every other session."""
        caller: Caller = req.context.caller
        body: shapes.AccountChanges = req.context.body
        self._accounts.change(
            own_id(caller),
            caller.session_id,
            current_password=body.current_password,
            email=body.email,
            password=body.password,
        )
        self._answer(resp, caller)

    def _answer(self, resp: falcon.Response, caller: Caller) -> None:
        user_id = own_id(caller)
        resp.media = shapes.MeBody.of(self._accounts.get(user_id), caller, self._quotas.of(user_id))


class LedgerResource:
    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    @operation(Access.MEMBER, query=shapes.PageQuery, answer=shapes.PageBody[LedgerLine])
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What was added to and taken from one's week, the latest first."""
        query: shapes.PageQuery = req.context.query
        page = self._quotas.ledger(own_id(req.context.caller), query.page, query.page_size)
        resp.media = shapes.page_body(page, lambda line: line)


class LogoutResource:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    @operation(Access.MEMBER, status=204)
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """End this session."""
        caller: Caller = req.context.caller
        if caller.session_id is not None:
            self._sessions.end(own_id(caller), caller.session_id)
        identity.clear_cookie(resp)
        resp.status = 204


class SessionsResource:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    @operation(Access.MEMBER, query=shapes.PageQuery, answer=shapes.PageBody[shapes.SessionBody])
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """One's open sessions, the latest used first."""
        caller: Caller = req.context.caller
        query: shapes.PageQuery = req.context.query
        resp.media = shapes.slice_body(
            [shapes.SessionBody.of(session, caller) for session in self._sessions.list(own_id(caller))], query
        )

    @operation(Access.MEMBER, query=shapes.EndSessionsQuery, status=204)
    def on_delete(self, req: falcon.Request, resp: falcon.Response) -> None:
        """End all of one's sessions, or with `?keep=current` all but this one."""
        caller: Caller = req.context.caller
        keeps = req.context.query.keep == "current"
        self._sessions.end_own(own_id(caller), except_session=caller.session_id if keeps else None)
        if not keeps:
            identity.clear_cookie(resp)
        resp.status = 204


class SessionResource:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    @operation(Access.MEMBER, status=204)
    def on_delete(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """End one of one's sessions."""
        self._sessions.end(own_id(req.context.caller), session_id)
        resp.status = 204


def own_id(caller: Caller) -> UUID:
    """The account behind a request; over HTTP there always is one."""
    if caller.user_id is None:
        raise RuntimeError("a request was authenticated without an account")
    return caller.user_id
