"""The upload protocol's answers: tus 1.0.0 at /api/uploads, forms at /api/videos, and the verdict before sending.

The listener has received every body before a responder runs; `environ["clipset.sink"]` is what it went into.
"""

from __future__ import annotations

from email.utils import format_datetime
from uuid import UUID

import falcon
from msgspec.structs import replace

from server.errors import InvalidInput
from server.services.arrivals import Arrivals
from server.services.configuration import Configuration
from server.services.upload_limits import UploadLimits
from server.services.uploads import Uploads
from server.services.videos import Videos
from server.values.accounts import Caller
from server.values.uploads import Upload
from server.values.videos import VideoStatus
from server.web import problems, shapes
from server.web.operation import Access, operation
from server.web.resources.library import VideosResource
from server.web.uploads import description
from server.web.uploads import headers as tus
from server.web.uploads.sinks import FormSink, TusSink

_STANDING = (description.VERSION, description.OFFSET, description.EXPIRES, description.VIDEO_ID)


class UploadsResource:
    def __init__(self, uploads: Uploads, arrivals: Arrivals, configuration: Configuration) -> None:
        self._uploads = uploads
        self._arrivals = arrivals
        self._configuration = configuration

    @operation(Access.ANYONE, status=204, gives=(description.VERSION, *description.ABILITIES))
    def on_options(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """What this server's tus can do."""
        resp.status = 204
        resp.set_headers(
            {
                "Tus-Version": tus.TUS_VERSION,
                "Tus-Extension": tus.EXTENSIONS,
                "Tus-Checksum-Algorithm": ",".join(tus.CHECKSUM_ALGORITHMS),
                "Tus-Max-Size": str(self._configuration.get().max_file_size_bytes),
            }
        )

    @operation(
        Access.MEMBER,
        status=201,
        received=description.FIRST_PIECE,
        reads=(
            description.VERSION,
            description.WANTED_LENGTH,
            description.METADATA,
            description.CHECKSUM,
        ),
        gives=(description.LOCATION, *_STANDING),
        problems=(409, 412, 423, 460),
    )
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Begin an upload; the body may bring its first bytes."""
        tus.require_version(_headers(req))
        caller: Caller = req.context.caller
        sink: TusSink | None = req.env.get("clipset.sink")
        if sink is None:
            upload = self._uploads.begin(caller, tus.creation_request(_headers(req)))
        else:
            upload = self._uploads.get(caller, sink.upload_id)
        resp.status = 201
        resp.location = f"{req.prefix}/api/uploads/{upload.id}"
        _describe(resp, upload)
        if sink is not None:
            _finish_if_whole(resp, self._arrivals, caller, upload)


class UploadResource:
    def __init__(self, uploads: Uploads, arrivals: Arrivals, configuration: Configuration) -> None:
        self._uploads = uploads
        self._arrivals = arrivals
        self._options = UploadsResource(uploads, arrivals, configuration)

    @operation(Access.ANYONE, status=204, gives=(description.VERSION, *description.ABILITIES))
    def on_options(self, req: falcon.Request, resp: falcon.Response, upload_id: UUID) -> None:  # noqa: ARG002
        """What this server's tus can do."""
        self._options.on_options(req, resp)

    @operation(
        Access.MEMBER,
        reads=(description.VERSION,),
        gives=(description.LENGTH, description.METADATA, *_STANDING),
        problems=(409, 412, 415, 423),
    )
    def on_head(self, req: falcon.Request, resp: falcon.Response, upload_id: UUID) -> None:
        """Where an upload stands."""
        tus.require_version(_headers(req))
        upload = self._uploads.get(req.context.caller, upload_id)
        _describe(resp, upload)
        resp.set_header("Upload-Length", str(upload.size_bytes))
        if upload.metadata:
            resp.set_header("Upload-Metadata", upload.metadata)
        _finish_if_whole(resp, self._arrivals, req.context.caller, upload)

    @operation(
        Access.MEMBER,
        status=204,
        received=description.PIECE,
        reads=(description.VERSION, description.WANTED_OFFSET, description.CHECKSUM),
        gives=_STANDING,
        problems=(409, 412, 423, 460),
    )
    def on_patch(self, req: falcon.Request, resp: falcon.Response, upload_id: UUID) -> None:
        """Append to an upload; the answer to the last byte names the video."""
        caller: Caller = req.context.caller
        headers = _headers(req)
        tus.require_version(headers)
        if (
            req.env.get("clipset.sink") is None
        ):  # a PATCH without a body, which the listener asks nobody about
            self._uploads.open_writer(caller, upload_id, tus.byte_count(headers, "Upload-Offset"), 0).close()
        upload = self._uploads.get(caller, upload_id)
        resp.status = 204
        _describe(resp, upload)
        _finish_if_whole(resp, self._arrivals, caller, upload)

    @operation(
        Access.MEMBER,
        status=204,
        reads=(description.VERSION,),
        gives=(description.VERSION,),
        problems=(412, 423),
    )
    def on_delete(self, req: falcon.Request, resp: falcon.Response, upload_id: UUID) -> None:
        """Give an upload up; its quota is given back."""
        tus.require_version(_headers(req))
        self._uploads.cancel(req.context.caller, upload_id)
        resp.status = 204


class UploadCheckResource:
    def __init__(self, limits: UploadLimits) -> None:
        self._limits = limits

    @operation(Access.MEMBER, body=shapes.UploadCheckBody, answer=shapes.VerdictBody)
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Whether an upload would be accepted, and against which quota, before a byte is sent."""
        body: shapes.UploadCheckBody = req.context.body
        verdict = self._limits.verdict(req.context.caller, body.filename, body.size)
        resp.media = shapes.VerdictBody.of(verdict)


class VideoCollectionResource(VideosResource):
    def __init__(self, videos: Videos, arrivals: Arrivals) -> None:
        super().__init__(videos)
        self._arrivals = arrivals

    @operation(
        Access.MEMBER,
        answer=shapes.VideoBody,
        status=201,
        received=description.FORM,
        gives=(description.LOCATION,),
        problems=(409,),
    )
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Upload a video by form: file, title, description?, category_id?."""
        caller: Caller = req.context.caller
        sink: FormSink | None = req.env.get("clipset.sink")
        if sink is None:
            raise InvalidInput("There is no file in this form.", field="file")
        video_id = self._arrivals.finish(caller, sink.upload_id)
        resp.status = 201
        resp.location = f"{req.prefix}/api/videos/{video_id}"
        # as it was queued: a worker may have begun with it since
        video = replace(self._videos.get(caller, video_id), status=VideoStatus.PENDING, progress=0.0)
        resp.media = shapes.VideoBody.of(video, caller)


class Tus:
    """Falcon middleware: what tus 1.0.0 asks of every request for an upload, and of every answer."""

    def process_request(self, req: falcon.Request, _resp: falcon.Response) -> None:
        req.method = tus.method_of(req.method, req.path, req.get_header("X-HTTP-Method-Override"))

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, _resource: object, _ok: bool
    ) -> None:
        if req.path == tus.ADDRESS or req.path.startswith(f"{tus.ADDRESS}/"):
            resp.set_header("Tus-Resumable", tus.TUS_VERSION)


