"""Where people stopped watching, and which video a line of the ledger is about

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "positions",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.Column("position_ms", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_positions_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_positions_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "video_id", name=op.f("pk_positions")),
    )
    op.create_index("ix_positions_user_id_updated_at", "positions", ["user_id", "updated_at"])
    op.create_index("ix_positions_video_id", "positions", ["video_id"])
    op.add_column("upload_ledger", sa.Column("video_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE upload_ledger SET video_id ="
        " (SELECT uploads.video_id FROM uploads WHERE uploads.id = upload_ledger.upload_id)"
    )


def downgrade() -> None:
    raise NotImplementedError("put the copy back that was made before the upgrade")
