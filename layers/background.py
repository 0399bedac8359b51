"""Work beside the window that is not to be felt: threads that give way to it, memory given back after much was read."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

NICE = 10
HELD_OFF_S = 0.05
"""How long at most a piece of work beside the window waits for a frame that is being painted."""


class Beside:
    """Lets work beside the window be done in pieces: none is begun while a frame is painted, few at the same time.

    Two threads of work on the window's own core would be felt: the window waits for Python's lock, whoever has it for
    a moment waits for the core, and the core is the other one's for some four milliseconds.
    """

    def __init__(self, at_once: int) -> None:
        self._turns = threading.Semaphore(at_once)
        self._clear = threading.Event()
        self._clear.set()

    @contextmanager
    def held_off(self) -> Iterator[None]:
        """While a frame is being painted: no piece is begun, so that the frame need not wait for it. UI thread."""
        self._clear.clear()
        try:
            yield
        finally:
            self._clear.set()

    @contextmanager
    def piece(self) -> Iterator[None]:
        """While a piece of work is done; waits until no frame is being painted, and for its turn. Worker threads."""
        with self._turns:
            self.let_pass()
            yield

    def let_pass(self) -> None:
        """Let a frame that is being painted come first, in the midst of a piece."""
        if not self._clear.is_set():
            self._turns.release()
            self._clear.wait(HELD_OFF_S)
            self._turns.acquire()


BESIDE = Beside(max(1, (os.cpu_count() or 2) - 1))
"""A core is left to the window, where there is more than one."""


def give_way() -> None:
    """Let the calling thread run after the others; it still gets its share of a core that is busy.

    When it wakes up it does not interrupt the window's thread.
    Only Linux tells threads apart in this. Elsewhere the system's own judgement has to do.
    """
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))  # of this thread alone
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def give_back() -> None:
    """Give the memory back that reading much has left free: else the process keeps its largest size for good.

    Where the C library has no such call (all but glibc) it does so by itself or not at all.
    """
    import ctypes  # noqa: PLC0415 - only where much was read

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
