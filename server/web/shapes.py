"""The JSON of the API: request bodies, queries, and answers made from the services' values. Names are a contract."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from server.services.configuration import StoredConfig
from server.settings import VideoFormat
from server.values.accounts import Caller, Invitation, NewInvitation, Role, Session, SignedIn, User
from server.values.jobs import Action, Job, JobState, VideoProgress
from server.values.paging import MAX_PAGE_SIZE, Page
from server.values.uploads import Quota, UploadVerdict
from server.values.videos import SortField, SortOrder, Video, VideoStatus

T = TypeVar("T")
V = TypeVar("V")

PageNumber = Annotated[int, Meta(ge=1, le=10_000_000)]
PageSize = Annotated[int, Meta(ge=1, le=MAX_PAGE_SIZE)]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of request bodies: a field we do not know is refused, so that a typing mistake is not silently ignored."""


class PageQuery(msgspec.Struct, frozen=True, kw_only=True):
    """`?page=1&page_size=20`."""

    page: PageNumber = 1
    page_size: PageSize = 20


class PageBody(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One page of a list."""

    items: list[T]
    total: int
    page: int
    page_size: int
    total_pages: int


def page_body(page: Page[V], shape: Callable[[V], T]) -> PageBody[T]:
    """A page of values as JSON, each given its shape."""
    return PageBody(
        items=[shape(item) for item in page.items],
        total=page.total,
        page=page.page,
        page_size=page.page_size,
        total_pages=page.total_pages,
    )


def slice_body(items: list[T], query: PageQuery) -> PageBody[T]:
    """The page `query` asks for of a list that is short enough to be had whole."""
    first = (query.page - 1) * query.page_size
    return PageBody(
        items=items[first : first + query.page_size],
        total=len(items),
        page=query.page,
        page_size=query.page_size,
        total_pages=-(-len(items) // query.page_size),
    )


# --- accounts


class RegisterBody(Body, frozen=True, kw_only=True):
    token: str
    email: str
    username: str
    password: str


class LoginBody(Body, frozen=True, kw_only=True):
    username: str
    password: str


class AccountChanges(Body, frozen=True, kw_only=True):
    current_password: str
    email: str | None = None
    password: str | None = None


class SignedInBody(msgspec.Struct, frozen=True, kw_only=True):
    access_token: str
    token_type: str
    expires_in: int
    user: User

    @classmethod
    def of(cls, signed_in: SignedIn) -> SignedInBody:
        return cls(
            access_token=signed_in.access_token,
            token_type="bearer",  # noqa: S106  the scheme's name
            expires_in=signed_in.expires_in_s,
            user=signed_in.user,
        )


class QuotaBody(msgspec.Struct, frozen=True, kw_only=True):
    used_bytes: int
    limit_bytes: int
    left_bytes: int
    next_reset: datetime

    @classmethod
    def of(cls, quota: Quota) -> QuotaBody:
        return cls(
            used_bytes=quota.used_bytes,
            limit_bytes=quota.limit_bytes,
            left_bytes=quota.left_bytes,
            next_reset=quota.next_reset,
        )


class MeBody(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    email: str
    username: str
    role: Role
    is_active: bool
    created_at: datetime
    weekly_upload_bytes: int
    last_upload_reset: datetime
    video_count: int
    session_id: UUID | None
    quota: QuotaBody

    @classmethod
    def of(cls, user: User, caller: Caller, quota: Quota) -> MeBody:
        return cls(**msgspec.structs.asdict(user), session_id=caller.session_id, quota=QuotaBody.of(quota))


class SessionBody(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str
    user_agent: str
    current: bool

    @classmethod
    def of(cls, session: Session, caller: Caller) -> SessionBody:
        values = msgspec.structs.asdict(session)
        del values["user_id"]
        return cls(**values, current=session.id == caller.session_id)


class ProfileBody(msgspec.Struct, frozen=True, kw_only=True):
    """A person as others see them; the unset fields are for themselves and admins alone."""

    id: UUID
    username: str
    role: Role
    created_at: datetime
    video_count: int
    email: str | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    weekly_upload_bytes: int | UnsetType = UNSET

    @classmethod
    def of(cls, user: User, caller: Caller) -> ProfileBody:
        whole = caller.may_edit(user.id)
        return cls(
            id=user.id,
            username=user.username,
            role=user.role,
            created_at=user.created_at,
            video_count=user.video_count,
            email=user.email if whole else UNSET,
            is_active=user.is_active if whole else UNSET,
            weekly_upload_bytes=user.weekly_upload_bytes if whole else UNSET,
        )


class RoleBody(Body, frozen=True, kw_only=True):
    role: Role


class ActiveBody(Body, frozen=True, kw_only=True):
    is_active: bool


class DeleteUserQuery(msgspec.Struct, frozen=True, kw_only=True):
    videos: str = ""


class NewInvitationBody(Body, frozen=True, kw_only=True):
    email: str | None = None
    role: Role = Role.USER
    expires_in_days: int = 7
    note: str = ""


class CreatedInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation with its token and address, shown this once."""

    id: UUID
    email: str | None
    role: Role
    note: str
    state: str
    created_at: datetime
    created_by: UUID | None
    expires_at: datetime
    token: str
    url: str

    @classmethod
    def of(cls, made: NewInvitation, origin: str) -> CreatedInvitation:
        invitation: Invitation = made.invitation
        return cls(
            id=invitation.id,
            email=invitation.email,
            role=invitation.role,
            note=invitation.note,
            state=invitation.state.value,
            created_at=invitation.created_at,
            created_by=invitation.created_by,
            expires_at=invitation.expires_at,
            token=made.token,
            url=f"{origin}{made.path}",
        )


# --- videos


class CategoryBody(Body, frozen=True, kw_only=True):
    name: str
    description: str = ""


class CategoryChanges(Body, frozen=True, kw_only=True):
    name: str | None = None
    description: str | None = None


class VideoListQuery(PageQuery, frozen=True, kw_only=True):
    category_id: UUID | None = None
    uploaded_by: UUID | None = None
    status: VideoStatus | None = None
    q: Annotated[str, Meta(max_length=200)] = ""
    sort_by: SortField = "created_at"
    order: SortOrder = "desc"


class VideoEdit(Body, frozen=True, kw_only=True):
    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    category_id: UUID | UnsetType | None = UNSET


class VideoBody(msgspec.Struct, frozen=True, kw_only=True):
    """A video; `size` in bytes, `duration` in seconds, `progress` in percent."""

    id: UUID
    title: str
    description: str
    category_id: UUID | None
    uploaded_by: UUID | None
    uploader_name: str | None
    original_filename: str
    size: int
    duration: float | None
    width: int | None
    height: int | None
    status: VideoStatus
    progress: float
    error: str | None
    view_count: int
    has_thumbnail: bool
    created_at: datetime
    processed_at: datetime | None
    can_edit: bool

    @classmethod
    def of(cls, video: Video, caller: Caller) -> VideoBody:
        return cls(
            id=video.id,
            title=video.title,
            description=video.description,
            category_id=video.category_id,
            uploaded_by=video.uploaded_by,
            uploader_name=video.uploader_name,
            original_filename=video.original_filename,
            size=video.size_bytes,
            duration=None if video.duration_ms is None else video.duration_ms / 1000,
            width=video.width,
            height=video.height,
            status=video.status,
            progress=percent(video.progress),
            error=video.error,
            view_count=video.view_count,
            has_thumbnail=video.has_thumbnail,
            created_at=video.created_at,
            processed_at=video.processed_at,
            can_edit=caller.may_edit(video.uploaded_by),
        )


class ViewsBody(msgspec.Struct, frozen=True, kw_only=True):
    view_count: int


class ProgressBody(msgspec.Struct, frozen=True, kw_only=True):
    state: JobState
    percent: float
    speed: float | None
    eta_ms: int | None
    place: int | None
    error: str | None

    @classmethod
    def of(cls, progress: VideoProgress) -> ProgressBody:
        return cls(
            state=progress.state,
            percent=percent(progress.progress),
            speed=progress.speed,
            eta_ms=progress.eta_ms,
            place=progress.place,
            error=progress.error,
        )


class UploadCheckBody(Body, frozen=True, kw_only=True):
    filename: str
    size: Annotated[int, Meta(ge=0, le=2**53)]
    duration: float | None = None


class VerdictBody(msgspec.Struct, frozen=True, kw_only=True):
    accepted: bool
    code: str | None
    reason: str | None
    quota: QuotaBody

    @classmethod
    def of(cls, verdict: UploadVerdict) -> VerdictBody:
        return cls(
            accepted=verdict.accepted,
            code=verdict.code,
            reason=verdict.reason,
            quota=QuotaBody.of(verdict.quota),
        )


# --- administration


class JobBody(msgspec.Struct, frozen=True, kw_only=True):
    """A job; `percent` 0 to 100, `speed` a multiple of playing time, `place` from 1 while it waits."""

    id: UUID
    video_id: UUID
    video_title: str
    uploaded_by: UUID | None
    uploader_name: str | None
    state: JobState
    action: Action | None
    reasons: list[str]
    percent: float
    speed: float | None
    eta_ms: int | None
    place: int | None
    attempts: int
    error: str | None
    detail: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> JobBody:
        values = msgspec.structs.asdict(job)
        values["percent"] = percent(values.pop("progress"))
        values["reasons"] = list(job.reasons)
        return cls(**values)


class ConfigBody(msgspec.Struct, frozen=True, kw_only=True):
    server_name: str
    max_file_size_bytes: int
    weekly_upload_limit_bytes: int
    accepted_video_formats: tuple[VideoFormat, ...]
    quota_reset_day: int
    quota_reset_hour: int
    quota_reset_timezone: str
    renditions: tuple[int, ...]
    updated_by: UUID | None
    updated_at: datetime

    @classmethod
    def of(cls, stored: StoredConfig) -> ConfigBody:
        return cls(
            **msgspec.structs.asdict(stored.config),
            updated_by=stored.updated_by,
            updated_at=stored.updated_at,
        )


class ConfigChanges(Body, frozen=True, kw_only=True):
    server_name: str | UnsetType = UNSET
    max_file_size_bytes: int | UnsetType = UNSET
    weekly_upload_limit_bytes: int | UnsetType = UNSET
    accepted_video_formats: tuple[VideoFormat, ...] | UnsetType = UNSET
    quota_reset_day: int | UnsetType = UNSET
    quota_reset_hour: int | UnsetType = UNSET
    quota_reset_timezone: str | UnsetType = UNSET
    renditions: tuple[int, ...] | UnsetType = UNSET

    def given(self) -> dict[str, object]:
        """The settings to change."""
        return {key: value for key, value in msgspec.structs.asdict(self).items() if value is not UNSET}


class SetupBody(Body, frozen=True, kw_only=True):
    token: str
    email: str
    username: str
    password: str


class ServerBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser may know before anybody has signed in."""

    name: str
    version: str
    setup_needed: bool


class HealthBody(msgspec.Struct, frozen=True, kw_only=True):
    status: str
    version: str
    reason: str | UnsetType = UNSET


def percent(fraction: float) -> float:
    """0 to 1 as 0 to 100 with one decimal."""
    return round(fraction * 100, 1)
