"""Links to one video, and what is shown to who holds one."""

from __future__ import annotations

from uuid import UUID

import falcon

from server.services.links import Links
from server.services.videos import Videos
from server.values.links import Link
from server.web import shapes
from server.web.identity import client_of
from server.web.operation import Access, operation


class LinksResource:
    def __init__(self, links: Links) -> None:
        self._links = links

    @operation(Access.MEMBER, query=shapes.PageQuery, answer=shapes.PageBody[Link])
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """The links of a video that can be used now, the newest first; for its uploader and admins."""
        query: shapes.PageQuery = req.context.query
        page = self._links.list(req.context.caller, video_id, query.page, query.page_size)
        resp.media = shapes.page_body(page, lambda link: link)

    @operation(Access.MEMBER, body=shapes.NewLinkBody, answer=shapes.CreatedLink, status=201, problems=(409,))
    def on_post(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """Make a link, for the uploader and admins; its token and address are shown this once."""
        body: shapes.NewLinkBody = req.context.body
        made = self._links.create(
            req.context.caller, video_id, expires_in_days=body.expires_in_days, note=body.note
        )
        resp.status = 201
        resp.set_header("Cache-Control", "no-store")
        resp.media = shapes.CreatedLink.of(made, req.prefix)


class LinkResource:
    def __init__(self, links: Links) -> None:
        self._links = links

    @operation(Access.MEMBER, status=204)
    def on_delete(self, req: falcon.Request, resp: falcon.Response, video_id: UUID, link_id: UUID) -> None:
        """Revoke a link; for the uploader and admins. Who is watching by it is cut off."""
        self._links.revoke(req.context.caller, video_id, link_id)
        resp.status = 204


class SharedResource:
    def __init__(self, links: Links, videos: Videos) -> None:
        self._links = links
        self._videos = videos

    @operation(Access.ANYONE, answer=shapes.SharedBody, problems=(429,))
    def on_get(self, req: falcon.Request, resp: falcon.Response, token: str) -> None:
        """The video of a link; its files are had with `?link=TOKEN`."""
        resp.set_header("Cache-Control", "no-store")
        link = self._links.open(token, client_of(req))
        resp.media = shapes.SharedBody.of(self._videos.get(link.holder, link.video_id), link)
