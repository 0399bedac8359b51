"""The code of all modules of a start, read at once from one file (looked for one by one they take 30 of 400 ms more).

Python looks for each of five hundred modules in several folders, then opens and reads a file of bytecode. Here one
file has all they came to the last time, ours and the libraries'. A module is taken from it only while its source is
the one that was compiled, judged as Python does by time and size, and only while the folders that modules are looked
for in are the same and nothing was put into them. Everything else is left to Python: what was altered, what is new,
what has no source. Whoever asks a module where it is from is told what Python would say.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from console import codefile

FORMAT = 1
"""Of what stands beside each code; another makes a file of no use."""


class KeptModules:
    """Finds modules of which the code is kept, from ``begin`` to ``end``; ``keep`` adds those it could not find."""

    def __init__(self, at: Path) -> None:
        self._at = at
        self._valid = FORMAT, [(folder, _state(folder or os.curdir)) for folder in sys.path]
        self._codes = codefile.read(at, self._valid)
        self._missed: list[str] = []

    def begin(self) -> None:
        """Be asked for modules before Python's own finders."""
        sys.meta_path.insert(0, self)

    def end(self) -> None:
        """Leave it to Python again: what is imported from here on is not of the start."""
        sys.meta_path.remove(self)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        """Return where a module is from, its code at hand; None where Python is to look for it."""
        (state, cached), code = self._codes.get(name, ((None, None), None))
        if code is None or _state(code.co_filename) != state:
            self._missed.append(name)
            return None
        spec = ModuleSpec(name, _Loader(name, code), origin=code.co_filename)
        spec.has_location, spec.cached = True, cached
        folder, file = os.path.split(code.co_filename)
        if file == "__init__.py":
            spec.submodule_search_locations = [folder]
        return spec

    def keep(self) -> None:
        """Keep what was missed, beside what is kept and still true. After the end; again does nothing. Any thread."""
        missed, kept, self._missed, self._codes = self._missed, self._codes, [], {}
        loaders = {name: found for name in missed if (found := _loader_of(name)) is not None}
        if not loaders:
            return
        codes = {name: (mark, code) for name, (mark, code) in kept.items() if _state(code.co_filename) == mark[0]}
        for name, (loader, cached) in loaders.items():
            with suppress(ImportError, SyntaxError, OSError):  # a source that has gone, or is being written just now
                state, code = _state(loader.path), loader.get_code(name)
                if code is not None:
                    codes[name] = (state, cached), code
        codefile.write(self._at, codes, self._valid)


class _Loader(SourceFileLoader):
    """Python's own loader, with the code at hand the first time it is asked for."""

    def __init__(self, name: str, code: CodeType) -> None:
        super().__init__(name, code.co_filename)
        self._code: CodeType | None = code

    def get_code(self, fullname: str) -> CodeType | None:
        code, self._code = self._code, None
        return super().get_code(fullname) if code is None else code


def _state(path: str) -> tuple[int, int] | None:
    """Return what tells a file or folder from what it was before, None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _loader_of(name: str) -> tuple[SourceFileLoader, str] | None:
    """Return what Python loaded a module with, and the bytecode that it has read of it; None for any other module."""
    spec = getattr(sys.modules.get(name), "__spec__", None)
    if spec is None or spec.name != name or type(spec.loader) is not SourceFileLoader:
        return None
    return (spec.loader, spec.cached) if spec.cached is not None and Path(spec.cached).exists() else None
