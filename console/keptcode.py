"""Code compiled once and kept, for the modules that PySide6 carries inside its libraries as text.

It compiles a hundred kilobytes of them at every start, some 15 ms. What was compiled is kept where Python keeps the
bytecode of our own modules, under Python's own rules: none is written where Python may write none, and what is kept is
taken only for the very same text (by its hash) and the very same Python.
"""

import builtins
import importlib.util
import marshal
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CodeType
from typing import Any

from console.onuse import later

MOST_BYTES = 4 * 1024 * 1024
"""A larger file is none of ours."""


class KeptCode:
    """The kept code of one group of texts. ``on_use`` names files that run when something of them is first used.

    ``at`` is the file it is kept in, None where Python keeps no bytecode at all.
    """

    def __init__(self, at: Path | None, on_use: tuple[str, ...] = ()) -> None:
        self._at = at
        self._on_use = on_use
        self._codes: dict[str, tuple[bytes, CodeType]] = {}
        self._fresh = False

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Compile through this as long as the block lasts; what was new is kept at its end."""
        plain = builtins.compile
        self._read()

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
            self._write()

    def _code(self, plain: Any, source: bytes, filename: str) -> CodeType:
        mark = importlib.util.source_hash(source)
        kept = self._codes.get(filename)
        if kept is not None and kept[0] == mark:
            return kept[1]
        code: CodeType = plain(source, filename, "exec")
        self._codes[filename] = mark, code
        self._fresh = True
        return code

    def _read(self) -> None:
        """Take up what is kept; anything else in the file counts as nothing."""
        if self._at is None:
            return
        with suppress(OSError, ValueError, TypeError, EOFError):
            if self._at.stat().st_size > MOST_BYTES:
                return
            magic, _, body = self._at.read_bytes().partition(b"\n\n")
            found = marshal.loads(body) if magic == _magic() else {}
            if isinstance(found, dict) and all(_is_kept(*item) for item in found.items()):
                self._codes = found

    def _write(self) -> None:
        """Keep it, whole or not at all; a place that cannot be written to only means that it is compiled again."""
        if self._at is None or not self._fresh:
            return
        half = self._at.with_name(f"{self._at.name}.{os.getpid()}")
        with suppress(OSError):
            self._at.parent.mkdir(parents=True, exist_ok=True)
            try:
                half.write_bytes(_magic() + b"\n\n" + marshal.dumps(self._codes))
                half.replace(self._at)
            finally:
                half.unlink(missing_ok=True)


def _magic() -> bytes:
    return importlib.util.MAGIC_NUMBER.hex().encode()


def _is_kept(name: object, value: object) -> bool:
    return (
        isinstance(name, str)
        and isinstance(value, tuple)
        and len(value) == 2
        and isinstance(value[0], bytes)
        and isinstance(value[1], CodeType)
    )
