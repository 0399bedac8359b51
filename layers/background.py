"""Work beside the window that is not to be felt: threads that give way to it, memory given back after much was read."""

import os
import sys
import threading

NICE = 10


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
