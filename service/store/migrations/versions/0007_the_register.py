"""The register and the readings of its things."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "entry",
        sa.Column("entry", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("area", sa.String(length=12), nullable=False),
        sa.Column("removed", sa.SmallInteger(), nullable=False),
        sa.Column("expires_at", BIG, nullable=True),
        sa.Column("changed_seq", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry"),
    )
    op.create_index("entry_by_kind", "entry", ["kind", "removed", "entry"], unique=False)
    ends = sa.text("expires_at IS NOT NULL")
    op.create_index("entry_by_expiry", "entry", ["expires_at"], unique=False, sqlite_where=ends, postgresql_where=ends)
    op.create_table(
        "reading",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("saved_at", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "entry_id"),
    )
    op.create_index("ix_reading_saved_at", "reading", ["saved_at"], unique=False)
    op.create_table(
        "reading_history",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("at", BIG, autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "entry_id", "at"),
    )
    op.create_index("reading_history_by_time", "reading_history", ["at"], unique=False)
