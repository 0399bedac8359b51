"""A shift in the room: reports come in all the time, three operators work them off, each before a console of their own.

Every report is taken in hand, accepted, taken in hand, filed, taken in hand and dispatched, each time by whichever of
the three was quickest: they all reach for the same few cases. Three real consoles (processes, offscreen) show it all.
Afterwards the log is read case by case: a claim that was granted and not acted on by who got it is lost, a second claim
on a case in somebody's hand or a second unit on a case is double. Gaps of the consoles' loops and their memory are
taken every few seconds of the whole shift, beside an empty Qt loop under the same load.
"""

import argparse
import random
import tempfile
import threading
import time
import urllib.error
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, median
from typing import Any

from benchmarks.harness import Rows, Sense, p99, publish, single
from benchmarks.programs import get_json, make_town, reportable_kind, service, token
from benchmarks.ui import Probe, post, probe

PER_MINUTE = 50
MINUTES = 30.0
CONSOLES = 3
WINDOW_S = 5.0
REACH = 6
"""How many of the oldest waiting cases an operator chooses from: few, so that the three reach for the same ones."""
IDLE_S = 0.3
WAITING = 3
"""Reports that wait as the shift begins: the consoles are ready once they show some."""
CLEAR_WITHIN_S = 60.0
ROLES = ("acceptor", "duty_chief", "dispatcher", "duty_leader")
NEXT = {"reported": "accept", "pending_file": "file", "pending_dispatch": "dispatch"}


@dataclass
class Town:
    """What every operator knows: where the service is and what a case may be given."""

    url: str
    unit: str
    conditions: list[str]


@dataclass
class Tally:
    """What the operators came to."""

    won: int = 0
    beaten: int = 0
    done: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)


class Operator(threading.Thread):
    """Somebody in the room, by script: takes a waiting case in hand, then does its next step."""

    def __init__(self, number: int, bearer: str, town: Town, over: threading.Event) -> None:
        super().__init__(name=f"operator-{number}", daemon=True)
        self.tally = Tally()
        self.failure: Exception | None = None
        self._bearer = bearer
        self._town = town
        self._over = over
        self._chance = random.Random(number)
        self._number = number
        self._sent = 0

    def run(self) -> None:
        """Work until the shift is over and nothing waits."""
        try:
            while True:
                waiting = [c for state in NEXT for c in self._waiting(state)]
                if not waiting and self._over.is_set():
                    return
                if not waiting or not self._work(self._chance.choice(waiting[:REACH])):
                    time.sleep(IDLE_S)
        except Exception as error:  # noqa: BLE001 - the benchmark fails with it
            self.failure = error

    def _waiting(self, state: str) -> list[dict[str, Any]]:
        found = get_json(self._town.url, f"/v1/cases?state={state}&limit=100", self._bearer)["cases"]
        return [case for case in reversed(found) if not case.get("claim")]

    def _work(self, case: dict[str, Any]) -> bool:
        claimed = self._command(case, "claim", {})
        if claimed is None:
            self.tally.beaten += 1
            return False
        self.tally.won += 1
        action = NEXT[case["state"]]
        args = [{}] if action == "accept" else [{"unit": self._town.unit}]
        if action == "file":
            args = [{"condition": code} for code in self._town.conditions]
        if any(self._command(claimed["case"], action, given) is not None for given in args):
            self.tally.done[action] += 1
        else:
            self.tally.lost.append(f"{case['case_no']} {action}")
        return True

    def _command(self, case: dict[str, Any], action: str, args: dict[str, Any]) -> Any:
        """Return what a command came to, None where somebody was quicker or it does not fit."""
        self._sent += 1
        body = {"action": action, "version": case["version"], "args": args}
        key = f"shift-{self._number}-{self._sent:08d}"
        try:
            return post(self._town.url, f"/v1/cases/{case['case_no']}/commands", self._bearer, body, key)
        except urllib.error.HTTPError as error:
            if error.code in (400, 409):
                return None
            raise


@dataclass
class Watch:
    """What the consoles felt, window by window."""

    gaps_ms: list[list[float]]
    memory_mb: list[list[float]]
    empty_ms: list[float] = field(default_factory=list)

    def look(self, consoles: list[Probe], empty: Probe) -> None:
        """Take one window of all at once."""
        for each in (*consoles, empty):
            each.order(f"gaps {WINDOW_S}")
        for gaps, memory, console in zip(self.gaps_ms, self.memory_mb, consoles, strict=True):
            gaps.append(float(console.wait_for("gaps")[0]))
            memory.append(console.memory_mb())
        self.empty_ms.append(float(empty.wait_for("gaps")[0]))


def report(town: Town, bearer: str, kind: str, number: int) -> str:
    """Send a report; return the number of the case it opened."""
    place = {"lon": 120.72 + number % 97 * 6e-4, "lat": 29.70 + number % 61 * 6e-4}
    body = {"channel": "hotline", "text": f"第 {number} 件：路面积水，请处置。", "kind": kind, **place}
    body |= {"source": "12345", "source_no": f"shift-{number}"}
    return str(post(town.url, "/v1/reports", bearer, body, f"shift-report-{number:06d}")["case"]["case_no"])


def report_all(town: Town, bearer: str, kind: str, seconds: float) -> list[str]:
    """Send reports at an even pace; return the numbers of the cases they opened."""
    made = []
    began = time.monotonic()
    for number in range(int(seconds * PER_MINUTE / 60)):
        time.sleep(max(0.0, began + number * 60 / PER_MINUTE - time.monotonic()))
        made.append(report(town, bearer, kind, WAITING + number))
    return made


