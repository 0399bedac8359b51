"""What 0002 does to a database of before: the one administrator, tokens, and the mark of a case's area."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import database_of
from sqlalchemy import text

from service.store import migrate
from service.store.engine import Store
from service.tokens import find_account, find_holder

WAS = {
    "boss": (["admin"], ["system_admin"]),
    "both": (["acceptor", "admin"], ["acceptor"]),
    "room": (["acceptor", "dispatcher"], ["acceptor", "dispatcher"]),
}
CASES = {
    "330699103-20260303-0001": ("|g:330699103001001|u:u1|", "|a:330699103|g:330699103001001|u:u1|"),
    "330699103-20260303-0002": ("||", "|a:330699103|"),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database at the first schema."""
    from alembic import command
    from alembic.config import Config

    kept = Store(database_of(tmp_path))
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    with kept.writing.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    yield kept
    kept.close()


def _fill(store: Store) -> None:
    account = "INSERT INTO account (account, name, roles, added_at) VALUES (:user, :user, :roles, 1)"
    token = "INSERT INTO token (hash, account, roles, added_at, expires_at) VALUES (:hash, :user, :roles, 1, 9)"
    case = (
        "INSERT INTO cases (case_no, version, state, is_open, title, address, source, source_no, placement, opened_at,"
        " changed_seq, watchers, body) VALUES (:no, 1, 'reported', 1, '', '', '', '', 'inside', 1, 1, :watchers, :body)"
    )
    with store.writing.begin() as connection:
        for user, (roles, _) in WAS.items():
            row = {"user": user, "roles": json.dumps(roles), "hash": user.encode()}
            connection.execute(text(account), {k: row[k] for k in ("user", "roles")})
            connection.execute(text(token), row)
        for number, (watchers, _) in CASES.items():
            connection.execute(text(case), {"no": number, "watchers": watchers, "body": b""})


def test_roles_tokens_and_areas_are_brought_forward(store: Store) -> None:
    _fill(store)
    migrate.upgrade(store)
    with store.reading.begin() as connection:
        for user, (_, roles) in WAS.items():
            account, holder = find_account(connection, user), find_holder(connection, user.encode())
            assert account is not None
            assert holder is not None
            assert sorted(account.actor.roles) == sorted(holder.actor.roles) == roles
            assert (account.version, account.actor.area, account.locked, account.disabled) == (1, "", False, False)
        rows = connection.execute(text("SELECT case_no, watchers FROM cases")).all()
    assert {row.case_no: row.watchers for row in rows} == {number: wanted for number, (_, wanted) in CASES.items()}
