"""The demo and the pictures as commands: whole processes, as a script or a stranger would start them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]

PARTS_OF_THE_DESK = {
    "list": ((0, 50, 328, 728), 500, 0.85),
    "map": ((330, 50, 1236, 728), 3_000, 0.55),
    "card": ((1238, 50, 1600, 728), 1_500, 0.85),
    "board": ((0, 730, 1020, 900), 150, 0.97),
    "today": ((1026, 730, 1600, 900), 150, 0.97),
}
"""Where each stands at 1600x900, how many colours it has at least, and how much of it may be of one.

A card has from 2,700 to 9,000, by what the photographs of its case show.
"""


def _run(*words: str, home: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "console", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=220,
        check=False,
        env={**os.environ, "ONEMAP_HOME": str(home), "PYTHONUTF8": "1", "QT_QPA_PLATFORM": "offscreen", **environment},
    )


def _demo_processes(folder: Path) -> list[str]:
    """Return the command lines of processes that mention a folder; only where there is a /proc."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = entry.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if str(folder) in text:
            found.append(text)
    return found


def test_the_demo_runs_for_its_time_and_leaves_nothing_behind(tmp_path: Path, own_folders: Path) -> None:
    done = _run("demo", "--seconds", "8", "--seed", "3", home=own_folders, TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "onemap console --server http://127.0.0.1:" in done.stdout
    accounts = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert accounts == ["room", "acceptor", "dispatcher", "chief", "leader", "inspector", "sysadmin"]
    assert "Traceback" not in done.stderr
    assert _demo_processes(tmp_path) == []
    assert not list(tmp_path.glob("onemap-demo-*"))
    kept = "".join(p.read_text("utf-8", "replace") for p in own_folders.rglob("*") if p.is_file())
    passwords = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert not any(password in kept for password in passwords)


def test_a_shot_of_the_desk_is_a_picture_of_something(tmp_path: Path, own_folders: Path) -> None:
    out = tmp_path / "desk.png"
    done = _run("shot", "desk", str(out), "--size", "1600x900", "--theme", "light", "--lang", "en", home=own_folders)
    assert done.returncode == 0, done.stdout + done.stderr
    with Image.open(out) as picture:
        assert picture.size == (1600, 900)
        desk = picture.convert("RGB")
    for part, (box, least_colours, most_of_one) in PARTS_OF_THE_DESK.items():
        drawn = desk.crop(box)
        colours = drawn.getcolors(2**24)
        assert colours is not None
        assert len(colours) > least_colours, part
        most = max(count for count, _ in colours) / (drawn.width * drawn.height)
        assert most < most_of_one, f"one colour nearly everywhere: nothing was drawn of the {part}"


def test_a_shot_without_a_reachable_service_says_so_and_writes_nothing(tmp_path: Path, own_folders: Path) -> None:
    out = tmp_path / "map.png"
    done = _run("shot", "map", str(out), "--server", "http://127.0.0.1:9", home=own_folders, ONEMAP_TOKEN="")
    assert done.returncode == 1
    assert "ONEMAP_TOKEN" in done.stderr
    assert not out.exists()
