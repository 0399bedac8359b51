"""The real programs as child processes, for tests that rely on what a person or script would start."""

import os
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

READY_WITHIN_S = 60


def run_program(*words: str, stdin: str | None = None, timeout_s: float = 120) -> "subprocess.CompletedProcess[str]":
    """Run one of our programs (``service``, ``simulator``, ``console``) to its end and return what it said."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout_s,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def make_town(folder: Path, seed: int = 7) -> Path:
    """Make a synthetic town in ``folder`` and return it."""
    made = run_program("simulator", "town", "--seed", str(seed), "--out", str(folder))
    assert made.returncode == 0, made.stderr
    return folder


def issue_token(database: str, user: str, *roles: str, hours: int = 8) -> str:
    """Return a token for a script account, made by the service's own command."""
    made = run_program(
        "service", "token", "--database", database, "--user", user, "--roles", ",".join(roles), "--hours", str(hours)
    )
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


@dataclass
class Service:
    """A running service process. ``port`` is kept over a restart, so that clients find it again."""

    database: str
    town: Path | None = None
    port: int = 0
    speed: float | None = None
    url: str = ""
    process: "subprocess.Popen[str] | None" = None
    said: list[str] = field(default_factory=list)

    def start(self) -> "Service":
        """Start it and wait for its ``ready`` line."""
        words = ["service", "run", "--database", self.database, "--port", str(self.port)]
        words += ["--town", str(self.town)] if self.town else []
        words += ["--speed", str(self.speed)] if self.speed else []
        self.process = subprocess.Popen(
            [sys.executable, "-m", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1"},
        )
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, args=(self.process, lines), daemon=True).start()
        while True:
            line = lines.get(timeout=READY_WITHIN_S)
            if line.startswith("ready "):
                self.url = line.split()[1]
                self.port = int(self.url.rsplit(":", 1)[1])
                return self
            assert line, f"the service ended before it was ready: {self.said}"

    def _read(self, process: "subprocess.Popen[str]", lines: "queue.Queue[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.said.append(line.rstrip())
            lines.put(line.strip() or " ")
        lines.put("")
        process.stdout.close()

    def kill(self) -> None:
        """End it as a power cut would end the process: no clean-up."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to stop and return its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=30)
