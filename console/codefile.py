"""A file of compiled code beside Python's own bytecode, under Python's own rules.

None is written where Python may write none, and it is taken by the very same Python only. Each piece of code has a
mark of what it was compiled from: whether it still is that code is for whoever keeps it to judge.
"""

import importlib.util
import marshal
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import CodeType
from typing import Any

MOST_BYTES = 64 * 1024 * 1024
"""A larger file is none of ours."""

Codes = dict[str, tuple[Any, CodeType]]
"""By name: the mark of what was compiled, and its code."""


def beside(source: str, name: str) -> Path | None:
    """Return where Python would keep the bytecode of a module ``name`` beside ``source``; None where it keeps none."""
    if sys.dont_write_bytecode:
        return None
    try:
        return Path(importlib.util.cache_from_source(str(Path(source).with_name(f"{name}.py"))))
    except NotImplementedError:  # a Python that keeps no bytecode
        return None


def read(at: Path, valid: Any = None) -> Codes:
    """Return what is kept there, nothing where that is another Python's, none of ours, or ``valid`` is another now."""
    with suppress(OSError, ValueError, TypeError, EOFError):
        if at.stat().st_size > MOST_BYTES:
            return {}
        magic, _, body = at.read_bytes().partition(b"\n\n")
        was_valid, found = marshal.loads(body) if magic == _magic() else (valid, {})
        if was_valid == valid and isinstance(found, dict) and all(_is_kept(*item) for item in found.items()):
            return found
    return {}


def write(at: Path, codes: Codes, valid: Any = None) -> None:
    """Keep it, whole or not at all; a place that cannot be written to only means that nothing is kept."""
    half = at.with_name(f"{at.name}.{os.getpid()}")
    with suppress(OSError):
        at.parent.mkdir(parents=True, exist_ok=True)
        try:
            half.write_bytes(_magic() + b"\n\n" + marshal.dumps((valid, codes)))
            half.replace(at)
        finally:
            half.unlink(missing_ok=True)


def _magic() -> bytes:
    return importlib.util.MAGIC_NUMBER.hex().encode()


def _is_kept(name: object, value: object) -> bool:
    return isinstance(name, str) and isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], CodeType)
