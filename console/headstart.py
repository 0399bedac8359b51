"""What a start does before anything of Qt is there: the picture is asked for, and what knows no Qt is imported.

Both are for a quick start. The service works on its replies while this process imports and builds. And PySide6, once
imported, reads the source of every module that is imported after it, to see whether it uses PySide6 (measured: 60 to 90
of 600 ms); so what does not use it comes first.
"""

from importlib import import_module
from pathlib import Path

from client.early import EarlyReplies

BEFORE_QT = (
    "client.room",
    "shapely",
    "layers.basemap.model",
    "layers.cases.model",
    "layers.divisions.model",
    "layers.grids.model",
    "layers.positions.model",
)


def begin(server: str | None, token: str | None, ca_file: Path | None) -> EarlyReplies | None:
    """Begin the start of a console; return what was asked for, None where nobody is signed in from the outset."""
    early = None
    if server is not None and token is not None and token.isascii() and token.isprintable():
        early = EarlyReplies(server, token, ca_file=None if ca_file is None else str(ca_file))
    for name in BEFORE_QT:
        import_module(name)
    return early
