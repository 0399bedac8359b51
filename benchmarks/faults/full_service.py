"""The real service on a disk that is full: its files may not grow any more, until they may again.

A limit on the size of a process's files makes every write beyond it fail for real, in SQLite's own calls, and can be
lifted from outside while the process runs (``prlimit``; Linux only).
"""

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.faults.crowd import Crowd
from benchmarks.faults.victim import Loss, Victim
from benchmarks.programs import get_json, make_town, reportable_kind, token

WORK_S = 1.5
FULL_S = 1.0
FULL_WITHIN_S = 30.0
ROOM_WITHIN_S = 20.0
MARGIN = 64 * 1024


def fill_and_free() -> tuple[int, int, float]:
    """Fill the disk under a service at work and make room again.

    Returns how many tries were refused meanwhile, how many acknowledged reports are gone, and the seconds until the
    service answered again.
    """
    if sys.platform != "linux":
        raise RuntimeError("the size of a process's files can be limited on Linux only")
    import resource

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        database = str(folder / "town.db")
        with Victim(database, make_town(folder / "town")) as victim:
            bearer = token(database, "crowd", "gateway")
            kind = reportable_kind(get_json(victim.url, "/v1/snapshot", bearer))
            crowd = Crowd(lambda: victim.url, bearer, kind)
            crowd.start()
            time.sleep(WORK_S)
            before = resource.prlimit(victim.pid, resource.RLIMIT_FSIZE)
            size = (folder / "town.db").stat().st_size
            resource.prlimit(victim.pid, resource.RLIMIT_FSIZE, (size + MARGIN, before[1]))
            answered, refused = _until_full(crowd)
            resource.prlimit(victim.pid, resource.RLIMIT_FSIZE, before)
            freed = time.perf_counter()
            while len(crowd.answered) == answered and time.perf_counter() - freed < ROOM_WITHIN_S:
                time.sleep(0.005)
            recovered_s = time.perf_counter() - freed
            time.sleep(WORK_S)
            crowd.stop()
        loss = Loss(database, crowd)
        return refused, loss.lost + loss.doubled + loss.broken + len(crowd.wrong), recovered_s


def _until_full(crowd: Crowd) -> tuple[int, int]:
    """Wait until no report is taken any more; returns how many were, and how many tries were refused since."""
    deadline = time.perf_counter() + FULL_WITHIN_S
    while time.perf_counter() < deadline:
        answered, tried = len(crowd.answered), crowd.tries
        time.sleep(FULL_S)
        if len(crowd.answered) == answered:
            return answered, crowd.tries - tried
    raise RuntimeError("the disk was not full: reports were still taken")
