"""Search in titles and descriptions, counts kept by triggers, and indexes for every order of the list

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

from server.models.library_triggers import COUNT_EXISTING, POSTGRESQL, SQLITE
from server.values.folded import folded, grams, title_key

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_REST = ["id", "status", "uploaded_by", "category_id"]
_INDEXES = {
    "ix_videos_created_at": ["created_at", *_REST],
    "ix_videos_title_key": ["title_key", *_REST],
    "ix_videos_view_count": ["view_count", *_REST],
    "ix_videos_status_created_at": ["status", "created_at", "id", "uploaded_by", "category_id"],
    "ix_videos_uploaded_by_created_at": ["uploaded_by", "created_at", "id", "status", "category_id"],
    "ix_videos_category_id_created_at": ["category_id", "created_at", "id", "status", "uploaded_by"],
}
_BATCH = 500


def upgrade() -> None:
    connection = op.get_bind()
    op.add_column("videos", sa.Column("title_key", sa.String(length=200), nullable=False, server_default=""))
    op.create_table(
        "video_texts",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("grams", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_video_texts_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_video_texts")),
        sa.UniqueConstraint("video_id", name=op.f("uq_video_texts_video_id")),
    )
    op.create_table(
        "video_counts",
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("status", "category_id", "uploaded_by", name=op.f("pk_video_counts")),
    )
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(COUNT_EXISTING)
    _fold_existing(connection)
    for name in ("status", "uploaded_by", "category_id"):
        op.drop_index(f"ix_videos_{name}_created_at", table_name="videos")
    for name, columns in _INDEXES.items():
        op.create_index(name, "videos", columns)
    # a length that is not known yet counts as the shortest, which is what SQLite does by itself
    first = sa.text("duration_ms" if connection.dialect.name == "sqlite" else "duration_ms NULLS FIRST")
    op.create_index("ix_videos_duration_ms", "videos", [first, *_REST])


def _fold_existing(connection: sa.Connection) -> None:
    videos = sa.table(
        "videos", *(sa.column(name) for name in ("title", "description", "title_key", "created_at")),
        sa.column("id", sa.Uuid()),
    )  # fmt: skip
    texts = sa.table("video_texts", sa.column("video_id", sa.Uuid()), sa.column("text"), sa.column("grams"))
    rows = connection.execute(
        sa.select(videos.c.id, videos.c.title, videos.c.description).order_by(videos.c.created_at)
    ).all()
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        keys = [{"video": row.id, "key": title_key(row.title)} for row in batch]
        connection.execute(
            sa.update(videos)
            .where(videos.c.id == sa.bindparam("video", type_=sa.Uuid()))
            .values(title_key=sa.bindparam("key")),
            keys,
        )
        found = [(row.id, folded(f"{row.title}\n{row.description}")) for row in batch]
        lines = [{"video_id": video_id, "text": text, "grams": grams(text)} for video_id, text in found]
        connection.execute(sa.insert(texts), lines)


def downgrade() -> None:
    raise NotImplementedError("put the copy back that was made before the upgrade")
