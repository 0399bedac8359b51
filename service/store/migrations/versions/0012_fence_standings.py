"""How things stand at geofences, over a restart."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "fence_standing",
        sa.Column("fence", sa.String(length=64), nullable=False),
        sa.Column("thing", sa.String(length=128), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("fence", "thing"),
    )
