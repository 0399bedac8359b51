"""A photo knows the cases it came to, so that nobody sees one of a case they may not see."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table and fill it from the log."""
    table = op.create_table(
        "photo_case",
        sa.Column("attachment_id", sa.String(length=40), nullable=False),
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("attachment_id", "seq"),
    )
    connection = op.get_bind()
    log = sa.text("SELECT seq, subject_id, payload FROM change WHERE subject = 'case' ORDER BY seq")
    for row in connection.execute(log).fetchall():
        try:
            named = set(_photos(json.loads(bytes(row.payload))))
        except ValueError:  # erased
            continue
        if named:
            rows = [{"attachment_id": n, "seq": row.seq, "case_no": row.subject_id} for n in sorted(named)]
            connection.execute(table.insert(), rows)


def _photos(data: Any) -> list[str]:
    """Return whatever a payload names as photos, at any depth (a report, the reports of a merged case)."""
    found: list[str] = []
    if isinstance(data, list):
        for part in data:
            found += _photos(part)
    elif isinstance(data, dict):
        for name, value in data.items():
            if name in ("photos", "after_photos") and isinstance(value, list):
                found += [photo for photo in value if isinstance(photo, str)]
            else:
                found += _photos(value)
    return found
