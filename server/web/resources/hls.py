"""HTTP Live Streaming: playlists, initialisation segments and segments, also of a video that is still being made."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from uuid import UUID

import falcon

from server.services.segments import Segments
from server.services.viewers import Viewers
from server.values.accounts import Caller
from server.web.identity import link_token
from server.web.listener import FilePart, FileParts
from server.web.media_files import send_parts
from server.web.operation import Access, Answer, File, Header, Text, operation
from server.web.playlists import MEDIA_TYPE, master_playlist, media_playlist
from server.web.polled import send_if_changed
from server.web.resources.watching import viewing_of

#: A segment never changes under its address, which names its version.
_SEGMENT_CACHE = "private, max-age=86400, immutable"
_playlist = partial(
    operation,
    Access.VIEWER,
    answer=Text(MEDIA_TYPE),
    gives=(Header("ETag", "Changes when there is more to watch."),),
    others=(Answer(304, "It has not changed since."),),
    problems=(409,),
)
_CONDITIONS = (
    Header("Range", "The bytes to send, for example `bytes=0-1023`."),
    Header("If-None-Match", "The ETags that are known already."),
)


class MasterPlaylistResource:
    def __init__(self, segments: Segments) -> None:
        self._segments = segments

    @_playlist()
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """The renditions of a video as an HLS master playlist, as soon as there is something to watch."""
        renditions = self._segments.renditions(req.context.caller, video_id)
        _send_playlist(req, resp, master_playlist(renditions, link_token(req) or None))


class MediaPlaylistResource:
    def __init__(self, segments: Segments) -> None:
        self._segments = segments

    @_playlist()
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID, height: int) -> None:
        """The segments of a rendition; grows while the video is being made, and then ends."""
        rendition = self._segments.rendition(req.context.caller, video_id, height)
        _send_playlist(req, resp, media_playlist(rendition, link_token(req) or None))


class InitSegmentResource:
    def __init__(self, segments: Segments) -> None:
        self._segments = segments

    @operation(Access.VIEWER, answer=File("video/mp4"), reads=_CONDITIONS, problems=(409,))
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID, height: int) -> None:
        """What a player needs before a rendition's first segment."""
        init, version = self._segments.init(req.context.caller, video_id, height)
        body = FileParts(BytesIO(), [init])
        send_parts(req, resp, body, version=f"{version}-init", cache_control=_SEGMENT_CACHE)


class SegmentResource:
    def __init__(self, segments: Segments, viewers: Viewers) -> None:
        self._segments = segments
        self._viewers = viewers

    @operation(Access.VIEWER, answer=File("video/mp4"), reads=_CONDITIONS, problems=(409,))
    def on_get(
        self, req: falcon.Request, resp: falcon.Response, video_id: UUID, height: int, number: int
    ) -> None:
        """One segment of a rendition."""
        caller: Caller = req.context.caller
        segment = self._segments.segment(caller, video_id, height, number)
        ranges = (FilePart(offset, length) for offset, length in segment.ranges)
        body = FileParts(segment.file, [segment.start, *ranges])
        if (viewing := viewing_of(caller, video_id, height)) is not None:
            # a segment is a moment's transfer: its viewer is one who has just fetched, and will again
            self._viewers.opened(viewing)
            self._viewers.sent(viewing.viewer, body.length)
            self._viewers.closed(viewing.viewer)
        send_parts(req, resp, body, version=segment.version, cache_control=_SEGMENT_CACHE)


def _send_playlist(req: falcon.Request, resp: falcon.Response, playlist: str) -> None:
    # a playlist grows; asking whether it has is cheap
    send_if_changed(req, resp, playlist.encode(), MEDIA_TYPE, cache_control="private, no-cache")
