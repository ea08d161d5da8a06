"""PostgreSQL's index behind the search knows which texts are the newest ones

Revision: 0011, after 0010.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    op.drop_index("ix_video_texts_grams", table_name="video_texts")
    # for each block of 256 numbers a token besides the grams, which have no `n`
    op.execute(
        "CREATE INDEX ix_video_texts_grams ON video_texts "
        "USING gin (string_to_array(grams || ' n' || (number >> 8)::text, ' '))"
    )


def downgrade() -> None:
    raise NotImplementedError("put the copy back that was made before the upgrade")
