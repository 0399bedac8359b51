"""The desktop program: it builds and wires everything, and owns loop, tasks, settings, notices and workspaces.

Two things are settled before anything else is imported, for the sake of a quick start. The collector looks for cycles
among young objects less often: importing and building makes a quarter of a million objects that all stay (measured: 0.2
of 0.8 s). And httpx, asked for its own command line, would bring in a terminal library that nothing here uses.
"""

import gc
import sys

YOUNG_OBJECTS = 50_000

gc.set_threshold(YOUNG_OBJECTS, 20, 20)
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None is how an import is refused
