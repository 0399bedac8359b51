"""A helper knows when it was sent: cases to which more were sent after the dispatch are folded anew."""

from alembic import op
from sqlalchemy import text

from domain.change import Subject
from domain.fold import fold_all
from service.store import reads
from service.store.rows import case_row

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOST = 100_000
"""Changes of one case: more than any has."""


def upgrade() -> None:
    """Fold them as the program does now; a record that cannot be folded is left for ``verify`` to tell of."""
    connection = op.get_bind()
    sent = text("SELECT DISTINCT subject_id FROM change WHERE subject = 'case' AND action = 'add_helpers'")
    for case_no in connection.execute(sent).scalars().all():
        changes = reads.last_changes(connection, Subject.CASE, case_no, MOST)
        try:
            body = case_row(fold_all(changes), changes[-1].seq)["body"]
        except (ValueError, KeyError, TypeError):
            continue
        connection.execute(text("UPDATE cases SET body = :body WHERE case_no = :no"), {"body": body, "no": case_no})
