"""Finding addresses by their code: a whole one, or its beginning. Both are asked of the index on codes alone."""

import unicodedata
from typing import Any

from sqlalchemy import Connection, text

from service.store import direct

BEGINNING = 6
"""Characters from which a code's beginning is looked for; fewer begin too many codes, and words as well."""

_WHOLE = text("SELECT id, code, text, lon, lat, division FROM address WHERE code = :code")
_BEGUN = text(
    "SELECT id, code, text, lon, lat, division FROM address WHERE code >= :first AND code < :past"
    " ORDER BY code LIMIT :most"
)
_PAST = "\U0010ffff"
"""Sorts behind whatever else may follow a beginning."""


def rows_by_code(connection: Connection, asked: str, most: int) -> list[tuple[Any, ...]]:
    """Return the addresses whose code is what is asked, then those whose code begins so; letters in either case.

    The connection must be in a transaction.
    """
    sought = unicodedata.normalize("NFKC", asked).strip()
    found: dict[str, tuple[Any, ...]] = {}
    for code in dict.fromkeys((sought, sought.upper(), sought.lower())):
        if len(code) < BEGINNING:
            rows = direct.rows(connection, _WHOLE, {"code": code})
        else:
            rows = direct.rows(connection, _BEGUN, {"first": code, "past": code + _PAST, "most": most})
        found |= {row[1]: row for row in rows}
    whole = [row for code, row in found.items() if code.casefold() == sought.casefold()]
    return (whole + [row for row in found.values() if row not in whole])[:most]
