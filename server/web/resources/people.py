"""Invitations and people."""

from __future__ import annotations

from uuid import UUID

import falcon

from server.errors import InvalidInput
from server.services.accounts import Accounts
from server.services.invitations import Invitations
from server.services.password_resets import PasswordResets
from server.services.people import People
from server.services.videos import Videos
from server.values.accounts import Invitation, InvitationCheck, User
from server.values.videos import VideoQuery
from server.web import shapes
from server.web.identity import client_of
from server.web.operation import Access, operation


class InvitationsResource:
    def __init__(self, invitations: Invitations) -> None:
        self._invitations = invitations

    @operation(Access.ADMIN, query=shapes.PageQuery, answer=shapes.PageBody[Invitation])
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """All invitations, the newest first."""
        query: shapes.PageQuery = req.context.query
        page = self._invitations.list(query.page, query.page_size)
        resp.media = shapes.page_body(page, lambda invitation: invitation)

    @operation(Access.ADMIN, body=shapes.NewInvitationBody, answer=shapes.CreatedInvitation, status=201)
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Make an invitation; its token and address are shown this once."""
        body: shapes.NewInvitationBody = req.context.body
        made = self._invitations.create(
            req.context.caller,
            email=body.email,
            role=body.role,
            expires_in_days=body.expires_in_days,
            note=body.note,
        )
        resp.status = 201
        resp.set_header("Cache-Control", "no-store")
        resp.media = shapes.CreatedInvitation.of(made, req.prefix)


class InvitationResource:
    def __init__(self, invitations: Invitations) -> None:
        self._invitations = invitations

    @operation(Access.ADMIN, status=204, problems=(422,))
    def on_delete(self, req: falcon.Request, resp: falcon.Response, invitation_id: UUID) -> None:
        """Revoke an invitation."""
        self._invitations.revoke(req.context.caller, invitation_id)
        resp.status = 204


class InvitationCheckResource:
    def __init__(self, invitations: Invitations) -> None:
        self._invitations = invitations

    @operation(Access.ANYONE, answer=InvitationCheck, problems=(429,))
    def on_get(self, req: falcon.Request, resp: falcon.Response, token: str) -> None:
        """Whether an invitation can be used."""
        resp.set_header("Cache-Control", "no-store")
        resp.media = self._invitations.validate(token, client_of(req))


class UsersResource:
    def __init__(self, people: People) -> None:
        self._people = people

    @operation(Access.ADMIN, query=shapes.PageQuery, answer=shapes.PageBody[User])
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """All accounts by name."""
        query: shapes.PageQuery = req.context.query
        resp.media = shapes.page_body(self._people.list(query.page, query.page_size), lambda user: user)


class UserResource:
    def __init__(self, accounts: Accounts, people: People) -> None:
        self._accounts = accounts
        self._people = people

    @operation(Access.MEMBER, answer=shapes.ProfileBody)
    def on_get(self, req: falcon.Request, resp: falcon.Response, user_id: UUID) -> None:
        """A person's profile; the e-mail for themselves and admins alone."""
        resp.media = shapes.ProfileBody.of(self._accounts.get(user_id), req.context.caller)

    @operation(Access.ADMIN, query=shapes.DeleteUserQuery, status=204, problems=(409,))
    def on_delete(self, req: falcon.Request, resp: falcon.Response, user_id: UUID) -> None:
        """Delete an account; `?videos=delete` or `keep` says what becomes of its videos."""
        choice = req.context.query.videos
        if choice not in {"delete", "keep"}:
            raise InvalidInput(
                "Say what becomes of the videos: ?videos=delete or ?videos=keep.", field="videos"
            )
        self._people.delete(req.context.caller, user_id, keep_videos=choice == "keep")
        resp.status = 204


class UserVideosResource:
    def __init__(self, accounts: Accounts, videos: Videos) -> None:
        self._accounts = accounts
        self._videos = videos

    @operation(Access.MEMBER, query=shapes.PageQuery, answer=shapes.PageBody[shapes.VideoBody])
    def on_get(self, req: falcon.Request, resp: falcon.Response, user_id: UUID) -> None:
        """The videos of one person that the caller may see."""
        query: shapes.PageQuery = req.context.query
        self._accounts.get(user_id)
        wanted = VideoQuery(page=query.page, page_size=query.page_size, uploaded_by=user_id)
        page = self._videos.list(req.context.caller, wanted)
        resp.media = shapes.page_body(page, lambda video: shapes.VideoBody.of(video, req.context.caller))


class UserRoleResource:
    def __init__(self, people: People) -> None:
        self._people = people

    @operation(Access.ADMIN, body=shapes.RoleBody, answer=User, problems=(409,))
    def on_patch(self, req: falcon.Request, resp: falcon.Response, user_id: UUID) -> None:
        """Make somebody an admin or a user; never the last active admin."""
        resp.media = self._people.set_role(req.context.caller, user_id, req.context.body.role)


class UserActiveResource:
    def __init__(self, people: People) -> None:
        self._people = people

    @operation(Access.ADMIN, body=shapes.ActiveBody, answer=User, problems=(409,))
    def on_patch(self, req: falcon.Request, resp: falcon.Response, user_id: UUID) -> None:
        """Let somebody in or keep them out; never the last active admin."""
        resp.media = self._people.set_active(req.context.caller, user_id, req.context.body.is_active)


class UserSessionsResource:
    def __init__(self, people: People) -> None:
        self._people = people

    @operation(Access.ADMIN, status=204)
    def on_delete(self, req: falcon.Request, resp: falcon.Response, user_id: UUID) -> None:
        """Sign somebody out everywhere."""
        self._people.sign_out_everywhere(req.context.caller, user_id)
        resp.status = 204


class UserPasswordResource:
    def __init__(self, resets: PasswordResets) -> None:
        self._resets = resets

    @operation(Access.ADMIN, answer=shapes.CreatedPasswordReset)
    def on_post(self, req: falcon.Request, resp: falcon.Response, user_id: UUID) -> None:
        """Make an address, good once and for a day, by which somebody sets a new password."""
        resp.set_header("Cache-Control", "no-store")
        made = self._resets.create(req.context.caller, user_id)
        resp.media = shapes.CreatedPasswordReset.of(made, req.prefix)
