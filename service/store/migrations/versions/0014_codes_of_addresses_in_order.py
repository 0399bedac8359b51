"""Codes of addresses stand in the order of their bytes on PostgreSQL, too: an index finds those that begin alike."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Order them so. SQLite always did."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE address ALTER COLUMN code TYPE varchar(64) COLLATE "C"')
