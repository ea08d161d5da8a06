"""Lanes and indexes for the queue: its order, the latest started, the latest ended

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("lane", sa.Integer(), nullable=False, server_default="2"))
    op.drop_index("ix_jobs_state_rank", table_name="jobs")
    op.create_index("ix_jobs_order", "jobs", ["state", "lane", "rank", "created_at", "id"])
    op.create_index("ix_jobs_started_at", "jobs", ["started_at"])
    op.create_index("ix_jobs_finished_at", "jobs", ["finished_at"])


def downgrade() -> None:
    raise NotImplementedError("put the copy back that was made before the upgrade")
