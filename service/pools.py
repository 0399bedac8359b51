"""Thread pools of a fixed size, all of their threads started at once: nobody's first request waits for one."""

import threading
from concurrent.futures import ThreadPoolExecutor


def make_pool(threads: int, name: str) -> ThreadPoolExecutor:
    """Return a pool of so many running threads."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
    together = threading.Barrier(threads)
    for _ in range(threads):
        pool.submit(together.wait, 10.0)
    return pool
