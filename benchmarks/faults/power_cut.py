"""``power-cut``: the power goes at a random moment of the writer's work, thousands of times.

With ``synchronous=FULL``, as the product runs, nothing that was answered may be gone and no log may be broken. The same
harness with ``synchronous=NORMAL`` must find losses, or it proves nothing.
"""

import random
import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from benchmarks.faults.power import Verdict, cuts, judge
from benchmarks.faults.recording import empty_town, record
from benchmarks.harness import Rows, Sense, single

CUTS = 50_000
CUTS_A_RECORDING = 500
BATCHES = 40
WORKERS = 2


def measure(times: int | None) -> tuple[Rows, bool]:
    """Cut the power ``times`` times at each setting; returns the rows, and whether all is as it has to be."""
    wanted = CUTS if times is None else times
    with ProcessPoolExecutor(WORKERS) as pool:
        full = _total(pool.map(partial(cut_often, "FULL"), _shares(wanted)))
        normal = _total(pool.map(partial(cut_often, "NORMAL"), _shares(max(50, wanted // 20))))
    tried, tried_normal = sum(full.values()), sum(normal.values())
    beside = f"the same with synchronous=NORMAL, {tried_normal:,} cuts"
    rows: Rows = [
        single(
            f"cuts that lost an acknowledged row, of {tried:,}",
            "cuts",
            full[Verdict.LOST],
            normal[Verdict.LOST],
            beside,
            Sense.FIGURE,
            tried,
        ),
        single(
            f"cuts that broke the file or the chain, of {tried:,}",
            "cuts",
            full[Verdict.BROKEN],
            normal[Verdict.BROKEN],
            beside,
            Sense.FIGURE,
            tried,
        ),
    ]
    return rows, full[Verdict.WHOLE] == tried and normal[Verdict.LOST] > 0


def _shares(times: int) -> list[tuple[int, int]]:
    """Return (seed, cuts) for each recording."""
    whole, rest = divmod(times, CUTS_A_RECORDING)
    return [*((seed, CUTS_A_RECORDING) for seed in range(whole)), *([(whole, rest)] if rest else [])]


def _total(counts: Iterable[Counter[Verdict]]) -> Counter[Verdict]:
    total: Counter[Verdict] = Counter()
    for count in counts:
        total += count
    return total


def cut_often(synchronous: str, share: tuple[int, int]) -> Counter[Verdict]:
    """Record a stretch of work and cut it ``share[1]`` times; ``share[0]`` is its seed. Returns what was found."""
    seed, many = share
    found: Counter[Verdict] = Counter()
    with tempfile.TemporaryDirectory(dir=memory_folder()) as made:
        folder = Path(made)
        recording = record(folder, empty_town(folder / "town.db"), seed, synchronous, BATCHES)
        if not recording.proven:
            raise RuntimeError(f"the record of recording {seed} is not whole")
        name = f"{synchronous}-{seed}.db"
        for position, files in cuts(recording, name, many, random.Random(seed)):
            found[judge(folder, name, files, recording, position)] += 1
    return found


def memory_folder() -> str | None:
    """Return a folder in memory where the system has one: the disk is played, so it need not be real."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
