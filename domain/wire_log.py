"""The duty log over the wire: the change log as its reader may see it, a page at a time."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from domain.change import Change, Seq

MOST_LOG = 1_000
"""Changes looked through for one page."""


class PrintedWhat(StrEnum):
    """What can be put on paper. Names are ``paper.<value>``."""

    FALLBACK = "fallback"  # open cases, units, telephones: for when the line dies
    HANDOVER = "handover"
    LOG = "log"
    PLAN = "plan"  # a checklist, ticked or not


class LogPage(msgspec.Struct, frozen=True):
    """``GET /v1/log``: the changes one may see after a number, oldest first.

    ``upto`` is the last number looked at: given as ``after`` it brings what follows; ``whole`` says there is none.
    """

    changes: tuple[Change, ...]
    upto: Seq
    whole: bool


class Printed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/prints``: something of the room's was put on paper: what, how many lines, and when, by its console."""

    what: PrintedWhat
    lines: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    at: datetime
