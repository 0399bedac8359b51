"""A real NATS server of a test's own."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

UNPACKED = Path(__file__).parents[2] / "build" / "nats" / "usr" / "sbin"
"""Where ``packaging/setup.sh`` puts it."""


class NatsServer:
    """A running ``nats-server`` that can be stopped and started again on its port."""

    def __init__(self) -> None:
        program = shutil.which(
            "nats-server", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", str(UNPACKED)))
        )
        if program is None:
            pytest.skip("no nats-server is here (make test fetches Debian's)")
        self._program = program
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = int(sock.getsockname()[1])
        self.url = f"nats://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "NatsServer":
        """Start it and wait until it listens."""
        self._process = subprocess.Popen(
            [self._program, "-a", "127.0.0.1", "-p", str(self.port)], stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                assert time.monotonic() < deadline, "nats-server did not start"
                time.sleep(0.02)

    def stop(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
