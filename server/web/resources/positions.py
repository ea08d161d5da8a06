"""Where people stopped watching."""

from __future__ import annotations

from uuid import UUID

import falcon

from server.services.positions import Positions
from server.services.viewers import Viewers
from server.values.watching import Position
from server.web import shapes
from server.web.operation import Access, operation
from server.web.resources.accounts import own_id


class PositionResource:
    def __init__(self, positions: Positions, viewers: Viewers) -> None:
        self._positions = positions
        self._viewers = viewers

    @operation(Access.MEMBER, answer=Position)
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """Where one stopped watching; 0 is the start."""
        caller = req.context.caller
        resp.set_header("Cache-Control", "no-store")
        resp.media = self._positions.get(caller, own_id(caller), video_id)

    @operation(Access.MEMBER, body=shapes.PositionBody, answer=Position)
    def on_put(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """Say where one is; cheap enough to be said every few seconds."""
        caller, body = req.context.caller, req.context.body
        resp.media = self._positions.put(caller, own_id(caller), video_id, body.position_ms)
        if caller.viewer_id is not None:
            self._viewers.waits(caller.viewer_id, body.waits)


class PositionsResource:
    def __init__(self, positions: Positions) -> None:
        self._positions = positions

    @operation(Access.MEMBER, query=shapes.PageQuery, answer=shapes.PageBody[shapes.StartedBody])
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What one has begun and not finished (5 to 95 percent), the latest first."""
        caller, query = req.context.caller, req.context.query
        page = self._positions.started(caller, own_id(caller), query.page, query.page_size)
        resp.media = shapes.page_body(page, lambda started: shapes.StartedBody.of(started, caller))
