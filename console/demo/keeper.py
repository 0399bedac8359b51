"""A small process that keeps one other process: it ends it when whoever started the keeper is gone.

Run as ``python -m console.demo.keeper LOG COMMAND...``. The keeper's standard input is a pipe held by the console: when
it closes, for whatever reason (a clean end, a crash, a kill), the kept process is asked to end and, if it does not
within ``GRACE_S``, killed. Works the same on Windows, where nothing else ties the life of processes together.
"""

import os
import signal
import subprocess
import sys
import threading

GRACE_S = 6.0


def main(argv: list[str]) -> int:
    """Run a command until it ends or our input closes; return its exit code."""
    log, command = argv[0], argv[1:]
    with open(log, "ab") as output:
        process = start_group(command, output.fileno())
    threading.Thread(target=_end_when_alone, args=(process,), daemon=True, name="keeper").start()
    return process.wait()


def start_group(command: list[str], output: int) -> "subprocess.Popen[bytes]":
    """Start a process in a group of its own, so that a Ctrl+C in the terminal does not reach it before we say so."""
    if sys.platform == "win32":
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,
        )
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)


def end(process: "subprocess.Popen[bytes]", grace_s: float = GRACE_S) -> None:
    """Ask a process to end, wait, and kill it if it did not."""
    if process.poll() is None:
        if sys.platform == "win32":
            process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            process.terminate()
    try:
        process.wait(grace_s)
    except subprocess.TimeoutExpired:
        process.kill()


def _end_when_alone(process: "subprocess.Popen[bytes]") -> None:
    while os.read(sys.stdin.fileno(), 4096):
        continue
    end(process)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(main(sys.argv[1:]))
