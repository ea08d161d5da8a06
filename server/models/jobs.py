"""The table of the transcode queue."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database.base import Base, UtcDateTime


class JobRow(Base):
    """The one job of a video; a retry reuses it. `progress` is 0 to 1.

    `lane` and `rank` order the waiting ones (`server.jobs.turns`).
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_order", "state", "lane", "rank", "created_at", "id"),
        Index("ix_jobs_started_at", "started_at"),
        Index("ix_jobs_finished_at", "finished_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    video_id: Mapped[UUID] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    lane: Mapped[int] = mapped_column(default=2, server_default="2")
    rank: Mapped[float] = mapped_column(default=0.0)
    action: Mapped[str | None] = mapped_column(String(12))
    reasons: Mapped[str] = mapped_column(Text, default="")
    progress: Mapped[float] = mapped_column(default=0.0)
    speed: Mapped[float | None]
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    always_transcode: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str | None] = mapped_column(String(500))
    detail: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
