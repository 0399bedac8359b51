"""``disk``: every n-th write fails, the disk fills, a sync fails: what was answered stays, and the writer goes on.

First the product's writer on a recording disk that refuses one write (or sync) after the other, for every one of a
short stretch of work, and a stretch during which everything is refused. Then the real service as a process whose files
may not grow any more, until they may again.
"""

import operator
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.faults.full_service import fill_and_free
from benchmarks.faults.power import Fate, Platter, Verdict, judge
from benchmarks.faults.power_cut import memory_folder
from benchmarks.faults.recorder import Disk, Refusal
from benchmarks.faults.recording import Bench, Promise, Recording, empty_town, some_jobs, store_on, whole_log
from benchmarks.harness import Rows, Sense, single
from domain.faults import Fault
from service.write.transaction import Key

BATCHES = 6
AFTERWARDS = 3
"""Batches that come after the fault; all of them must be answered."""
CUTS_AFTER = 4


def measure(times: int | None) -> tuple[Rows, bool]:
    """Refuse every write in turn (``times`` of them at most); returns the rows, and whether all is as it has to be."""
    rows: Rows = []
    good = True
    for refusal in Refusal:
        found = refuse_each(refusal, times)
        good &= set(found) == {Verdict.WHOLE}
        tried = sum(found.values())
        bad = tried - found[Verdict.WHOLE]
        rows.append(
            single(
                f"{refusal.value}: runs that lost, broke or did not recover",
                "runs",
                bad,
                None,
                "none allowed",
                Sense.FIGURE,
                tried,
            )
        )
    refused, lost, recovered_s = fill_and_free()
    rows.append(
        single(
            "service on a full disk: acknowledged reports gone",
            "reports",
            lost,
            refused,
            "refused meanwhile",
            Sense.FIGURE,
            1,
        )
    )
    rows.append(
        single(
            "service after room was made: until the next answer", "s", recovered_s, None, "no restart", Sense.FIGURE, 1
        )
    )
    return rows, good and lost == 0 and refused > 0


def refuse_each(refusal: Refusal, times: int | None = None) -> Counter[Verdict]:
    """Run the same work again and again, refusing another operation each time; returns what was found."""
    found: Counter[Verdict] = Counter()
    with tempfile.TemporaryDirectory(dir=memory_folder()) as made:
        folder = Path(made)
        began = empty_town(folder / "town.db")
        total = _counted(folder, began, refusal)
        every = max(1, total // times) if times else 1
        for number in range(1, total + 1, every):
            found[_refuse(folder, began, refusal, partial(operator.eq, number))] += 1
        middle = total // 2
        found[_refuse(folder, began, refusal, lambda n: middle <= n < middle + 12)] += 1
    return found


def _counted(folder: Path, began: bytes, refusal: Refusal) -> int:
    disk = Disk()
    disk.refusal = refusal
    disk.failing = lambda _: False
    _work(disk, folder / "counted.db", began)
    return disk.operations


def _refuse(folder: Path, began: bytes, refusal: Refusal, failing: Callable[[int], bool]) -> Verdict:
    """Work with one refusal; then let the power go, too, with nothing kept that was not synced."""
    path = folder / "refused.db"
    disk = Disk()
    disk.refusal = refusal
    disk.failing = failing
    promises, last_answers = _work(disk, path, began)
    recording = Recording(began, disk.diary, promises, *whole_log(path))
    if not recording.proven or any(isinstance(a, Exception) for a in last_answers):
        return Verdict.BROKEN
    rng = random.Random(len(disk.diary))
    platter = Platter(began, path.name, rng)
    for entry in disk.diary:
        platter.play(entry)
    verdicts = {judge(folder, path.name, platter.cut(fate), recording, len(disk.diary)) for fate in Fate}
    return next((v for v in verdicts if v is not Verdict.WHOLE), Verdict.WHOLE)


def _work(disk: Disk, path: Path, began: bytes) -> tuple[list[Promise], list[Any]]:
    """Let the writer work on a disk; returns the promises, and the answers to what came last, after the fault."""
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    path.write_bytes(began)
    store = store_on(disk, path, "FULL")
    promises: list[Promise] = []
    answers: list[Any] = []

    def hear(key: Key, answer: Any) -> None:
        answers.append(answer)
        if not isinstance(answer, Exception):
            promises.append(Promise(len(disk.diary), key.key, answer.change.seq))
        elif not isinstance(answer, Fault):
            raise answer

    rng = random.Random(1)
    bench = Bench(store, hear)
    try:
        for number in range(BATCHES):
            bench.bring(some_jobs(rng, number, bench.cases))
            if number % 3 == 2:
                _checkpoint(store.checkpoint)
        disk.failing = lambda _: False
        answers.clear()
        for number in range(BATCHES, BATCHES + AFTERWARDS):
            bench.bring(some_jobs(rng, number, bench.cases))
    finally:
        bench.stop()
        store.close()
    return promises, answers


def _checkpoint(checkpoint: Callable[[], None]) -> None:
    """Empty the write-ahead log as the service's timer does: a failure is left to the next round."""
    try:
        checkpoint()
    except Exception as error:
        if "fail" not in str(error) and "full" not in str(error) and "disk" not in str(error).lower():
            raise
