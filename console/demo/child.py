"""A process of the demo: started under a keeper, its words in a log file, ended with us."""

import subprocess
import sys
import time
from pathlib import Path

from console.demo import keeper
from domain.faults import Fault, FaultKind

TAIL_BYTES = 2000
POLL_S = 0.05
MARGIN_S = 4.0
"""How much longer than the keeper's own grace we wait for it."""


class Child:
    """One running process. ``stop`` may be called more than once."""

    def __init__(self, name: str, command: list[str], log: Path) -> None:
        self.name = name
        self.log = log
        kept = [sys.executable, "-m", keeper.__name__, str(log), *command]
        self._keeper = _start_apart(kept)

    @property
    def running(self) -> bool:
        """Whether the process has not ended."""
        return self._keeper.poll() is None

    def tail(self) -> str:
        """Return the last lines the process wrote."""
        try:
            content = self.log.read_bytes()[-TAIL_BYTES:]
        except FileNotFoundError:
            return ""
        return content.decode("utf-8", "replace").strip()

    def wait_for_line(self, start: str, timeout_s: float) -> str:
        """Return the rest of the first log line that begins with ``start``.

        Raises ``Fault('demo_child_ended')`` and ``Fault('demo_child_silent')``.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            ended = not self.running
            for line in self._lines():
                if line.startswith(start):
                    return line[len(start) :].strip()
            if ended:
                raise Fault(FaultKind.UNAVAILABLE, "demo_child_ended", name=self.name, said=self.tail())
            if time.monotonic() > deadline:
                raise Fault(FaultKind.UNAVAILABLE, "demo_child_silent", name=self.name, said=self.tail())
            time.sleep(POLL_S)

    def stop(self) -> None:
        """End the process and wait until it has ended."""
        if self._keeper.stdin is not None and not self._keeper.stdin.closed:
            self._keeper.stdin.close()
        try:
            self._keeper.wait(keeper.GRACE_S + MARGIN_S)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()

    def _lines(self) -> list[str]:
        try:
            content = self.log.read_bytes()
        except FileNotFoundError:
            return []
        return content.decode("utf-8", "replace").splitlines()


def _start_apart(command: list[str]) -> "subprocess.Popen[bytes]":
    """Start a keeper in a group of its own: a Ctrl+C in the terminal must not end it before its charge."""
    quiet = subprocess.DEVNULL
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, creationflags=flags)
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, process_group=0)
