"""On PostgreSQL whoever moves the head of the log tells all services of it, within the transaction that moves it.

The trigger does it and not the program, so that no writer can forget to, not even the command line.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the trigger; SQLite has one service and nobody to tell."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE FUNCTION onemap_tell() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify('onemap_change', NEW.seq::text); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER head_tells AFTER UPDATE OF seq ON head FOR EACH ROW "
        "WHEN (NEW.seq IS DISTINCT FROM OLD.seq) EXECUTE FUNCTION onemap_tell()"
    )
