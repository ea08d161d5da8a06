"""Indexes of finished videos in each order, and of unfinished ones, so that a deep page skips what comes before it

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_FINISHED = sa.text("status = 'completed'")
_REST = ["id", "status", "uploaded_by", "category_id"]


_UNFINISHED = sa.text("status <> 'completed'")


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    # a length that is not known yet counts as the shortest, which is what SQLite does by itself
    duration = sa.text("duration_ms" if is_sqlite else "duration_ms NULLS FIRST")
    orders = {name: name for name in ("created_at", "title_key", "view_count")} | {"duration_ms": duration}
    for name, first in orders.items():
        index = f"ix_videos_{name}"
        op.drop_index(index, table_name="videos")
        op.create_index(index, "videos", [first, *_REST], sqlite_where=_FINISHED, postgresql_where=_FINISHED)
    op.drop_index("ix_videos_status_created_at", table_name="videos")
    columns = ["status", "created_at", "id", "uploaded_by", "category_id"]
    op.create_index(
        "ix_videos_unfinished", "videos", columns, sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED
    )


def downgrade() -> None:
    raise NotImplementedError("put the copy back that was made before the upgrade")
