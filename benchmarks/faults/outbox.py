"""``outbox``: a console is killed again and again while it gives and sends; nothing is lost, doubled or out of order.

The real service and a console without a window, each a process. What the console said was given must stand in the
service's log once, on each case in the order it was given, after a last console has drained the outbox.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import msgspec
from sqlalchemy import select

from benchmarks.faults.victim import Victim
from benchmarks.harness import Rows, Sense, percentile, single
from benchmarks.programs import get_json, make_town, reportable_kind, token
from client.api import ServiceClient, new_key
from domain.case import NewReport
from domain.states import Channel
from service.store import tables as t
from service.store.engine import Store

KILLS = 200
CASES = 6
WORK_S = (0.0, 0.5)
"""How long a console gives and sends, from its first order on, before it is killed."""
SERVICE_KILLED_EVERY = 10
"""Each so many kills the service goes too, and is away while the next console starts."""
DRAINED_WITHIN_S = 1200.0
"""How long the last console may take on a loaded machine: what it has not sent by then would count as lost."""
PROBE = "benchmarks.probes.outbox_console"


class Console:
    """A console process on the home ``home``; what it says was given is kept."""

    def __init__(self, home: Path, url: str, bearer: str, life: str, do: str) -> None:
        self.given: list[tuple[str, str]] = []
        self.last = ""
        self._first = threading.Event()
        environment = {**os.environ, "ONEMAP_HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", PROBE, url, bearer, life, do],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=environment,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_first(self, within_s: float = 60.0) -> bool:
        """Wait until something was given; False where nothing was."""
        return self._first.wait(within_s) and bool(self.given)

    def kill(self) -> None:
        """End it without a word."""
        self._process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        self.wait()

    def wait(self, within_s: float = 150.0) -> str:
        """Wait for its end and return the last thing it said."""
        self._process.wait(within_s)
        self._reader.join(10)
        return self.last

    def _read(self) -> None:
        for line in self._process.stdout or ():
            said = line.rstrip("\n")
            if not line.endswith("\n"):
                break  # cut in the middle of a word: it was given, but this is not its name
            self.last = said
            word, _, rest = said.partition(" ")
            if word == "given":
                case_no, _, text = rest.partition(" ")
                self.given.append((case_no, text))
                self._first.set()
        self._first.set()
        if self._process.stdout is not None:
            self._process.stdout.close()


def measure(times: int | None) -> tuple[Rows, bool]:
    """Kill ``times`` consoles (200); returns the rows, and whether all is as it has to be."""
    kills = KILLS if times is None else times
    rng = random.Random(kills)
    given: list[tuple[str, str]] = []
    lives: list[float] = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        database = str(folder / "town.db")
        with Victim(database, make_town(folder / "town")) as victim:
            bearer = token(database, "outbox", "acceptor", "dispatcher", "duty_chief")
            _cases(victim.url, bearer)
            for life in range(kills):
                began = time.perf_counter()
                console = Console(folder / "home", victim.url, bearer, f"life{life}", "give")
                if console.wait_first():
                    time.sleep(rng.uniform(*WORK_S))
                if life % SERVICE_KILLED_EVERY == SERVICE_KILLED_EVERY - 1:
                    victim.kill()
                    time.sleep(rng.uniform(*WORK_S))
                    victim.start()
                console.kill()
                given += console.given
                lives.append(time.perf_counter() - began)
            drained = Console(folder / "home", victim.url, bearer, "last", "drain").wait(DRAINED_WITHIN_S)
        verdict = judge(database, given)
    return _rows(kills, given, lives, drained, verdict)


class Verdict(msgspec.Struct, frozen=True):
    """What the log says of what was given: how many are gone, doubled, and out of order on their case."""

    lost: int
    doubled: int
    misplaced: int


def judge(database: str, given: list[tuple[str, str]]) -> Verdict:
    """Compare what was given, in order, with the service's log."""
    asked = select(t.change.c.subject_id, t.change.c.action, t.change.c.payload).order_by(t.change.c.seq)
    told: list[tuple[str, str]] = []
    store = Store(database)
    try:
        with store.reading.begin() as connection:
            for row in connection.execute(asked.where(t.change.c.action.in_(("note", "report")))):
                data = msgspec.json.decode(row.payload)
                text = data["text"] if row.action == "note" else data["report"]["text"]
                told.append((row.subject_id if row.action == "note" else "-", text))
    finally:
        store.close()
    counts = Counter(told)
    wanted = set(given)
    misplaced = 0
    for lane in {case_no for case_no, _ in given}:
        there = [text for case_no, text in told if case_no == lane and (lane, text) in wanted]
        misplaced += there != [text for case_no, text in given if case_no == lane and (case_no, text) in counts]
    doubled = sum(n - 1 for (_, text), n in counts.items() if text.startswith("life") and n > 1)
    return Verdict(sum(one not in counts for one in given), doubled, misplaced)


def _cases(url: str, bearer: str) -> None:
    """Open the cases notes are given on."""
    import asyncio

    kind = reportable_kind(get_json(url, "/v1/snapshot", bearer))

    async def open_them() -> None:
        async with ServiceClient(url, bearer) as client:
            for n in range(CASES):
                await client.report(NewReport(Channel.HOTLINE, f"case {n}", kind=kind), key=new_key())

    asyncio.run(open_them())


def _rows(
    kills: int, given: list[tuple[str, str]], lives: list[float], drained: str, verdict: Verdict
) -> tuple[Rows, bool]:
    wrong = verdict.doubled + verdict.misplaced
    what = f"console killed {kills} times while it gave and sent"
    rows: Rows = [
        single(f"{what}: orders lost", "orders", verdict.lost, len(given), "given", Sense.FIGURE, kills),
        single(f"{what}: doubled, or out of order on their case", "orders", wrong, None, "none", Sense.FIGURE, kills),
        single(
            f"{what}: one life, median",
            "s",
            sorted(lives)[len(lives) // 2],
            percentile(lives, 95),
            "95th percentile",
            Sense.FIGURE,
            kills,
        ),
    ]
    return rows, verdict == Verdict(0, 0, 0) and len(given) >= kills and drained == "left 0 held 0"
