"""What a person saw of a case when asking for something, and what of it is another by now: field by field.

A command whose version has moved on is never resolved by itself. Where it says something in words, each field that
others altered meanwhile may be kept as mine or taken as theirs; what only acts is offered again or dropped.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from domain.case import Case
from domain.not_after import DESCRIPTIVE_FIELDS

COMPARED = (
    "state",
    "kind",
    "title",
    "address",
    "lon",
    "lat",
    "lead_unit",
    "condition",
    "supervise",
    "urgent",
    "historic",
)
"""Fields of a case a person acts upon, in the order they are told."""


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
    return {name: msgspec.to_builtins(getattr(case, name)) for name in COMPARED}


def differences(seen: Mapping[str, Any], now: Case, args: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return what is another now than it was seen, with what the command's arguments say of the same field."""
    present = seen_of(now)
    return tuple(
        Difference(name, seen[name], present[name], args.get(name) if name in DESCRIPTIVE_FIELDS else None)
        for name in COMPARED
        if name in seen and seen[name] != present[name]
    )


def chosen_args(args: Mapping[str, Any], now: Case, theirs: frozenset[str]) -> dict[str, Any]:
    """Return a command's arguments with the fields in ``theirs`` said as others left them."""
    present = seen_of(now)
    return {name: present[name] if name in theirs and name in present else value for name, value in args.items()}
