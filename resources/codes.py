"""The code tables the product ships with: kinds of case, filing conditions, limits and the work calendar.

They are data (``codes/*.json``), written for this product; a town hands in its own through ``town.json``.
"""

from typing import Any, NamedTuple, TypeVar

import msgspec

from domain.case import CaseKind, Condition, Rules
from domain.clock import WorkCalendar
from domain.gist import Hints
from domain.ids import DivisionCode
from domain.register_text import Template
from domain.town import Town
from domain.wire import TownInfo
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


def load_hints() -> Hints:
    """Return the words people use for the shipped kinds, and those of urgency."""
    return msgspec.json.decode(read_bytes("codes/hints.json"), type=Hints)


def load_templates(language: str) -> list[Template]:
    """Return the texts that come with the program, in a language."""
    whole = msgspec.json.decode(read_bytes("codes/templates.json"), type=dict[str, Any])
    end = "zh" if language == "zh-CN" else "en"
    return [Template(row[f"name_{end}"], row[f"text_{end}"], tuple(row["uses"])) for row in whole["templates"]]


def _table(name: str, kind: type[T]) -> T:
    whole = msgspec.json.decode(read_bytes(f"codes/{name}.json"), type=dict[str, Any])
    return msgspec.convert(whole[name], kind)


UNNAMED_DIVISION = DivisionCode("000000000")


def unnamed_town() -> Town:
    """Return a real town without a name, places or people, on the shipped code tables.

    It is what a service starts with that was handed none: divisions, grids and cases can be imported at once.
    """
    codes = load_codes()
    info = TownInfo(
        division=UNNAMED_DIVISION,
        name_zh="未命名镇街",
        name_en="Unnamed town",
        synthetic=False,
        calendar=codes.calendar,
        rules=codes.rules,
        kinds=codes.kinds,
        conditions=codes.conditions,
    )
    return Town(info=info, divisions=(), grids=(), base=(), units=(), staff=(), vehicles=())
