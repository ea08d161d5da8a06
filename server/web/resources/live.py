"""What has happened, told as it happens."""

from __future__ import annotations

from functools import partial

import falcon

from server.values.accounts import Caller
from server.web.live import KEEP_ALIVE, Live
from server.web.operation import Access, Answer, Header, Text, operation


class EventsResource:
    def __init__(self, live: Live) -> None:
        self._live = live

    @operation(
        Access.MEMBER,
        answer=Text("text/event-stream"),
        reads=(Header("Last-Event-ID", "Sent by clients that come back; they are told `resync` first."),),
        others=(Answer(204, "This session has enough streams open: poll instead, and do not come back."),),
    )
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """A stream of server-sent events: video, job, quota, library, resync."""
        caller: Caller = req.context.caller
        if not self._live.has_room_for(caller):
            resp.status = 204
            return
        resp.content_type = "text/event-stream"
        resp.set_header("Cache-Control", "no-store")
        resp.stream = iter(())
        again = req.get_header("Last-Event-ID") is not None
        req.env["clipset.keep_open"](
            on_open=partial(self._live.join, caller, again=again),
            on_end=self._live.leave,
            keep_alive=KEEP_ALIVE,
        )
