"""Secrets of one-time codes are sealed, which takes more room than the secret. What is plain is sealed at the start."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the column."""
    with op.batch_alter_table("second_factor") as table:
        table.alter_column("secret", type_=sa.String(length=200), existing_nullable=False)
