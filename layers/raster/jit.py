"""Compiling a kernel with numba, typed so that callers keep their types. Importing this imports numba: see ``warm``."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from platformdirs import user_cache_path

P = ParamSpec("P")
R = TypeVar("R")

CACHE_VARIABLE = "NUMBA_CACHE_DIR"


KEPT_S = 30 * 86_400
"""How long kernels of other versions of the program are kept after they were last made."""


def choose_cache_folder() -> Path:
    """Return a folder that can be written to for compiled kernels: the user's cache, or else a temporary one.

    It is named after what the kernels are made of: numba looks for changes in the file of a kernel alone, and would go
    on using it with what it once took over from another file.
    """
    all_versions = user_cache_path("onemap", appauthor=False) / "kernels"
    wanted = all_versions / _digest()
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=wanted):
            _drop_old(all_versions, wanted)
            return wanted
    except OSError:  # a read-only home or a full disk: compile anew each time rather than not at all
        return Path(tempfile.mkdtemp(prefix="onemap-kernels-"))


def _digest() -> str:
    """Return a name for the present state of all kernels."""
    made = blake2b(digest_size=8)
    for source in sorted(Path(__file__).parent.glob("*.py")):
        made.update(source.read_bytes())
    return made.hexdigest()


def _drop_old(all_versions: Path, wanted: Path) -> None:
    """Remove the kernels of versions not made for long; what cannot be removed stays."""
    for folder in all_versions.iterdir():
        if folder != wanted and folder.is_dir() and folder.stat().st_mtime < time.time() - KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)


if CACHE_VARIABLE not in os.environ:  # numba reads it once, when it is imported
    os.environ[CACHE_VARIABLE] = str(choose_cache_folder())

import numba  # noqa: E402 - after its cache folder is chosen
from numba import types as types  # noqa: E402, PLC0414 - for layers.raster.vector, which must not be first
from numba.extending import intrinsic as intrinsic  # noqa: E402, PLC0414 - as above


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function compiled on first call, cached on disk, that runs without the interpreter's lock."""
    make = numba.njit(nogil=True, fastmath=True, cache=True, boundscheck=False)
    return cast("Callable[P, R]", make(function))


def exact(function: Callable[P, R]) -> Callable[P, R]:
    """As ``compiled``, but every sum is rounded as numpy would: where a point lies is the same in every kernel."""
    make = numba.njit(nogil=True, cache=True, boundscheck=False)
    return cast("Callable[P, R]", make(function))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """As ``exact``, copied into each ``exact`` kernel that calls it: handing over many arrays costs more than that."""
    make = numba.njit(nogil=True, cache=True, boundscheck=False, inline="always")
    return cast("Callable[P, R]", make(function))
