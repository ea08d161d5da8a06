"""Mounts the resources. Each route with its resource, in one list that tests and the OpenAPI document go through."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import falcon
import msgspec

from server import __version__
from server.local_access import LocalAccess
from server.services.accounts import Accounts
from server.services.arrivals import Arrivals
from server.services.categories import Categories
from server.services.certificates import Certificates
from server.services.configuration import Configuration
from server.services.endings import Endings
from server.services.health import Health
from server.services.invitations import Invitations
from server.services.links import Links
from server.services.password_resets import PasswordResets
from server.services.people import People
from server.services.positions import Positions
from server.services.queue import Queue
from server.services.quota import Quotas
from server.services.segments import Segments
from server.services.sessions import Sessions
from server.services.setup import Setup
from server.services.stats import StatsService
from server.services.upload_limits import UploadLimits
from server.services.uploads import Uploads
from server.services.videos import Videos
from server.services.viewers import Viewers
from server.services.watching import Watching
from server.web import problems
from server.web.client_files import ClientFiles
from server.web.cors import Cors
from server.web.live import Live
from server.web.metrics import Metrics
from server.web.middleware import Declared, SameSite, SecurityHeaders
from server.web.openapi import DescriptionResource, describe
from server.web.operation import Access, methods_of, operation_of
from server.web.resources import (
    accounts,
    administration,
    hls,
    library,
    links,
    live,
    people,
    positions,
    public,
    trust,
    uploads,
    watching,
)

_DESCRIPTION = "/api/openapi.json"


class Services(msgspec.Struct, frozen=True, kw_only=True):
    """Every service that HTTP is a front end of. `certificates` is None where connections are not encrypted."""

    accounts: Accounts
    arrivals: Arrivals
    certificates: Certificates | None
    categories: Categories
    configuration: Configuration
    endings: Endings
    health: Health
    host_access: LocalAccess
    invitations: Invitations
    links: Links
    live: Live
    metrics: Metrics
    password_resets: PasswordResets
    people: People
    positions: Positions
    queue: Queue
    quotas: Quotas
    segments: Segments
    sessions: Sessions
    setup: Setup
    stats: StatsService
    upload_limits: UploadLimits
    uploads: Uploads
    videos: Videos
    viewers: Viewers
    watching: Watching


def routes(services: Services) -> dict[str, object]:
    """Every address of the API with its resource."""
    s = services
    mounted: dict[str, object] = {
        "/health": public.HealthResource(s.health),
        "/api/server": public.ServerResource(s.configuration, s.setup),
        "/api/setup": accounts.SetupResource(s.setup),
        "/api/events": live.EventsResource(s.live),
        "/api/auth/register": accounts.RegisterResource(s.accounts),
        "/api/auth/login": accounts.LoginResource(s.accounts),
        "/api/auth/reset": accounts.PasswordResetResource(s.password_resets),
        "/api/auth/me": accounts.MeResource(s.accounts, s.quotas),
        "/api/auth/ledger": accounts.LedgerResource(s.quotas),
        "/api/auth/logout": accounts.LogoutResource(s.sessions),
        "/api/auth/sessions": accounts.SessionsResource(s.sessions),
        "/api/auth/sessions/{session_id:uuid}": accounts.SessionResource(s.sessions),
        "/api/invitations": people.InvitationsResource(s.invitations),
        "/api/invitations/{invitation_id:uuid}": people.InvitationResource(s.invitations),
        "/api/invitations/validate/{token}": people.InvitationCheckResource(s.invitations),
        "/api/users": people.UsersResource(s.people),
        "/api/users/{user_id:uuid}": people.UserResource(s.accounts, s.people),
        "/api/users/{user_id:uuid}/videos": people.UserVideosResource(s.accounts, s.videos),
        "/api/users/{user_id:uuid}/sessions": people.UserSessionsResource(s.people),
        "/api/users/{user_id:uuid}/password-reset": people.UserPasswordResource(s.password_resets),
        "/api/users/{user_id:uuid}/role": people.UserRoleResource(s.people),
        "/api/users/{user_id:uuid}/active": people.UserActiveResource(s.people),
        "/api/categories": library.CategoriesResource(s.categories),
        "/api/categories/{category_id:uuid}": library.CategoryResource(s.categories),
        "/api/videos": uploads.VideoCollectionResource(s.videos, s.arrivals),
        "/api/videos/{video_id:uuid}": library.VideoResource(s.videos),
        "/api/videos/{video_id:uuid}/stream": watching.StreamResource(s.watching, s.viewers),
        "/api/videos/{video_id:uuid}/hls/master.m3u8": hls.MasterPlaylistResource(s.segments),
        "/api/videos/{video_id:uuid}/hls/{height:int}/playlist.m3u8": hls.MediaPlaylistResource(s.segments),
        "/api/videos/{video_id:uuid}/hls/{height:int}/init.mp4": hls.InitSegmentResource(s.segments),
        "/api/videos/{video_id:uuid}/hls/{height:int}/{number:int}.m4s": hls.SegmentResource(
            s.segments, s.viewers
        ),
        "/api/videos/{video_id:uuid}/thumbnail": watching.ThumbnailResource(s.watching),
        "/api/videos/{video_id:uuid}/storyboard.jpg": watching.StoryboardResource(s.watching),
        "/api/videos/{video_id:uuid}/storyboard.vtt": watching.StoryboardCuesResource(s.watching),
        "/api/videos/{video_id:uuid}/subtitles/{n:int}.vtt": watching.SubtitlesResource(s.watching),
        "/api/videos/{video_id:uuid}/chapters.vtt": watching.ChaptersResource(s.watching),
        "/api/videos/{video_id:uuid}/download": watching.DownloadResource(s.watching),
        "/api/videos/{video_id:uuid}/view": library.VideoViewResource(s.videos),
        "/api/videos/{video_id:uuid}/progress": library.VideoProgressResource(s.videos),
        "/api/videos/{video_id:uuid}/position": positions.PositionResource(s.positions, s.viewers),
        "/api/positions": positions.PositionsResource(s.positions),
        "/api/videos/{video_id:uuid}/links": links.LinksResource(s.links),
        "/api/videos/{video_id:uuid}/links/{link_id:uuid}": links.LinkResource(s.links),
        "/api/shared/{token}": links.SharedResource(s.links, s.videos),
        "/api/uploads": uploads.UploadsResource(s.uploads, s.arrivals, s.configuration),
        "/api/uploads/check": uploads.UploadCheckResource(s.upload_limits),
        "/api/uploads/{upload_id:uuid}": uploads.UploadResource(s.uploads, s.arrivals, s.configuration),
        "/api/admin/config": administration.ConfigResource(s.configuration),
        "/api/admin/quota-reset": administration.QuotaResetResource(s.quotas),
        "/api/admin/stats": administration.StatsResource(s.stats),
        "/metrics": administration.MetricsResource(s.metrics),
        "/api/admin/jobs": administration.JobsResource(s.queue),
        "/api/admin/jobs/{job_id:uuid}": administration.JobResource(s.queue),
        "/api/admin/jobs/{job_id:uuid}/cancel": administration.JobCancelResource(s.queue),
        "/api/admin/jobs/{job_id:uuid}/retry": administration.JobRetryResource(s.queue),
        "/api/admin/jobs/{job_id:uuid}/pause": administration.JobPauseResource(s.queue),
        "/api/admin/jobs/{job_id:uuid}/resume": administration.JobResumeResource(s.queue),
        "/api/admin/jobs/{job_id:uuid}/move": administration.JobMoveResource(s.queue),
    }
    described = {path: type(resource) for path, resource in mounted.items()}
    described[_DESCRIPTION] = DescriptionResource
    return {**mounted, _DESCRIPTION: DescriptionResource(partial(describe, described, version=__version__))}


def create_app(
    services: Services, same_site: SameSite, cors: Cors, client_folder: Path
) -> falcon.App[Any, Any]:
    """The WSGI application. Raises `TypeError` for a responder that does not declare who may call it."""
    app: falcon.App[Any, Any] = falcon.App(
        middleware=[
            SecurityHeaders(),
            same_site,
            cors,
            Declared(
                services.sessions,
                services.links,
                services.endings,
                admits_monitoring=services.metrics.admits,
                admits_host=services.host_access.admits,
            ),
        ],
        cors_enable=False,
    )
    handlers = falcon.media.Handlers(
        {falcon.MEDIA_JSON: falcon.media.JSONHandler(dumps=_dumps, loads=msgspec.json.decode)}
    )
    app.req_options.media_handlers = handlers
    app.resp_options.media_handlers = handlers
    app.req_options.strip_url_path_trailing_slash = True
    app.req_options.auto_parse_qs_csv = False
    app.resp_options.secure_cookies_by_default = False
    problems.register(app)
    uploads.register(app)
    for path, resource in routes(services).items():
        _require_declared(path, resource)
        _answer_head(resource)
        app.add_route(path, resource)
    if services.certificates is not None:
        trust.mount(app, services.certificates)
    app.add_sink(ClientFiles(client_folder).serve, "/")
    return app


_encode: Callable[[object], bytes] = msgspec.json.Encoder().encode


def _dumps(value: object) -> str:
    return _encode(value).decode()


def _answer_head(resource: Any) -> None:
    """Where there is GET there is HEAD, with the same rights and headers (RFC 9110, section 9.3.2)."""
    if hasattr(resource, "on_get") and not hasattr(resource, "on_head"):
        resource.on_head = resource.on_get


def _require_declared(path: str, resource: object) -> None:
    for method in methods_of(resource):
        declared = operation_of(resource, method)
        if declared is None:
            raise TypeError(f"{path}: {method} does not declare who may call it")
        if declared.access is Access.VIEWER and "{video_id:uuid}" not in path:
            raise TypeError(f"{path}: {method} is for who holds a link, and names no video")
