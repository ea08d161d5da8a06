"""What a video has besides its picture and sound, and two settings for how it is made

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    no = sa.false()
    op.add_column("config", sa.Column("always_transcode", sa.Boolean(), nullable=False, server_default=no))
    op.add_column(
        "config", sa.Column("audio_language", sa.String(length=20), nullable=False, server_default="")
    )
    op.add_column("videos", sa.Column("has_storyboard", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("videos", sa.Column("has_chapters", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("videos", sa.Column("subtitles", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    raise NotImplementedError("put the copy back that was made before the upgrade")
