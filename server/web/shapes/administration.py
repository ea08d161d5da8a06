"""The JSON of settings, the queue and the server itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from server.services.configuration import StoredConfig
from server.settings import CONFIG_SETTINGS, Setting
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


def _in_json(row: Setting) -> Any:
    """The type of a setting; a text that may be empty is null instead."""
    described: Any = Annotated  # mypy takes it for an alias of a type otherwise
    kind = described[row.type, msgspec.Meta(title=row.label, description=row.help)]
    return kind | None if _may_be_null(row) else kind


def _may_be_null(row: Setting) -> bool:
    return bool(row.default == "")


class _ConfigBody(msgspec.Struct, frozen=True, kw_only=True):
    updated_by: UUID | None
    updated_at: datetime

    @classmethod
    def of(cls, stored: StoredConfig) -> Self:
        values = msgspec.structs.asdict(stored.config)
        values |= {row.key: values[row.key] or None for row in CONFIG_SETTINGS if _may_be_null(row)}
        return cls(**values, updated_by=stored.updated_by, updated_at=stored.updated_at)


class _ConfigChanges(Body, frozen=True, kw_only=True):
    def given(self) -> dict[str, object]:
        """The settings to change."""
        given = {key: value for key, value in msgspec.structs.asdict(self).items() if value is not UNSET}
        return {key: "" if value is None else value for key, value in given.items()}


ConfigBody: Any = msgspec.defstruct(
    "ConfigBody", [(row.key, _in_json(row)) for row in CONFIG_SETTINGS], bases=(_ConfigBody,), kw_only=True
)
"""The live settings, each as its table has it, and who changed them last."""

ConfigChanges: Any = msgspec.defstruct(
    "ConfigChanges",
    [(row.key, _in_json(row) | UnsetType, UNSET) for row in CONFIG_SETTINGS],
    bases=(_ConfigChanges,),
    kw_only=True,
)
"""Those of them that are to change. What a value has to be is told by the table, in its words."""


class ServerBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser may know before anybody has signed in."""

    name: str
    version: str
    setup_needed: bool


class HealthBody(msgspec.Struct, frozen=True, kw_only=True):
    status: str
    version: str
    reason: str | UnsetType = UNSET
