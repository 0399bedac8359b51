"""What a person saw of a case when asking for something, and what of it is another by now: field by field.

A command whose version has moved on is never resolved by itself. Where it says something in words, each field that
others altered meanwhile may be kept as mine or taken as theirs; what only acts is offered again or dropped.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from domain.case import Case
from domain.correcting import present
from domain.not_after import DESCRIPTIVE_FIELDS

COMPARED = (
    "state",
    "kind",
    "title",
    "words",
    "address",
    "place",
    "lead_unit",
    "condition",
    "supervise",
    "urgent",
    "historic",
)
"""What a person acts upon in a case, in the order it is told. A place is one thing: longitude and latitude are kept or
taken together; the words are those of the first report."""


class Difference(msgspec.Struct, frozen=True):
    """A field that stands otherwise now. ``mine`` is what the command says of it, None where it says nothing."""

    field: str
    seen: Any
    theirs: Any
    mine: Any = None

    @property
    def is_choice(self) -> bool:
        """Whether a person has to choose: both said something, and not the same."""
        return self.mine is not None and self.mine != self.theirs


def seen_of(case: Case) -> dict[str, Any]:
    """Return the compared fields of a case as plain values, to be kept beside a command."""
    of_fields = present(case)
    return {n: of_fields[n] if n in of_fields else msgspec.to_builtins(getattr(case, n)) for n in COMPARED}


def differences(seen: Mapping[str, Any], now: Case, args: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return what is another now than it was seen, with what the command's arguments say of the same field."""
    by_now = seen_of(now)
    return tuple(
        Difference(name, seen[name], by_now[name], args.get(name) if name in DESCRIPTIVE_FIELDS else None)
        for name in COMPARED
        if name in seen and seen[name] != by_now[name]
    )


def chosen_args(args: Mapping[str, Any], now: Case, theirs: frozenset[str]) -> dict[str, Any]:
    """Return a command's arguments with the fields in ``theirs`` said as others left them."""
    by_now = seen_of(now)
    return {name: by_now[name] if name in theirs and name in by_now else value for name, value in args.items()}
