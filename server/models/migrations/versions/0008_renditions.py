"""The heights in which a finished video can be watched

Revision: 0008, after 0007. Videos of before keep an empty list: they are streamed as one MP4.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("videos", sa.Column("renditions", sa.String(length=60), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("put the copy back that was made before the upgrade")
