"""Who wrote a file and when, and what the file is offered to be called. No Qt."""

import re
from datetime import datetime
from typing import NamedTuple

from console.exchange.export import moment_text
from domain.exporting import ExportLogged
from widgets.names import Names

UNSAFE = re.compile(r'[<>:"/\\|?*.\x00-\x1f\x7f\s]+')
"""What some file system does not take in a name, every kind of blank, and a point: an ending would begin there."""
MOST_BYTES = 180
"""Of what comes before the time: file systems take 255 bytes in all, and a letter of Chinese is three."""


class Mark(NamedTuple):
    """Who wrote a file, when, and the number it is logged under.

    ``at`` is for programs (ISO 8601 with the offset of the town's zone), ``said`` for people: the town's own time as it
    is written in the language in use.
    """

    by: str
    at: str
    said: str
    seq: int


def mark_of(logged: ExportLogged, names: Names) -> Mark:
    """Return the mark of what the service has logged."""
    return Mark(logged.by, moment_text(logged.at, names.zone), names.written(logged.at), logged.seq)


def file_name(title: str, at: datetime, names: Names) -> str:
    """Return a name for a file without its ending: town, title and time, as Windows and Linux take it."""
    stem = UNSAFE.sub(" ", f"{names.town_name()} {title}").strip()
    short = stem.encode("utf-8", "ignore")[:MOST_BYTES].decode("utf-8", "ignore").strip()
    return f"{short} {names.local(at):%Y-%m-%d %H-%M}".strip()
