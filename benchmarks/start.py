"""From starting the program to its first useful window, beside a bare Qt window of the same size.

Useful means: signed in (with a token, so no password is hashed), the town's grids and open cases drawn, a key taken.
Both are whole processes, started in turn and timed from outside, offscreen, 1920x1080, warm disk, with their bytecode
kept from the warm-up on as an installed program has it, whatever this environment says of bytecode.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.harness import Rows, Sense, alternate, compare, main
from benchmarks.intake import Reports
from benchmarks.load import send_all
from benchmarks.programs import get_json, make_town, reportable_kind, service, token

OPEN_CASES = 41


def time_to_useful(words: list[str], environment: dict[str, str]) -> float:
    """Start a probe and return the milliseconds until it said ``useful``."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", *words],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    said = next(line for line in done.stdout.splitlines() if line.startswith("useful "))
    return 1000 * (float(said.split()[1]) - began)


def fill(url: str, bearer: str) -> None:
    """Report as many cases as an ordinary morning holds."""
    reports = Reports(url, bearer, reportable_kind(get_json(url, "/v1/snapshot", bearer)))
    asyncio.run(send_all(url, [reports.request(number) for number in range(OPEN_CASES)]))


def as_installed(bytecode: Path) -> dict[str, str]:
    """Return what both programs are started with; compiling modules anew at each start is no part of a start."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(bytecode), "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}


def measure() -> Rows:
    """Alternate the two programs."""
    with tempfile.TemporaryDirectory(prefix="onemap-bench-") as named:
        folder = Path(named)
        database = f"sqlite:///{(folder / 'room.db').as_posix()}"
        town = make_town(folder / "town")
        desk_token = token(database, "desk", "acceptor", "dispatcher", "duty_chief")
        gateway_token = token(database, "phones", "gateway", "reader")
        with service(database, town) as url:
            fill(url, gateway_token)
            shared = as_installed(folder / "bytecode")
            figures = alternate(
                {
                    "ours": lambda: time_to_useful(
                        ["benchmarks.probes.first_window", url], {**shared, "ONEMAP_TOKEN": desk_token}
                    ),
                    "bare": lambda: time_to_useful(["benchmarks.probes.bare_window"], shared),
                }
            )
    return compare(
        f"first useful window, {OPEN_CASES} open cases",
        "ms",
        figures["ours"],
        figures["bare"],
        "bare Qt window, first paint",
        Sense.TIMES_AS_LONG,
    )


if __name__ == "__main__":
    raise SystemExit(main("start", measure))
