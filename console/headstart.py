"""What a start does before anything of Qt is there: the picture is asked for, and what knows no Qt is imported.

All of it is for a quick start. The service works on its replies while this process imports and builds, and the map's
shapes are read while Qt is loaded.
"""

import builtins
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from client.early import EarlyReplies
from console import quickenums

if TYPE_CHECKING:
    from console.mapshapes import EarlyShapes

BEFORE_QT = (
    "console.mapshapes",
    "client.room",
    "layers.cases.model",
    "layers.positions.model",
)

READS_SOURCE = "_mod_uses_pyside"
NOT_TO_RUN = ("shibokensupport/signature/lib/enum_sig.py", "shibokensupport/signature/lib/pyi_generator.py")
"""Tools that write PySide6's own stub files. It compiles and runs them at every start, and argparse with them."""
BLAS_THREADS = "OPENBLAS_NUM_THREADS"
"""numpy's algebra, which nothing here uses, would start a thread per core, each of which spins for a while (a tenth of
what a start takes in processor time)."""
SWITCH_S = 0.0005
"""How long a thread may keep Python to itself while another waits. Qt lets go of Python at each call; to take it up
again the window would wait up to Python's own 5 ms for a thread that draws tiles or reads a reply."""


class HeadStart(msgspec.Struct, frozen=True):
    """What is on its way for a console that knows from the outset who signs in, and where."""

    replies: EarlyReplies
    shapes: "EarlyShapes"


def begin(server: str | None, token: str | None, ca_file: Path | None) -> HeadStart | None:
    """Begin the start of a console; return what was asked for, None where nobody is signed in from the outset."""
    sys.setswitchinterval(SWITCH_S)
    gc.disable()  # nothing that a start makes is rubbish; ``console.collector`` takes over once the loop runs
    replies = None
    if server is not None and token is not None and token.isascii() and token.isprintable():
        replies = EarlyReplies(server, token, ca_file=None if ca_file is None else str(ca_file))
    os.environ.setdefault(BLAS_THREADS, "1")
    import_module("shapely")
    early = None
    if replies is not None:
        from console.mapshapes import EarlyShapes  # noqa: PLC0415 - not before the service was asked

        early = HeadStart(replies, EarlyShapes(replies))
    for name in BEFORE_QT:
        import_module(name)
    spare_reading()
    return early


def spare_reading() -> None:
    """Keep PySide6 from reading the source of every module imported after it (13 of 460 ms).

    It looks whether a module names PySide6, for which it would have to switch the optional features of its
    ``__feature__`` module. Nothing here uses those, so that no module asks for a switch whatever the answer is.
    """
    quickenums.hasten()
    with _emptied(NOT_TO_RUN):
        import_module("PySide6.QtCore")
    feature = import_module("shibokensupport.feature")
    if hasattr(feature, READS_SOURCE):  # a name of PySide6's own: without it a start only takes a little longer
        setattr(feature, READS_SOURCE, _names_pyside)


@contextmanager
def _emptied(names: tuple[str, ...]) -> Iterator[None]:
    """Take the source of these files for empty where it is compiled from memory, as PySide6 does with its own."""
    plain = builtins.compile

    def compile_most(source: Any, filename: Any, *how: Any, **more: Any) -> Any:
        return plain(b"" if filename in names else source, filename, *how, **more)

    builtins.compile = compile_most
    try:
        yield
    finally:
        builtins.compile = plain


def _names_pyside(module: object) -> bool:
    return True
