"""The real service as a process that may be killed at any moment and is started again on the same port."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from sqlalchemy import select

from benchmarks.faults.crowd import SOURCE, Crowd
from domain.change import Subject
from service.audit.verify import check
from service.store import tables as t
from service.store.engine import Store

READY_WITHIN_S = 60
_LOG = select(t.change.c.seq, t.change.c.subject, t.change.c.subject_id, t.change.c.version)


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Victim:
    """A service process on a database. ``town`` is put in where it holds none."""

    def __init__(self, database: str, town: Path) -> None:
        self.database = database
        self._town = town
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._close()

    @property
    def pid(self) -> int:
        """The running process."""
        if self._process is None:
            raise RuntimeError("the service is not running")
        return self._process.pid

    def start(self) -> float:
        """Start the service and wait until it serves; returns the seconds that took. Raises RuntimeError."""
        began = time.perf_counter()
        words = ["--database", self.database, "--town", str(self._town), "--port", str(self._port)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "service", "run", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1"},
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line.startswith("ready "):
            raise RuntimeError(f"the service did not start: {line!r}, exit code {self._process.wait(READY_WITHIN_S)}")
        return time.perf_counter() - began

    def kill(self) -> None:
        """End the process without a word."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
            self._process.wait(30)
            self._close()

    def _close(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None


class Loss:
    """What became of a crowd's reports: counts of those gone, doubled, and of breaks in the chain."""

    def __init__(self, database: str, crowd: Crowd) -> None:
        store = Store(database)
        try:
            with store.reading.begin() as connection:
                cases = connection.execute(
                    select(t.cases.c.source_no, t.cases.c.case_no).where(t.cases.c.source == SOURCE)
                ).all()
                log = connection.execute(_LOG).all()
                self.broken = check(connection).broken
        finally:
            store.close()
        kept = {(row.source_no, row.case_no) for row in cases}
        opened = [row.subject_id for row in log if row.subject == Subject.CASE and row.version == 1]
        numbers = {row.seq: row.subject_id for row in log}
        self.lost = sum(
            (number, case_no) not in kept or numbers.get(seq) != case_no
            for number, (case_no, seq) in crowd.answered.items()
        )
        self.doubled = len(cases) - len({row.source_no for row in cases}) + len(opened) - len(set(opened))
        self.doubled += len({row.source_no for row in cases} - crowd.sent)

    @property
    def good(self) -> bool:
        """Whether nothing is lost, doubled or broken."""
        return not (self.lost or self.doubled or self.broken)
