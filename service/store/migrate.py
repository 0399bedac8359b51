"""Bringing a store to the newest schema. Forward only."""

from pathlib import Path

from sqlalchemy import inspect, text

from domain.faults import invalid
from service.store.engine import Store

NEWEST = "0014"
"""The last revision in ``migrations/versions``; a test holds it to that."""


def upgrade(store: Store, to: str = NEWEST) -> None:
    """Create the schema or bring it forward. Alembic is loaded only where there is something to do.

    ``to`` is an earlier revision where a test needs one.

    Raises ``Fault('database_newer')`` for a database of a later program.
    """
    present = revision(store)
    if present == NEWEST:
        return
    if present is not None and present > NEWEST:
        raise invalid("database_newer", present=present, known=NEWEST)
    from alembic import command  # noqa: PLC0415 - 0.2 s that a start on a current schema need not pay
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with store.writing.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def revision(store: Store) -> str | None:
    """Return the revision the database is at, None where it is empty."""
    with store.reading.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
        return None if row is None else str(row[0])
