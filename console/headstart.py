"""What a start does before anything of Qt is there: the picture is asked for, and what knows no Qt is imported.

All of it is for a quick start. The service works on its replies while this process imports and builds, and the map's
shapes are read while Qt is loaded.
"""

import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import msgspec

from console import codefile
from console.keptmodules import KeptModules

if TYPE_CHECKING:
    from client.early import EarlyReplies
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

    replies: "EarlyReplies"
    ground: "EarlyGround"


def begin(server: str | None, token: str | None, ca_file: Path | None, *, keep: bool = True) -> HeadStart | None:
    """Begin the start of a console; return what was asked for, None where nobody is signed in from the outset.

    With ``keep`` the map of the town is kept from start to start.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.disable()  # nothing that a start makes is rubbish; ``console.collector`` takes over once the loop runs
    kept = codefile.beside(__file__, "of_start")
    if kept is not None:
        KeptModules(kept).begin()
    early = _ask(server, token, ca_file, keep=keep)
    for name in BEFORE_QT:
        import_module(name)
    spare_reading()
    return early


def end() -> KeptModules | None:
    """All that a start needs is imported: return what has its code to keep, None where Python keeps no bytecode."""
    for finder in sys.meta_path:
        if isinstance(finder, KeptModules):
            finder.end()
            return finder
    return None


def _ask(server: str | None, token: str | None, ca_file: Path | None, *, keep: bool) -> HeadStart | None:
    """Ask for the picture as the very first thing, and import numpy meanwhile."""
    from client.early import FIRST_PATHS, SNAPSHOT_PATH, EarlyReplies
    from console import quicknumpy
    from console.folders import find_folders, ground_file

    cache = find_folders().cache if keep else None
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
    if server is None or replies is None:
        return None
    from console.ground import EarlyGround, GroundStore

    return HeadStart(replies, EarlyGround(GroundStore(cache), server, replies))


def spare_reading() -> None:
    """Keep PySide6 from reading the source of every module imported after it (13 of 460 ms).

    It looks whether a module names PySide6, for which it would have to switch the optional features of its
    ``__feature__`` module. Nothing here uses those, so that no module asks for a switch whatever the answer is.
    """
    from console import quickenums
    from console.keptcode import KeptCode

    quickenums.hasten()
    with KeptCode(codefile.beside(__file__, "of_pyside"), ON_USE).in_place():
        import_module("PySide6.QtCore")
    feature = import_module("shibokensupport.feature")
    if hasattr(feature, READS_SOURCE):  # a name of PySide6's own: without it a start only takes a little longer
        setattr(feature, READS_SOURCE, _names_pyside)


def _names_pyside(module: object) -> bool:
    return True
