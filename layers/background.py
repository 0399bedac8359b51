"""Threads that work beside the window: they give way to it, where the system lets a thread do that."""

import os
import sys
import threading

NICE = 10


def give_way() -> None:
    """Let the calling thread run after the others; it still gets its share of a core that is busy.

    Only Linux tells threads apart in this. Elsewhere the system's own judgement has to do.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
