"""Compiling a kernel with numba, typed so that callers keep their types. Importing this imports numba: see ``warm``."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from platformdirs import user_cache_path

P = ParamSpec("P")
R = TypeVar("R")

CACHE_VARIABLE = "NUMBA_CACHE_DIR"


def choose_cache_folder() -> Path:
    """Return a folder that can be written to for compiled kernels: the user's cache, or else a temporary one."""
    wanted = user_cache_path("onemap", appauthor=False) / "kernels"
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=wanted):
            return wanted
    except OSError:  # a read-only home or a full disk: compile anew each time rather than not at all
        return Path(tempfile.mkdtemp(prefix="onemap-kernels-"))


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
