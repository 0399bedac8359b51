"""Our own programs as child processes, for benchmarks that measure them from outside."""

import json
import os
import queue
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

READY_WITHIN_S = 60


def run_program(*words: str) -> str:
    """Run one of our programs to its end and return what it printed. Raises CalledProcessError where it fails."""
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", *words], check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment
    )
    return done.stdout.strip()


def make_town(folder: Path, seed: int = 1) -> Path:
    """Make the fictional town in ``folder``."""
    run_program("simulator", "town", "--seed", str(seed), "--out", str(folder))
    return folder


def token(database: str, user: str, *roles: str) -> str:
    """Return a token for a script account."""
    return run_program("service", "token", "--database", database, "--user", user, "--roles", ",".join(roles))


@contextmanager
def running(words: list[str], says: str, by: tuple[str, ...] = (sys.executable, "-m")) -> Iterator[str]:
    """Run a program until the block ends; gives what it printed behind ``says`` once it has."""
    process = subprocess.Popen(
        [*by, *words],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in process.stdout or ():
            lines.put(line.strip())
        lines.put(None)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        while (line := lines.get(timeout=READY_WITHIN_S)) is not None:
            if line.startswith(says):
                yield line[len(says) :].strip()
                return
        raise RuntimeError(f"{words[0]} ended before it said {says!r}")
    finally:
        process.terminate()
        process.wait(timeout=30)
        reader.join(timeout=5)
        if process.stdout is not None and not reader.is_alive():
            process.stdout.close()


def service(database: str, town: Path) -> AbstractContextManager[str]:
    """Run a service on an empty database with a town; gives its URL."""
    return running(["service", "run", "--database", database, "--town", str(town), "--port", "0"], "ready ")


def get_json(url: str, path: str, bearer: str) -> dict[str, Any]:
    """Return what a GET answers."""
    request = urllib.request.Request(url + path, headers={"Authorization": f"Bearer {bearer}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def reportable_kind(snapshot: dict[str, Any]) -> str:
    """Return the code of a kind that may be reported."""
    kinds = snapshot["town"]["kinds"]
    return str(next(k["code"] for k in kinds if k.get("enabled", True) and k.get("parent")))
