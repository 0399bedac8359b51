"""The ten commonest jobs of the room, by keys alone: keys pressed beside those the design needs, and seconds.

A scripted operator (``benchmarks.operators``) sits before a real console, a process of its own, at a real service with
a whole town: once offscreen, where keys are given to the window, and once in a window on an X display (Xvfb), where
xdotool gives them to the server as a keyboard would. A job that has not come about at the service fails the benchmark.

* *keys* are commands; text that is typed is counted apart. The design's number is that of
  ``docs/adr/0018-keys-of-a-job.md``.
* *seconds* are the console's and the service's own, with a script's hands. *With a person's hands* adds every key and
  every typed character at ``KEYS_PER_S``; ``PINYIN_KEYS`` says how many keys a Chinese character takes there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from benchmarks.harness import Row, Rows, Sense, main, single
from benchmarks.programs import make_town, service, token

PASSES = 3
KEYS_PER_S = 4.0
"""What a practised typist does all day; a single command key takes no longer."""
PINYIN_KEYS = 3.5
"""Keys a Chinese character takes with a pinyin input method, the choosing of the word among them."""
REPORT_WITHIN_S = 30
ROOM = ("acceptor", "duty_chief", "dispatcher", "duty_leader", "inspector")
ADR = "keys the design needs (ADR 18)"


def measure(passes: int = PASSES) -> Rows:
    """Let the operator work in both kinds of window and return the table."""
    with tempfile.TemporaryDirectory(prefix="onemap-bench-") as named:
        folder = Path(named)
        database = f"sqlite:///{(folder / 'room.db').as_posix()}"
        tokens = {
            "ONEMAP_TOKEN": token(database, "colleague", *ROOM),
            "FIELD_TOKEN": token(database, "gate", "gateway"),
        }
        with service(database, make_town(folder / "town")) as url:
            operators = " ".join(f"{name}:{account(database, name)}" for name in ("lina", "wangyu"))
            given = tokens | {"OPERATORS": operators}
            offscreen = {"QT_QPA_PLATFORM": "offscreen", "ONEMAP_HOME": str(folder / "offscreen")}
            windows = {"offscreen": operate(url, "window", given | offscreen, passes)}
            with display() as shown:
                if shown:
                    on_x = {"QT_QPA_PLATFORM": "xcb", "DISPLAY": shown, "ONEMAP_HOME": str(folder / "on_x")}
                    windows["window on X"] = operate(url, "screen", given | on_x, passes)
                else:
                    print("  no Xvfb or no xdotool here: the jobs were done offscreen only")
    return table(windows)


def account(database: str, name: str) -> str:
    """Make the account of somebody in the room and return its password."""
    password = f"{name}-at-the-desk-7"
    words = ["account", "--database", database, "--user", name, "--name", name, "--roles", ",".join(ROOM)]
    subprocess.run(
        [sys.executable, "-m", "service", *words, "--password-stdin"],
        input=password.encode(),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return password


@contextmanager
def display() -> Iterator[str]:
    """An X display of one's own while the block runs; its name, empty where there can be none."""
    server = shutil.which("Xvfb")
    if server is None or shutil.which("xdotool") is None:
        yield ""
        return
    reading, writing = os.pipe()
    words = [server, "-displayfd", str(writing), "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"]
    process = subprocess.Popen(words, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as said:
            number = said.readline().strip()
        yield f":{number}" if number else ""
    finally:
        process.terminate()
        process.wait(timeout=20)


def operate(url: str, hands: str, given: dict[str, str], passes: int) -> list[dict[str, Any]]:
    """Run the operator and return what each job took. Raises CalledProcessError where one did not happen."""
    words = [sys.executable, "-m", "benchmarks.probes.operator", url, hands, str(passes)]
    done = subprocess.run(
        words, check=True, stdout=subprocess.PIPE, timeout=600, env={**os.environ, "PYTHONUTF8": "1", **given}
    )
    return [msgspec.json.decode(line) for line in done.stdout.splitlines() if line.startswith(b"{")]


def table(windows: Mapping[str, Sequence[dict[str, Any]]]) -> Rows:
    """Return the rows: keys beside the design's for each job, then seconds in each kind of window."""
    by_job: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for window, jobs in windows.items():
        for job in jobs:
            by_job[job["name"]][window].append(job)
    rows: Rows = []
    for name, found in by_job.items():
        rows += _rows_of(name, found)
    return rows


def _rows_of(name: str, found: dict[str, list[dict[str, Any]]]) -> Rows:
    jobs = [job for those in found.values() for job in those]
    worst = max(jobs, key=lambda job: len(job["keys"]) - len(job["design"].split()))
    pressed, needed, typed = len(worst["keys"]), len(worst["design"].split()), worst["typed"]
    shown = _short(worst["keys"])
    rows = [single(f"{name}: {shown}", "keys", pressed, needed, ADR, Sense.OF_PEER, len(jobs), "<= 1 x")]
    for window, those in found.items():
        seconds = median(job["seconds"] for job in those)
        rows.append(_figure(f"{name}, {window}: console and service", seconds, len(those)))
    aim = f"<= {REPORT_WITHIN_S} s" if name.startswith("new report") else ""
    said = f"{name}: with hands at {KEYS_PER_S:.0f} characters/s ({len(typed)} typed)"
    rows.append(_figure(said, seconds + (pressed + len(typed)) / KEYS_PER_S, len(those), aim))
    if not typed.isascii():
        keys = sum(1.0 if letter.isascii() else PINYIN_KEYS for letter in typed)
        said = f"{name}: the same by pinyin, {PINYIN_KEYS} keys a character"
        rows.append(_figure(said, seconds + (pressed + keys) / KEYS_PER_S, len(those), aim))
    return rows


def _short(keys: Sequence[str]) -> str:
    """Return keys as they are shown: one that is pressed many times in a row stands once."""
    parts = [(key, len(list(times))) for key, times in groupby(keys)]
    return " ".join(key if n == 1 else f"{n}x{key}" for key, n in parts)


def _figure(what: str, seconds: float, n: int, aim: str = "") -> tuple[Row, Sense]:
    return single(what, "s", seconds, None, "-", Sense.FIGURE, n, aim)


if __name__ == "__main__":
    raise SystemExit(main("jobs", measure))
