"""Replay of the accounts against what is kept: who may sign in, and what they may, is what the log says of it.

A change says the fields that altered, as they are after it; a token given to a script widens its account. What a change
of an earlier program did not say of an account proves nothing of it. Passwords and second factors are not in the log.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection

from domain.people import Role
from service.audit.streams import stream
from service.audit.verdict import Damage, Verdict

_CHANGES = (
    "SELECT subject_id, seq, action, payload FROM change WHERE subject = 'account' ORDER BY subject_id {bytes}, seq"
)
_ROWS = "SELECT account, name, roles, area, unit, staff, disabled_at, locked_at, first_password FROM account"
_ROLES = frozenset(role.value for role in Role)
_PERSON: dict[str, Any] = {"unit": None, "staff": None}
_SCRIPT: dict[str, Any] = {**_PERSON, "area": "", "disabled": False, "locked": False, "must_change_password": False}
"""What a first change need not say of a new account."""


def check_accounts(connection: Connection, verdict: Verdict) -> None:
    """Hold every account to its changes."""
    kept = {row[0]: row for row in stream(connection, _ROWS)}
    for account, changes in groupby(stream(connection, _CHANGES), itemgetter(0)):
        verdict.accounts += 1
        row = kept.pop(account, None)
        seq, said = _said(changes)
        if row is None:
            verdict.add(seq, Damage.ACCOUNT_MISSING, account)
        elif said is None or any(_shown(row)[name] != value for name, value in said.items()):
            verdict.add(seq, Damage.ACCOUNT_DIFFERS, account)
    for account in kept:
        verdict.add(verdict.checked, Damage.ACCOUNT_UNSAID, account)


def _said(changes: Iterator[tuple[Any, ...]]) -> tuple[int, dict[str, Any] | None]:
    """Return the last change of an account and what is known of it by then; None where a change cannot be read."""
    rows = list(changes)
    said: dict[str, Any] = {}
    try:
        for i, (_, _, action, payload) in enumerate(rows):
            data = msgspec.json.decode(payload, type=dict[str, Any])
            if not i and (action == "token_given" or "after" in data):
                said |= _SCRIPT if action == "token_given" else _PERSON
            if action == "token_given" and (not i or "roles" in said):
                _widen(said, data["roles"])
            said |= {name: value for name, value in data.get("after", {}).items() if name in _FIELDS}
    except (ValueError, KeyError, TypeError, AttributeError, msgspec.MsgspecError):
        return rows[-1][1], None
    return rows[-1][1], said


def _widen(said: dict[str, Any], roles: list[str]) -> None:
    """Add the roles of a token: a script's account holds what its tokens were given, a person's held that already."""
    held = {*said.pop("roles", ()), *roles}
    if held <= _ROLES:  # an earlier program's were given other names since
        said["roles"] = sorted(held)


_FIELDS = ("name", "roles", "area", "unit", "staff", "disabled", "locked", "must_change_password")


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    """Return a row as the log would say it."""
    _, name, roles, area, unit, staff, disabled_at, locked_at, first_password = row
    try:
        held: Any = sorted(msgspec.json.decode(roles, type=list[str]))
    except msgspec.MsgspecError:
        held = roles
    states = (disabled_at is not None, locked_at is not None, bool(first_password))
    return dict(zip(_FIELDS, (name, held, area, unit, staff, *states), strict=True))
