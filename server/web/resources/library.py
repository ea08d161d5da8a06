"""Categories and videos."""

from __future__ import annotations

from uuid import UUID

import falcon
import msgspec

from server.services.categories import Categories
from server.services.videos import Videos
from server.values.videos import Category, VideoChanges, VideoQuery
from server.web import shapes
from server.web.operation import Access, Answer, Header, operation
from server.web.polled import send_if_changed


class CategoriesResource:
    def __init__(self, categories: Categories) -> None:
        self._categories = categories

    @operation(Access.MEMBER, query=shapes.PageQuery, answer=shapes.PageBody[Category])
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """All categories by name."""
        resp.media = shapes.slice_body(self._categories.list(), req.context.query)

    @operation(Access.ADMIN, body=shapes.CategoryBody, answer=Category, status=201, problems=(409,))
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Make a category."""
        body: shapes.CategoryBody = req.context.body
        resp.status = 201
        resp.media = self._categories.create(req.context.caller, body.name, body.description)


class CategoryResource:
    def __init__(self, categories: Categories) -> None:
        self._categories = categories

    @operation(Access.MEMBER, answer=Category)
    def on_get(self, _req: falcon.Request, resp: falcon.Response, category_id: UUID) -> None:
        """One category."""
        resp.media = self._categories.get(category_id)

    @operation(Access.ADMIN, body=shapes.CategoryChanges, answer=Category, problems=(409,))
    def on_patch(self, req: falcon.Request, resp: falcon.Response, category_id: UUID) -> None:
        """Rename or describe a category."""
        body: shapes.CategoryChanges = req.context.body
        resp.media = self._categories.update(
            req.context.caller, category_id, name=body.name, description=body.description
        )

    @operation(Access.ADMIN, status=204)
    def on_delete(self, req: falcon.Request, resp: falcon.Response, category_id: UUID) -> None:
        """Delete a category; its videos stay."""
        self._categories.delete(req.context.caller, category_id)
        resp.status = 204


class VideoResource:
    def __init__(self, videos: Videos) -> None:
        self._videos = videos

    @operation(Access.MEMBER, answer=shapes.VideoBody)
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """One video."""
        resp.media = shapes.VideoBody.of(self._videos.get(req.context.caller, video_id), req.context.caller)

    @operation(Access.MEMBER, body=shapes.VideoEdit, answer=shapes.VideoBody)
    def on_patch(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """Edit a video; for its uploader and admins."""
        body: shapes.VideoEdit = req.context.body
        changes = VideoChanges(title=body.title, description=body.description, category_id=body.category_id)
        video = self._videos.update(req.context.caller, video_id, changes)
        resp.media = shapes.VideoBody.of(video, req.context.caller)

    @operation(Access.MEMBER, status=204)
    def on_delete(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """Delete a video with everything that belongs to it; for its uploader and admins."""
        self._videos.delete(req.context.caller, video_id)
        resp.status = 204


class VideoViewResource:
    def __init__(self, videos: Videos) -> None:
        self._videos = videos

    @operation(Access.MEMBER, answer=shapes.ViewsBody)
    def on_post(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """Count a view, once for each viewer and session."""
        resp.media = shapes.ViewsBody(view_count=self._videos.count_view(req.context.caller, video_id))


class VideoProgressResource:
    def __init__(self, videos: Videos) -> None:
        self._videos = videos

    @operation(
        Access.MEMBER,
        answer=shapes.ProgressBody,
        gives=(Header("ETag", "Changes with the progress."),),
        others=(Answer(304, "It has not changed since."),),
    )
    def on_get(self, req: falcon.Request, resp: falcon.Response, video_id: UUID) -> None:
        """How far a video is; cheap to poll with If-None-Match."""
        progress = shapes.ProgressBody.of(self._videos.progress(req.context.caller, video_id))
        body = msgspec.json.encode(progress)
        send_if_changed(req, resp, body, falcon.MEDIA_JSON, cache_control="private, no-cache")


def video_query(query: shapes.VideoListQuery) -> VideoQuery:
    """The list's query as the service takes it."""
    given = msgspec.structs.asdict(query).items()
    return VideoQuery(**{name: value for name, value in given if value is not msgspec.UNSET})


class VideosResource:
    """The list of videos; `on_post` takes an upload by form, whose body the listener has already received."""

    def __init__(self, videos: Videos) -> None:
        self._videos = videos

    @operation(Access.MEMBER, query=shapes.VideoListQuery, answer=shapes.PageBody[shapes.VideoBody])
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The videos the caller may see, a page at a time."""
        page = self._videos.list(req.context.caller, video_query(req.context.query))
        resp.media = shapes.page_body(page, lambda video: shapes.VideoBody.of(video, req.context.caller))
