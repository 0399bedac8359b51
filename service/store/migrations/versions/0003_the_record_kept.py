"""The log refuses to be altered, its heads are signed, and contacts are proven by a salted digest in the log.

A change may only lose personal values, and only within a transaction that names it in ``erasing``.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIXED = (
    *("seq", "subject", "subject_id", "action", "actor", "recorded_at", "version", "state"),
    *("on_behalf_of", "occurred_at", "digest", "hash"),
)
"""Columns of a change that never alter: all but payload and salt."""


def upgrade() -> None:
    """Add the tables, and the triggers that hold the log."""
    op.create_table(
        "erasing", sa.Column("seq", BIG, autoincrement=False, nullable=False), sa.PrimaryKeyConstraint("seq")
    )
    op.create_table(
        "audit_key",
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("added_seq", BIG, nullable=False),
        sa.Column("added_at", BIG, nullable=False),
        sa.Column("endorsed_by", sa.String(length=64), nullable=True),
        sa.Column("endorsement", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("key_id"),
    )
    op.create_table(
        "signed_head",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", "key_id"),
    )
    op.add_column("contact", sa.Column("salt", sa.LargeBinary(), nullable=True))
    beside = sa.text("subject <> 'case'")
    op.create_index(
        "change_beside_cases", "change", ["seq"], unique=False, sqlite_where=beside, postgresql_where=beside
    )
    if op.get_bind().dialect.name == "sqlite":
        _hold_on_sqlite()
    else:
        _hold_on_postgresql()


def _hold_on_sqlite() -> None:
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in FIXED)
    op.execute(
        "CREATE TRIGGER change_stays BEFORE UPDATE ON change "
        f"WHEN NOT (EXISTS (SELECT 1 FROM erasing WHERE erasing.seq = OLD.seq) AND {same}) "
        "BEGIN SELECT RAISE(ABORT, 'the log is not altered'); END"
    )
    op.execute(
        "CREATE TRIGGER change_is_not_deleted BEFORE DELETE ON change "
        "BEGIN SELECT RAISE(ABORT, 'the log is not altered'); END"
    )


def _hold_on_postgresql() -> None:
    new, old = (", ".join(f"{row}.{name}" for name in FIXED) for row in ("NEW", "OLD"))
    op.execute(
        "CREATE FUNCTION change_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'UPDATE' THEN "
        f"IF ROW({new}) IS NOT DISTINCT FROM ROW({old}) AND EXISTS (SELECT 1 FROM erasing WHERE seq = OLD.seq) "
        "THEN RETURN NEW; END IF; END IF; "
        "RAISE EXCEPTION 'the log is not altered' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER change_stays BEFORE UPDATE OR DELETE ON change FOR EACH ROW EXECUTE FUNCTION change_stays()"
    )
    op.execute(
        "CREATE TRIGGER change_is_not_emptied BEFORE TRUNCATE ON change "
        "FOR EACH STATEMENT EXECUTE FUNCTION change_stays()"
    )
