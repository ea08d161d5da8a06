"""Sending videos and pictures."""

from __future__ import annotations

from functools import partial
from io import FileIO
from uuid import UUID

import falcon

from server.services.viewers import Viewers
from server.services.watching import Watching
from server.values.accounts import Caller
from server.web.media_files import send_file
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

    @operation(Access.VIEWER, answer=File("video/mp4"), reads=_CONDITIONS, problems=(409,))
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """The video as MP4; byte ranges and conditions as RFC 9110 has them."""
        caller: Caller = req.context.caller
        file = self._watching.stream(caller, video_id)
        opener = partial(WatchedFile, viewers=self._viewers, viewer=caller.session_id)
        send_file(req, resp, file, cache_control=_CACHE, opener=FileIO if req.method == "HEAD" else opener)

    on_head = on_get


class WatchedFile(FileIO):
    """A video's file that counts its viewer for as long as it is open."""

    def __init__(self, path: str, *, viewers: Viewers, viewer: UUID | None) -> None:
        super().__init__(path)
        self._viewers = viewers
        self._viewer = viewer
        if viewer is not None:
            viewers.opened(viewer)

    def close(self) -> None:
        """Close, and stop counting. Called by the listener when the transfer ends, however it ends."""
        if not self.closed and self._viewer is not None:
            self._viewers.closed(self._viewer)
        super().close()


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
        send_file(req, resp, file, cache_control=_CACHE)

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
