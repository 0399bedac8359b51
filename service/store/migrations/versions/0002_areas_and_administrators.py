"""Areas, locks and versions of accounts; second factors; the one administrator becomes the system administrator.

An account that was administrator and nothing else becomes system administrator; one that had work to do as well keeps
its work and loses the administration, because no account may hold both any more. Cases get the mark of their area.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Alter accounts and cases."""
    op.add_column("account", sa.Column("area", sa.String(length=12), nullable=False, server_default=""))
    op.add_column("account", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("account", sa.Column("disabled_at", BIG, nullable=True))
    op.add_column("account", sa.Column("locked_at", BIG, nullable=True))
    op.add_column("account", sa.Column("first_password", sa.SmallInteger(), nullable=False, server_default="0"))
    op.create_table(
        "second_factor",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("confirmed", sa.SmallInteger(), nullable=False),
        sa.Column("last_step", BIG, nullable=False),
        sa.Column("added_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    _give_roles("account", "account")
    _give_roles("token", "hash")
    _mark_areas()


def _give_roles(table: str, key: str) -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(f"SELECT {key} AS which, roles FROM {table} WHERE roles LIKE '%\"admin\"%'")
    ).all()
    for row in rows:
        left = [role for role in json.loads(row.roles) if role != "admin"]
        roles = json.dumps(left or ["system_admin"])
        connection.execute(
            sa.text(f"UPDATE {table} SET roles = :roles WHERE {key} = :which"), {"roles": roles, "which": row.which}
        )


def _mark_areas() -> None:
    head = "split_part(case_no, '-', 1)"
    if op.get_bind().dialect.name == "sqlite":
        head = "substr(case_no, 1, instr(case_no || '-', '-') - 1)"
    mark = f"'|a:' || {head}"
    op.execute(f"UPDATE cases SET watchers = CASE WHEN watchers = '||' THEN {mark} || '|' ELSE {mark} || watchers END")