def register(app: falcon.App) -> None:  # type: ignore[type-arg]  # falcon's own aliases are not public
    """Teach `app` tus: what a request means, and how breaches of it are answered."""
    app.add_middleware(Tus())
    app.add_error_handler(tus.ProtocolError, _protocol_error)


def _protocol_error(
    _req: falcon.Request, resp: falcon.Response, error: tus.ProtocolError, _params: object
) -> None:
    problems.send(resp, problems.make(error.status, error.sentence, error.code))
    if error.status == 412:
        resp.set_header("Tus-Version", tus.TUS_VERSION)


def _headers(req: falcon.Request) -> dict[str, str]:
    """The headers that the protocol reads, by their own names."""
    names = (
        "Tus-Resumable",
        "Upload-Length",
        "Upload-Offset",
        "Upload-Metadata",
        "Upload-Defer-Length",
        "Upload-Concat",
    )
    return {name: value for name in names if (value := req.get_header(name)) is not None}


def _describe(resp: falcon.Response, upload: Upload) -> None:
    resp.set_headers(
        {
            "Upload-Offset": str(upload.offset_bytes),
            "Upload-Expires": format_datetime(upload.expires_at, usegmt=True),
            "Cache-Control": "no-store",
        }
    )


def _finish_if_whole(resp: falcon.Response, arrivals: Arrivals, caller: Caller, upload: Upload) -> None:
    if upload.offset_bytes == upload.size_bytes:
        resp.set_header(description.VIDEO_ID.name, str(arrivals.finish(caller, upload.id)))
