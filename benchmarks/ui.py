"""What a person at the second console feels: how soon a step is on the screen, and how smooth the window stays.

* From the moment a command is *sent* until a second console, another process, has painted the case's new version: an
  upper bound of the time after the commit, which lies in between.
* The 99th percentile of the gaps between ticks of a 5 ms timer in that console while the demo runs (people move,
  reports arrive), beside an empty Qt loop in a process of its own, in turn.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.harness import Rows, Sense, alternate, compare, main, percentile, single
from benchmarks.processes import memory_mb
from benchmarks.programs import get_json
from console.demo.room import DemoRoom
from domain.wire import KEY_HEADER

STEPS = 60
GAP_SECONDS = 3.0
ANSWER_WITHIN_S = 60
SEED, SPEED = 1, 4.0


class Probe:
    """A probe process: give it orders, read its lines."""

    def __init__(self, words: list[str], environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1", **environment},
        )
        self._lines: dict[str, queue.Queue[list[str]]] = {w: queue.Queue() for w in ("ready", "gaps", "shown")}
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            word, *rest = line.split()
            if word in self._lines:
                self._lines[word].put(rest)

    def wait_for(self, word: str) -> list[str]:
        """Return the next line that begins with ``word``, without it."""
        return self._lines[word].get(timeout=ANSWER_WITHIN_S)

    def order(self, text: str) -> None:
        """Give an order."""
        assert self._process.stdin is not None
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()

    def gaps_ms(self) -> float:
        """Let it measure its gaps and return their 99th percentile."""
        self.order(f"gaps {GAP_SECONDS}")
        return float(self.wait_for("gaps")[0])

    def shown_at(self, case_no: str, version: int) -> float:
        """Return when it had painted that version or a newer one."""
        while True:
            number, painted, at = self.wait_for("shown")
            if number == case_no and int(painted) >= version:
                return float(at)

    def memory_mb(self) -> float:
        """Return the memory it holds, MB."""
        return memory_mb(self._process.pid)

    def stop(self) -> None:
        """End its input, and with it the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()


@contextmanager
def probe(*words: str, **environment: str) -> Iterator[Probe]:
    """A probe that is ready, ended with the block."""
    process = Probe(list(words), environment)
    try:
        process.wait_for("ready")
        yield process
    finally:
        process.stop()


def post(url: str, path: str, bearer: str, body: Any, key: str) -> Any:
    """POST JSON and return what is answered."""
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json", KEY_HEADER: key}
    request = urllib.request.Request(url + path, data=json.dumps(body).encode(), headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def steps_ms(url: str, bearer: str, second: Probe) -> list[float]:
    """Add notes to open cases and return how long each took to be painted by the second console."""
    figures = []
    for number in range(STEPS):
        snapshot = get_json(url, "/v1/snapshot", bearer)
        case = next(c for c in snapshot["cases"] if c["state"] in ("reported", "pending_file", "pending_dispatch"))
        second.order(f"select {case['case_no']}")
        time.sleep(0.1)
        command = {"action": "note", "version": case["version"], "args": {"text": f"第 {number} 次"}}
        sent = time.monotonic()
        try:
            done = post(url, f"/v1/cases/{case['case_no']}/commands", bearer, command, f"ui-bench-{number:06d}")
        except urllib.error.HTTPError as error:
            if error.code == 409:  # a colleague of the demo was faster
                continue
            raise
        figures.append(1000 * (second.shown_at(case["case_no"], done["case"]["version"]) - sent))
        time.sleep(0.05)
    return figures


def measure() -> Rows:
    """Run the demo with a second console beside it."""
    with DemoRoom(SEED, SPEED, lambda key, **values: None) as room:
        account = {"user": room.operator.user, "password": room.operator.password}
        bearer = str(post(room.url, "/v1/session", "", account, "ui-bench-session")["token"])
        time.sleep(5)  # until the field has begun to report
        with (
            probe("benchmarks.probes.desk", room.url, ONEMAP_TOKEN=bearer) as second,
            probe("benchmarks.probes.empty_loop") as empty,
        ):
            steps = steps_ms(room.url, bearer, second)
            gaps = alternate({"ours": second.gaps_ms, "empty": empty.gaps_ms})
    shown = "a step sent, painted by the second console"
    return [
        single(f"{shown}, median", "ms", percentile(steps, 50), None, "(aim: p95 <= 200 ms)", Sense.FIGURE, len(steps)),
        single(f"{shown}, p95", "ms", percentile(steps, 95), None, "(aim: p95 <= 200 ms)", Sense.FIGURE, len(steps)),
        *compare("gap of the UI loop, p99", "ms", gaps["ours"], gaps["empty"], "empty Qt loop", Sense.TIMES_AS_LONG),
    ]


if __name__ == "__main__":
    raise SystemExit(main("ui", measure))
