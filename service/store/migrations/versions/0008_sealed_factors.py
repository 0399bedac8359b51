"""Secrets of one-time codes are sealed, which takes more room than the secret. What is plain is sealed at the start."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the column. SQLite knows no width."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("second_factor", "secret", type_=sa.String(length=200), existing_nullable=False)
