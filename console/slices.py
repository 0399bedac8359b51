"""Long work on the UI thread in slices: so many items at a time, then the window gets its turn."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

SLICE_S = 0.008
"""A slice ends after this time: half a frame at 60 Hz."""
AT_ONCE = 64


async def in_slices(items: Sequence[T], take: Callable[[Sequence[T]], None], at_once: int = AT_ONCE) -> None:
    """Hand all items to ``take``, ``at_once`` at a time, and let the window breathe between slices."""
    began = time.perf_counter()
    for start in range(0, len(items), at_once):
        take(items[start : start + at_once])
        if time.perf_counter() - began > SLICE_S:
            await asyncio.sleep(0)
            began = time.perf_counter()
