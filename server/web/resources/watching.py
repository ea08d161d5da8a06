"""Sending videos and pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import FileIO
from urllib.parse import urlencode
from uuid import UUID

import falcon

from server.services.viewers import Viewers
from server.services.watching import Watching
from server.values.accounts import Caller
from server.values.sidecars import STORYBOARD
from server.values.stats import Viewing
from server.web import shapes
from server.web.identity import LINK, link_token
from server.web.media_files import read_text, send_file
from server.web.operation import Access, File, Header, operation

#: Private, since who may see it can change; asked again each time, which an ETag makes cheap.
_CACHE = "private, no-cache"
_CONDITIONS = (
    Header("Range", "The bytes to send, for example `bytes=0-1048575`."),
    Header("If-Range", "Only while the file still has this ETag or date; otherwise all of it."),
    Header("If-None-Match", "The ETags that are known already."),
)


class StreamResource:
    def __init__(self, watching: Watching, viewers: Viewers) -> None:
        self._watching = watching
        self._viewers = viewers

    @operation(
        Access.VIEWER,
        query=shapes.StreamQuery,
        answer=File("video/mp4"),
        reads=_CONDITIONS,
        problems=(409,),
    )
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """The video as MP4, in one of its sizes; byte ranges and conditions as RFC 9110 has them."""
        caller: Caller = req.context.caller
        file = self._watching.stream(caller, video_id, req.context.query.quality)
        opener = (
            FileIO
            if req.method == "HEAD"
            else watched_by(caller, self._viewers, video_id, req.context.query.quality)
        )
        send_file(req, resp, file, cache_control=_CACHE, opener=opener)

    on_head = on_get


class WatchedFile(FileIO):
    """A video's file that counts its viewer for as long as it is open, and what is sent of it."""

    def __init__(self, path: str, *, viewers: Viewers, viewing: Viewing) -> None:
        super().__init__(path)
        self._viewers = viewers
        self._viewing = viewing
        viewers.opened(viewing)

    def sent(self, count_bytes: int) -> None:
        """Called by the listener with each piece that has left."""
        self._viewers.sent(self._viewing.viewer, count_bytes)

    def close(self) -> None:
        """Close, and stop counting. Called by the listener when the transfer ends, however it ends."""
        if not self.closed:
            self._viewers.closed(self._viewing.viewer)
        super().close()


def watched_by(
    caller: Caller, viewers: Viewers, video_id: UUID, lines: int | None
) -> Callable[[str], FileIO]:
    """What opens a file of a video for `caller`; the person at the host is not counted."""
    viewing = viewing_of(caller, video_id, lines)
    return partial(WatchedFile, viewers=viewers, viewing=viewing) if viewing else FileIO


def viewing_of(caller: Caller, video_id: UUID, lines: int | None = None) -> Viewing | None:
    """That `caller` watches a video, in so many lines; None for the person at the host, who is not counted."""
    if caller.viewer_id is None:
        return None
    return Viewing(viewer=caller.viewer_id, user_id=caller.user_id, video_id=video_id, lines=lines)


class ThumbnailResource:
    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    @operation(Access.VIEWER, answer=File("image/jpeg"), reads=_CONDITIONS)
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """The preview picture."""
        send_file(req, resp, self._watching.thumbnail(req.context.caller, video_id), cache_control=_CACHE)

    on_head = on_get


class StoryboardResource:
    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    @operation(Access.VIEWER, answer=File("image/jpeg"), reads=_CONDITIONS)
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """Small pictures from all over the video, on one sheet."""
        send_file(req, resp, self._watching.storyboard(req.context.caller, video_id), cache_control=_CACHE)

    on_head = on_get


class StoryboardCuesResource:
    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    @operation(Access.VIEWER, answer=File("text/vtt"), reads=_CONDITIONS)
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """WebVTT that says which part of `storyboard.jpg` shows which moment (`#xywh=`)."""
        file = self._watching.storyboard_cues(req.context.caller, video_id)
        link = link_token(req)
        if not link:
            send_file(req, resp, file, cache_control=_CACHE)
            return
        # players ask for the picture at the address they find in here, so it has to carry the link
        picture = f"{STORYBOARD}?{urlencode({LINK: link})}#"
        resp.text = read_text(file).replace(f"{STORYBOARD}#", picture)
        resp.content_type = file.content_type
        resp.set_header("Cache-Control", _CACHE)

    on_head = on_get


class SubtitlesResource:
    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    @operation(Access.VIEWER, answer=File("text/vtt"), reads=_CONDITIONS)
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID, n: int) -> None:
        """A track of subtitles as WebVTT."""
        send_file(req, resp, self._watching.subtitles(req.context.caller, video_id, n), cache_control=_CACHE)

    on_head = on_get


class ChaptersResource:
    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    @operation(Access.VIEWER, answer=File("text/vtt"), reads=_CONDITIONS)
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """The titles of the chapters as WebVTT."""
        send_file(req, resp, self._watching.chapters(req.context.caller, video_id), cache_control=_CACHE)

    on_head = on_get


class DownloadResource:
    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    @operation(
        Access.VIEWER,
        answer=File("video/mp4"),
        reads=_CONDITIONS,
        gives=(Header("Content-Disposition", "The name to save it under."),),
        problems=(409,),
    )
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """The MP4 as an attachment named after the title."""
        file = self._watching.stream(req.context.caller, video_id)
        send_file(req, resp, file, cache_control=_CACHE, disposition="attachment")

    on_head = on_get
