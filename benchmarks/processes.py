"""A program as a child process whose processor time and memory are read from outside (Linux)."""

import os
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

READY_WITHIN_S = 60
_TICK_S = 1 / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0.01


class Watched:
    """A running process."""

    def __init__(self, process: "subprocess.Popen[str]", said: str) -> None:
        self.process = process
        self.said = said

    def cpu_s(self) -> float:
        """Return the processor time it has used, seconds."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * _TICK_S

    def memory_mb(self) -> float:
        """Return the memory it holds, MB."""
        return memory_mb(self.process.pid)


def memory_mb(pid: int) -> float:
    """Return the memory a process holds, MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def watched(words: list[str], says: str = "", cwd: Path | None = None) -> Iterator[Watched]:
    """Run a program until the block ends, from when it has printed a line that begins with ``says``."""
    process = subprocess.Popen(
        words,
        stdout=subprocess.PIPE if says else subprocess.DEVNULL,
        stderr=None if says else subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    try:
        yield Watched(process, _wait_for(process, says) if says else "")
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(process: "subprocess.Popen[str]", says: str) -> str:
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in process.stdout or ():
            lines.put(line.strip())
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while (line := lines.get(timeout=READY_WITHIN_S)) is not None:
        if line.startswith(says):
            return line[len(says) :].strip()
    raise RuntimeError(f"{process.args!r} ended before it said {says!r}")
