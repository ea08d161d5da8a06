"""The JSON of settings, the queue and the server itself."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from server.services.configuration import StoredConfig
from server.settings import VideoFormat
from server.values.jobs import Action, Job, JobState
from server.web.shapes.paging import Body, percent


class ResetBody(msgspec.Struct, frozen=True, kw_only=True):
    """How many members began a new week."""

    members: int


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


class MoveBody(Body, frozen=True, kw_only=True):
    """Where a job goes: directly `before` another waiting one, after all of them (`before` null), or `to` be next."""

    before: UUID | UnsetType | None = UNSET
    to: Literal["next"] | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.before is UNSET) is (self.to is UNSET):
            raise ValueError("Give either `before` or `to`.")


class ConfigBody(msgspec.Struct, frozen=True, kw_only=True):
    server_name: str
    max_file_size_bytes: int
    weekly_upload_limit_bytes: int
    accepted_video_formats: tuple[VideoFormat, ...]
    quota_reset_day: int
    quota_reset_hour: int
    quota_reset_timezone: str
    renditions: tuple[int, ...]
    always_transcode: bool
    audio_language: str | None
    updated_by: UUID | None
    updated_at: datetime

    @classmethod
    def of(cls, stored: StoredConfig) -> ConfigBody:
        values = msgspec.structs.asdict(stored.config)
        values["audio_language"] = stored.config.audio_language or None
        return cls(
            **values,
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
    always_transcode: bool | UnsetType = UNSET
    audio_language: str | UnsetType | None = UNSET

    def given(self) -> dict[str, object]:
        """The settings to change."""
        given = {key: value for key, value in msgspec.structs.asdict(self).items() if value is not UNSET}
        return given | ({"audio_language": ""} if self.audio_language is None else {})


class ServerBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser may know before anybody has signed in."""

    name: str
    version: str
    setup_needed: bool


class HealthBody(msgspec.Struct, frozen=True, kw_only=True):
    status: str
    version: str
    reason: str | UnsetType = UNSET
