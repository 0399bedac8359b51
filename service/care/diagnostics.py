"""The diagnostic log: text for technicians, without personal data. What is done to cases is in the change log instead.

Lines go to standard error, or to a file that is turned over at a size. Values from requests are never formatted into
it by us or by SQLAlchemy (``hide_parameters``). One thing that goes wrong a thousand times a second is one line with a
count.
"""

import logging
import sys
import time
from collections import OrderedDict
from logging.handlers import RotatingFileHandler
from pathlib import Path

from domain.faults import invalid

MOST_BYTES = 5_000_000
KEPT_FILES = 9
FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
QUIET_S = 10.0
MOST_KINDS = 1_000


class Repeats(logging.Filter):
    """Lets one line of a kind through in ``QUIET_S`` seconds; the next one says how many were held back.

    A kind is the logger, the level and the message before its values are filled in.
    """

    def __init__(self, quiet_s: float = QUIET_S) -> None:
        super().__init__()
        self._quiet_s = quiet_s
        self._seen: OrderedDict[tuple[str, int, str], tuple[float, int]] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line is to be written; adds the count of those held back."""
        kind = (record.name, record.levelno, str(record.msg)[:500])
        now = time.monotonic()
        since, held = self._seen.pop(kind, (now - self._quiet_s - 1, 0))
        if now - since < self._quiet_s:
            self._seen[kind] = (since, held + 1)
            return False
        self._seen[kind] = (now, 0)
        while len(self._seen) > MOST_KINDS:
            self._seen.popitem(last=False)
        if held:
            record.msg = f"{record.msg} (and {held} more of these since)"
        return True


def set_up(file: Path | None) -> None:
    """Begin the diagnostic log of this process. Raises ``Fault('log_not_writable')``."""
    try:
        handler: logging.Handler = (
            logging.StreamHandler(sys.stderr)
            if file is None
            else RotatingFileHandler(file, maxBytes=MOST_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
        )
    except OSError as error:
        raise invalid("log_not_writable", path=str(file), why=error.strerror or "") from None
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.addFilter(Repeats())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
