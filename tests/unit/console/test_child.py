"""Processes of the demo: they start, say they are ready, end when asked, and end when we are gone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from console.demo.child import Child
from domain.faults import Fault

SERVE = "import time, sys; print('hello'); print('ready http://here:1', flush=True); time.sleep(60)"


def _child(tmp_path: Path, code: str) -> Child:
    return Child("one", [sys.executable, "-c", code], tmp_path / "one.log")


def _alive(pid: int) -> bool:
    try:
        if sys.platform == "linux":  # one that nobody has waited for is as good as gone
            return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] != "Z"
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def test_it_waits_for_the_line_and_ends_when_stopped(tmp_path: Path) -> None:
    child = _child(tmp_path, SERVE.replace("'hello'", "__import__('os').getpid()"))
    try:
        assert child.wait_for_line("ready ", 20) == "http://here:1"
        pid = int(child.tail().splitlines()[0])
        assert child.running
        assert _alive(pid)
    finally:
        child.stop()
    assert not child.running
    assert not _alive(pid)
    child.stop()


def test_one_that_ends_early_is_told_with_its_words(tmp_path: Path) -> None:
    child = _child(tmp_path, "import sys; sys.exit('no room at the inn')")
    with pytest.raises(Fault) as told:
        child.wait_for_line("ready ", 20)
    child.stop()
    assert told.value.key == "demo_child_ended"
    assert "no room at the inn" in str(told.value.params["said"])


def test_one_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    child = _child(tmp_path, "import time; time.sleep(60)")
    try:
        with pytest.raises(Fault) as told:
            child.wait_for_line("ready ", 0.3)
    finally:
        child.stop()
    assert told.value.key == "demo_child_silent"


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is what this is about")
def test_it_ends_when_we_are_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from console.demo.child import Child\n"
        f"c = Child('one', [sys.executable, '-c', 'import os, time; print(os.getpid(), flush=True); time.sleep(60)'],"
        f" Path({str(tmp_path / 'kept.log')!r}))\n"
        "time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", code])
    log = tmp_path / "kept.log"
    deadline = time.monotonic() + 20
    while not (log.exists() and log.read_text(encoding="ascii").strip()) and time.monotonic() < deadline:
        time.sleep(0.05)
    pid = int(log.read_text(encoding="ascii"))
    assert _alive(pid)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    while _alive(pid) and time.monotonic() < deadline + 10:
        time.sleep(0.05)
    assert not _alive(pid)
