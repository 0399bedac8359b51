"""A photo knows whether a change names it, so that one nobody used can go. Those of before count as used."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark photos."""
    op.add_column("attachment", sa.Column("used", sa.SmallInteger(), nullable=False, server_default="1"))
    unused = sa.text("used = 0")
    op.create_index(
        "attachment_unused", "attachment", ["added_at"], unique=False, sqlite_where=unused, postgresql_where=unused
    )
