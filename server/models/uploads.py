"""Tables of what comes in: uploads under way, and the ledger they are paid from."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database.base import Base, UtcDateTime


class UploadRow(Base):
    """An upload. How much has arrived is the size of its file, never a column, so the two cannot disagree.

    `video_id` is chosen when the upload begins and the video appears under it when the last byte is there, so that
    finishing twice, also after a crash, gives the same video.
    """

    __tablename__ = "uploads"
    __table_args__ = (Index("ix_uploads_expires_at", "expires_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    video_id: Mapped[UUID]
    filename: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    category_id: Mapped[UUID | None] = mapped_column(ForeignKey("categories.id", ondelete="SET NULL"))
    client_metadata: Mapped[str] = mapped_column(Text, default="", server_default="")
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LedgerRow(Base):
    """One line of a member's account: `bytes` is positive for a reservation or charge, negative for what is given back.

    The sum of all lines is what the member has used: a reset is a line too. `video_id` is what the upload became, or
    would have become.
    """

    __tablename__ = "upload_ledger"
    __table_args__ = (Index("ix_upload_ledger_user_id_created_at", "user_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    upload_id: Mapped[UUID | None]
    video_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(String(10))
    bytes: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