def check_log(town: Town, bearer: str, cases: list[str]) -> tuple[list[str], list[str]]:
    """Return what the log says was lost and what was doubled, case by case."""
    lost, double = [], []
    for case_no in cases:
        holder, units = None, 0
        for change in get_json(town.url, f"/v1/cases/{case_no}/changes", bearer)["changes"]:
            who, action = change["actor"], change["action"]
            if action == "claim":
                if holder is not None:
                    double.append(f"{case_no}: {who} claimed what {holder} had")
                holder = who
            elif action in NEXT.values():
                if holder != who:
                    lost.append(f"{case_no}: {action} by {who} while {holder} had it")
                holder, units = None, units + (action == "dispatch")
        if units != 1:
            (double if units else lost).append(f"{case_no}: dispatched {units} times")
    return lost, double


def work_shift(minutes: float) -> Rows:
    """Run the shift and return its figures. Raises RuntimeError where an operator could not go on."""
    with tempfile.TemporaryDirectory(prefix="onemap-bench-") as named, ExitStack() as stack:
        database = f"sqlite:///{(Path(named) / 'room.db').as_posix()}"
        bearers = [token(database, f"operator{n}", *ROLES) for n in range(CONSOLES)]
        gate = token(database, "gate", "gateway", "reader")
        url = stack.enter_context(service(database, make_town(Path(named) / "town")))
        snapshot = get_json(url, "/v1/snapshot", bearers[0])
        conditions = [c["code"] for c in snapshot["town"]["conditions"]]
        town = Town(url, snapshot["units"][0]["unit_id"], conditions)
        kind = reportable_kind(snapshot)
        waiting = [report(town, gate, kind, number) for number in range(WAITING)]
        consoles = [stack.enter_context(probe("benchmarks.probes.desk", url, ONEMAP_TOKEN=b)) for b in bearers]
        empty = stack.enter_context(probe("benchmarks.probes.empty_loop"))
        watch = Watch([[] for _ in consoles], [[] for _ in consoles])
        operators, cases = _run(town, bearers, (gate, kind), minutes, watch, (consoles, empty))
        lost, double = check_log(town, gate, [*waiting, *cases])
    return _rows(operators, [*waiting, *cases], lost, double, watch)


def _run(
    town: Town,
    bearers: list[str],
    reporting: tuple[str, str],
    minutes: float,
    watch: Watch,
    shown: tuple[list[Probe], Probe],
) -> tuple[list[Operator], list[str]]:
    over = threading.Event()
    operators = [Operator(n, bearer, town, over) for n, bearer in enumerate(bearers)]
    cases: list[str] = []
    field_ = threading.Thread(target=lambda: cases.extend(report_all(town, *reporting, minutes * 60)), daemon=True)
    for thread in (field_, *operators):
        thread.start()
    while field_.is_alive():
        watch.look(*shown)
    over.set()
    for operator in operators:
        operator.join(CLEAR_WITHIN_S)
        if operator.failure is not None or operator.is_alive():
            raise RuntimeError(f"{operator.name} could not go on: {operator.failure!r}")
    return operators, cases


def _rows(operators: list[Operator], cases: list[str], lost: list[str], double: list[str], watch: Watch) -> Rows:
    lost = [*lost, *(text for operator in operators for text in operator.tally.lost)]
    for text in (*lost[:10], *double[:10]):
        print(f"  {text}")
    gaps = [gap for console in watch.gaps_ms for gap in console]
    floor = "empty Qt loop beside them"
    count, windows = len(cases), len(gaps)
    won, beaten = (sum(getattr(o.tally, name) for o in operators) for name in ("won", "beaten"))
    rows = [
        _figure("reports taken in and worked off by three operators", "", count, count),
        _figure("claims granted", "", won, count),
        _figure("claims somebody else was quicker for", "", beaten, count),
        _figure("claims lost", "", len(lost), count, "0"),
        _figure("claims or units given twice", "", len(double), count, "0"),
        single(
            f"gap of a console's loop, p99 of {WINDOW_S:.0f} s, median",
            "ms",
            median(gaps),
            median(watch.empty_ms),
            floor,
            Sense.TIMES_AS_LONG,
            windows,
            "<= 33 ms",
        ),
        single(
            f"gap of a console's loop, p99 of {WINDOW_S:.0f} s, p99 of them",
            "ms",
            p99(gaps),
            p99(watch.empty_ms),
            floor,
            Sense.TIMES_AS_LONG,
            windows,
            "<= 33 ms",
        ),
    ]
    for number, memory in enumerate(watch.memory_mb):
        third = max(1, len(memory) // 3)
        grown = fmean(memory[-third:]) - fmean(memory[:third])
        rows.append(_figure(f"console {number}: memory, last third less the first", "MB", grown, len(memory)))
        a_case = 1024 * grown / max(1.0, count * 2 / 3)  # all cases stay open, and on the desk
        rows.append(_figure(f"console {number}: the same for each case more that it shows", "KB", a_case, len(memory)))
    return rows


def _figure(what: str, unit: str, ours: float, n: int, aim: str = "") -> tuple[Any, Sense]:
    return single(what, unit, ours, None, "-", Sense.FIGURE, n, aim)


def main() -> int:
    """Read the options, run the shift, print and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shift")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures as JSON to OUT")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long reports come in (30 in full)")
    given = parser.parse_args()
    publish("shift", work_shift(given.minutes), given.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
