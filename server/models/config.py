"""The single row of settings that members feel."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from server.database.base import Base, UtcDateTime


class ConfigRow(Base):
    """`server.settings.Config` as a row; lists are comma-separated."""

    __tablename__ = "config"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    server_name: Mapped[str] = mapped_column(String(60))
    max_file_size_bytes: Mapped[int] = mapped_column(BigInteger)
    weekly_upload_limit_bytes: Mapped[int] = mapped_column(BigInteger)
    accepted_video_formats: Mapped[str] = mapped_column(String(200))
    quota_reset_day: Mapped[int]
    quota_reset_hour: Mapped[int]
    quota_reset_timezone: Mapped[str] = mapped_column(String(60))
    renditions: Mapped[str] = mapped_column(String(60))
    always_transcode: Mapped[bool] = mapped_column(default=False, server_default=false())
    audio_language: Mapped[str] = mapped_column(String(20), default="", server_default="")
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
