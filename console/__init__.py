"""The desktop program: it builds and wires everything, and owns loop, tasks, settings, notices and workspaces.

Three things are settled before anything else is imported, for the sake of a quick start. The collector looks for cycles
among young objects less often: importing and building makes a quarter of a million objects that all stay (measured: 0.2
of 0.8 s). httpx, asked for its own command line, would bring in a terminal library that nothing here uses. And msgspec
takes from ``typing_extensions`` what this Python's own ``typing`` has, at a cost of 6 of 440 ms; without it, it takes
that from there.
"""

import gc
import sys
from importlib import import_module

YOUNG_OBJECTS = 50_000

gc.set_threshold(YOUNG_OBJECTS, 20, 20)
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None is how an import is refused
if "typing_extensions" not in sys.modules:
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]  # as above, while msgspec is imported
    try:
        import_module("msgspec")
    finally:
        del sys.modules["typing_extensions"]
