"""Code compiled once and kept, for the modules that PySide6 carries inside its libraries as text.

It compiles a hundred kilobytes of them at every start, some 15 ms. What was compiled is kept (``console.codefile``) and
taken only for the very same text, by its hash.
"""

import builtins
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any

from console import codefile
from console.onuse import later


class KeptCode:
    """The kept code of one group of texts. ``on_use`` names files that run when something of them is first used.

    ``at`` is the file it is kept in, None where Python keeps no bytecode at all.
    """

    def __init__(self, at: Path | None, on_use: tuple[str, ...] = ()) -> None:
        self._at = at
        self._on_use = on_use
        self._codes: codefile.Codes = {}
        self._fresh = False

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Compile through this as long as the block lasts; what was new is kept at its end."""
        plain = builtins.compile
        if self._at is not None:
            self._codes = codefile.read(self._at)

        def compile_kept(source: Any, filename: Any, mode: Any, *how: Any, **more: Any) -> Any:
            if type(source) is not bytes or mode != "exec" or how or more:
                return plain(source, filename, mode, *how, **more)
            if filename in self._on_use:
                return later(filename, lambda: plain(source, filename, mode))
            return self._code(plain, source, str(filename))

        builtins.compile = compile_kept
        try:
            yield
        finally:
            builtins.compile = plain
            if self._at is not None and self._fresh:
                codefile.write(self._at, self._codes)

    def _code(self, plain: Any, source: bytes, filename: str) -> CodeType:
        mark = importlib.util.source_hash(source)
        kept = self._codes.get(filename)
        if kept is not None and kept[0] == mark:
            return kept[1]
        code: CodeType = plain(source, filename, "exec")
        self._codes[filename] = mark, code
        self._fresh = True
        return code
