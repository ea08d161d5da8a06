"""The JSON of the API: request bodies, queries, and answers made from the services' values. Names are a contract."""

from server.web.shapes.accounts import (
    AccountChanges,
    LoginBody,
    MeBody,
    QuotaBody,
    RegisterBody,
    SessionBody,
    SetupBody,
    SignedInBody,
)
from server.web.shapes.administration import ConfigBody, ConfigChanges, HealthBody, JobBody, ServerBody
from server.web.shapes.library import (
    CategoryBody,
    CategoryChanges,
    ProgressBody,
    UploadCheckBody,
    VerdictBody,
    VideoBody,
    VideoEdit,
    VideoListQuery,
    ViewsBody,
)
from server.web.shapes.links import CreatedLink, NewLinkBody, SharedBody
from server.web.shapes.live import LiveJob, LiveVideo
from server.web.shapes.paging import Body, PageBody, PageQuery, page_body, percent, slice_body
from server.web.shapes.people import (
    ActiveBody,
    CreatedInvitation,
    DeleteUserQuery,
    NewInvitationBody,
    ProfileBody,
    RoleBody,
)

__all__ = [
    "AccountChanges",
    "ActiveBody",
    "Body",
    "CategoryBody",
    "CategoryChanges",
    "ConfigBody",
    "ConfigChanges",
    "CreatedInvitation",
    "CreatedLink",
    "DeleteUserQuery",
    "HealthBody",
    "JobBody",
    "LiveJob",
    "LiveVideo",
    "LoginBody",
    "MeBody",
    "NewInvitationBody",
    "NewLinkBody",
    "PageBody",
    "PageQuery",
    "ProfileBody",
    "ProgressBody",
    "QuotaBody",
    "RegisterBody",
    "RoleBody",
    "ServerBody",
    "SessionBody",
    "SetupBody",
    "SharedBody",
    "SignedInBody",
    "UploadCheckBody",
    "VerdictBody",
    "VideoBody",
    "VideoEdit",
    "VideoListQuery",
    "ViewsBody",
    "page_body",
    "percent",
    "slice_body",
]
