"""What a start does before anything of Qt is there: the picture is asked for, and what knows no Qt is imported.

All of it is for a quick start. The service works on its replies while this process imports and builds, and the map's
shapes are read while Qt is loaded.
"""

import gc
import os
import sys
from importlib import import_module
from importlib.util import cache_from_source
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import msgspec

from client.early import FIRST_PATHS, SNAPSHOT_PATH, EarlyReplies
from console import quickenums, quicknumpy
from console.folders import ground_file
from console.keptcode import KeptCode

if TYPE_CHECKING:
    from console.ground import EarlyGround

BEFORE_QT = (
    "console.ground",
    "client.room",
    "layers.cases.model",
    "layers.positions.model",
)

NOT_TO_READ = ("numpy._core._add_newdocs", "numpy._core._add_newdocs_scalars")
"""numpy's help texts, put in place one by one at every start (5 of 400 ms), for a program that shows none."""
READS_SOURCE = "_mod_uses_pyside"
ON_USE = tuple(
    f"shibokensupport/signature/{name}.py"
    for name in ("errorhandler", "layout", "parser", "lib/enum_sig", "lib/pyi_generator", "lib/tool")
)
"""What PySide6 words a wrong call with, and the tools that write its stub files: some 30 of 430 ms where they run at
every start, as PySide6 has it. ``mapping`` is not among them: the library looks into it itself, past what would have
it run, and ends the program where it finds nothing."""
BLAS_THREADS = "OPENBLAS_NUM_THREADS"
"""numpy's algebra, which nothing here uses, would start a thread per core, each of which spins for a while (a tenth of
what a start takes in processor time)."""
SWITCH_S = 0.0005
"""How long a thread may keep Python to itself while another waits. Qt lets go of Python at each call; to take it up
again the window would wait up to Python's own 5 ms for a thread that draws tiles or reads a reply."""


class HeadStart(msgspec.Struct, frozen=True):
    """What is on its way for a console that knows from the outset who signs in, and where."""

    replies: EarlyReplies
    ground: "EarlyGround"


def begin(server: str | None, token: str | None, ca_file: Path | None, cache: Path | None = None) -> HeadStart | None:
    """Begin the start of a console; return what was asked for, None where nobody is signed in from the outset.

    ``cache`` is the folder that the map of the town is kept in from start to start, None where it is not.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.disable()  # nothing that a start makes is rubbish; ``console.collector`` takes over once the loop runs
    known = server is not None and cache is not None and ground_file(cache, server).is_file()
    replies = None
    if server is not None and token is not None and token.isascii() and token.isprintable():
        paths = (SNAPSHOT_PATH,) if known else FIRST_PATHS
        replies = EarlyReplies(server, token, ca_file=None if ca_file is None else str(ca_file), paths=paths)
    os.environ.setdefault(BLAS_THREADS, "1")
    for name in NOT_TO_READ:
        sys.modules.setdefault(name, ModuleType(name))
    quicknumpy.import_numpy()
    if not known:
        import_module("shapely")  # shapes have to be read: not in their thread, which would wait for this one's imports
    early = None
    if server is not None and replies is not None:
        from console.ground import EarlyGround, GroundStore  # noqa: PLC0415 - not before the service was asked

        early = HeadStart(replies, EarlyGround(GroundStore(cache), server, replies))
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
    with KeptCode(_bytecode_of("of_pyside.py"), ON_USE).in_place():
        import_module("PySide6.QtCore")
    feature = import_module("shibokensupport.feature")
    if hasattr(feature, READS_SOURCE):  # a name of PySide6's own: without it a start only takes a little longer
        setattr(feature, READS_SOURCE, _names_pyside)


def _bytecode_of(name: str) -> Path | None:
    """Return where Python would keep the bytecode of a module beside this one; None where it may write none."""
    if sys.dont_write_bytecode:
        return None
    try:
        return Path(cache_from_source(str(Path(__file__).with_name(name))))
    except NotImplementedError:  # a Python that keeps no bytecode
        return None


def _names_pyside(module: object) -> bool:
    return True
