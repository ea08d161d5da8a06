"""Tables of what is watched: categories, videos, and who has seen what."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    literal_column,
    text,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from server.database.base import Base, UtcDateTime
from server.values.folded import title_key


def _title_key(context: DefaultExecutionContext) -> str:
    return title_key(context.get_current_parameters()["title"])  # type: ignore[no-untyped-call]


def _order(name: str) -> Index:
    finished = text("status = 'completed'")
    columns = (name, "id", "status", "uploaded_by", "category_id")
    return Index(f"ix_videos_{name}", *columns, sqlite_where=finished, postgresql_where=finished)


class CategoryRow(Base):
    """A shelf for videos. `name_key` is the case-folded name that must be unique."""

    __tablename__ = "categories"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(120), unique=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    description: Mapped[str] = mapped_column(String(500), default="")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


#: Written out, as an index over finished or unfinished videos alone serves no statement that says `status = ?`.
FINISHED = literal_column("'completed'", String)


class VideoRow(Base):
    """A video. Its files are found by its id alone (`server.storage`); `progress` is 0 to 1,
    `renditions` the heights that can be asked for, as `1080,480`; empty until it is finished.

    `title_key` is what titles are sorted by. The indexes hold everything the list filters by, and those of the four
    orders finished videos alone, so that a deep page is found without looking at what comes before it;
    `tests/administering/test_large_library.py` shows it.
    """

    __tablename__ = "videos"
    __table_args__ = (
        _order("created_at"),
        _order("title_key"),
        _order("view_count"),
        _order("duration_ms"),
        Index(
            "ix_videos_unfinished",
            *("status", "created_at", "id", "uploaded_by", "category_id"),
            sqlite_where=text("status <> 'completed'"),
            postgresql_where=text("status <> 'completed'"),
        ),
        Index("ix_videos_uploaded_by_created_at", "uploaded_by", "created_at", "id", "status", "category_id"),
        Index("ix_videos_category_id_created_at", "category_id", "created_at", "id", "status", "uploaded_by"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    title_key: Mapped[str] = mapped_column(String(200), default=_title_key, server_default="")
    description: Mapped[str] = mapped_column(Text, default="")
    category_id: Mapped[UUID | None] = mapped_column(ForeignKey("categories.id", ondelete="SET NULL"))
    uploaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    original_filename: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    duration_ms: Mapped[int | None] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(12))
    progress: Mapped[float] = mapped_column(default=0.0)
    error: Mapped[str | None] = mapped_column(String(500))
    view_count: Mapped[int] = mapped_column(default=0)
    has_thumbnail: Mapped[bool] = mapped_column(default=False)
    renditions: Mapped[str] = mapped_column(String(60), default="", server_default="")
    has_storyboard: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_chapters: Mapped[bool] = mapped_column(default=False, server_default=false())
    subtitles: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    """`server.values.sidecars.Subtitle`, one each."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    processed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class VideoTextRow(Base):
    """What is looked for in a video: title and description, folded, and their grams (`server.values.folded`).

    The index over the grams is in `server.models.library_triggers`, PostgreSQL's in migration 0011. `number` grows, so
    that the newest matches come first without a sort.
    """

    __tablename__ = "video_texts"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    video_id: Mapped[UUID] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    grams: Mapped[str] = mapped_column(Text)


class VideoCountRow(Base):
    """How many videos there are of a kind, so that a page's total needs no counting. Kept by triggers on `videos`.

    A video without a category or an uploader is counted under `NOBODY`: a NULL cannot be a part of a key.
    """

    __tablename__ = "video_counts"

    status: Mapped[str] = mapped_column(String(12), primary_key=True)
    category_id: Mapped[UUID] = mapped_column(primary_key=True)
    uploaded_by: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]


NOBODY = UUID(int=0)


class ViewRow(Base):
    """One viewer's session has seen one video; the constraint makes counting twice impossible."""

    __tablename__ = "views"
    __table_args__ = (UniqueConstraint("video_id", "session_id", name="uq_views_video_id_session_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    video_id: Mapped[UUID] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    session_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("sessions.id", ondelete="SET NULL"), index=True
    )
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PositionRow(Base):
    """Where somebody stopped watching."""

    __tablename__ = "positions"
    __table_args__ = (Index("ix_positions_user_id_updated_at", "user_id", "updated_at"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    video_id: Mapped[UUID] = mapped_column(
        ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position_ms: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
