"""Who wrote a file and when, said in one way in every format. No Qt."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from console.exchange.export import moment_text
from domain.exporting import ExportLogged


class Mark(NamedTuple):
    """Who wrote a file, when (ISO 8601 with the offset of the town's zone), and the number it is logged under."""

    by: str
    at: str
    seq: int


def mark_of(logged: ExportLogged, zone: ZoneInfo) -> Mark:
    """Return the mark of what the service has logged."""
    return Mark(logged.by, moment_text(logged.at, zone), logged.seq)
