"""What a client said of its upload, in its own words

Revision: 0009, after 0008. tus 1.0.0 has the server tell it again when the client asks.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("uploads", sa.Column("client_metadata", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("put the copy back that was made before the upgrade")
