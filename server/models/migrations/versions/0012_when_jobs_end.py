"""When a job will be done, as a point in time

Revision: 0012, after 0011. What is left of a job was as old as the last report of it, which comes every few seconds.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_column("jobs", "eta_ms")


def downgrade() -> None:
    raise NotImplementedError("put the copy back that was made before the upgrade")
