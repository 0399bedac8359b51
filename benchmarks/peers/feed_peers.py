"""The servers the live feed is measured beside. One that is not installed and cannot be had is None."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.processes import Watched, watched

TAKY = "taky==0.10"
WITHIN_S = 120


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def mosquitto(stack: ExitStack, folder: Path) -> Watched | None:
    """Start mosquitto; ``said`` is its port."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if program is None:
        return None
    port = free_port()
    settings = folder / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 100000\nuser root\n")
    return _listening(stack, [program, "-c", str(settings)], port, folder)


def taky(stack: ExitStack, folder: Path) -> Watched | None:
    """Start taky from a virtual environment of its own, made where there is none; ``said`` is its port."""
    program = _taky_program()
    if program is None:
        return None
    port = free_port()
    settings = folder / "taky.conf"
    settings.write_text(
        f"[taky]\nhostname = localhost\nbind_ip = 127.0.0.1\nroot_dir = {folder}\n"
        f"[cot_server]\nbind_ip = 127.0.0.1\nport = {port}\nmax_persist_ttl = 0\n[ssl]\nenabled = false\n"
    )
    return _listening(stack, [str(program), "-c", str(settings)], port, folder)


def _taky_program() -> Path | None:
    place = Path(os.environ.get("ONEMAP_PEERS", "build/peers")).resolve() / "taky"
    program = place / "bin" / "taky"
    if not program.exists():
        try:
            subprocess.run(
                [sys.executable, "-m", "venv", str(place)], check=True, timeout=WITHIN_S, capture_output=True
            )
            pip = [str(place / "bin" / "pip"), "install", "--quiet", TAKY, "setuptools<81"]
            subprocess.run(pip, check=True, timeout=WITHIN_S, capture_output=True)
        except (OSError, subprocess.SubprocessError):
            shutil.rmtree(place, ignore_errors=True)
            return None
    return program if program.exists() else None


def _listening(stack: ExitStack, words: list[str], port: int, folder: Path) -> Watched | None:
    server = stack.enter_context(watched(words, cwd=folder))
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            server.said = str(port)
            return server
    return None
