"""The code tables the product ships with: kinds of case, filing conditions, limits and the work calendar.

They are data (``codes/*.json``), written for this product; a town hands in its own through ``town.json``.
"""

from typing import Any, NamedTuple, TypeVar

import msgspec

from domain.case import CaseKind, Condition, Rules
from domain.clock import WorkCalendar
from resources.files import read_bytes

T = TypeVar("T")


class Codes(NamedTuple):
    """All code tables. Kinds and conditions are in the order they are shown in."""

    kinds: tuple[CaseKind, ...]
    conditions: tuple[Condition, ...]
    rules: Rules
    calendar: WorkCalendar


def load_codes() -> Codes:
    """Return the shipped code tables. Raises ``msgspec.ValidationError`` where a shipped file is broken."""
    return Codes(
        kinds=_table("kinds", tuple[CaseKind, ...]),
        conditions=_table("conditions", tuple[Condition, ...]),
        rules=_table("rules", Rules),
        calendar=_table("calendar", WorkCalendar),
    )


def _table(name: str, kind: type[T]) -> T:
    whole = msgspec.json.decode(read_bytes(f"codes/{name}.json"), type=dict[str, Any])
    return msgspec.convert(whole[name], kind)
