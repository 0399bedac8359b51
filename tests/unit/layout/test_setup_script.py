"""The set-up script: what it asks for, when it stops, and that a run killed half-way is finished by the next.

The script is the real one; only the programs that would install things are stood in for by recorders.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the POSIX set-up; Windows has setup.ps1")

FAKE_PYTHON = """#!/bin/sh
case "$1 $2" in
    "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && echo "venv" >>"$RECORD" ;;
    "-m pip")
        [ "$3" = install ] || exit 0
        echo "pip $*" >>"$RECORD"
        [ ! -e "$BREAK" ] || kill -9 $PPID ;;
    *) exec "$REAL_PYTHON" "$@" ;;
esac
"""
FAKE_DPKG = """#!/bin/sh
grep -qx "$4" "$INSTALLED" && echo installed
"""


class Office:
    """A bare computer: its own copy of the project, and a PATH on which nothing is installed but what is said."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.record, self.breaking, self.installed = folder / "record", folder / "break", folder / "installed"
        (self.project / "packaging").mkdir(parents=True)
        for name in ("packaging/setup.sh", "packaging/system-packages.txt", "pyproject.toml"):
            shutil.copy(ROOT / name, self.project / name)
        (self.project / "packaging" / "requirements.lock").write_text("a==1\n")
        (self.project / "domain").mkdir()
        (self.project / "domain" / "__init__.py").touch()
        self.record.touch()
        self.installed.touch()
        self.bin = folder / "bin"
        self.bin.mkdir()
        self._program("python3.11", FAKE_PYTHON)
        self._program("dpkg-query", FAKE_DPKG)
        self._program("apt-get", "#!/bin/sh\nexit 1\n")
        self._program("id", "#!/bin/sh\necho 1000\n")
        self._program("sudo", "#!/bin/sh\nexit 1\n")
        self._program("fc-list", "#!/bin/sh\n")

    def _program(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text(text)
        path.chmod(0o755)

    def install(self, *left_out: str) -> None:
        """Have every system package there but those."""
        lines = [line.split() for line in (ROOT / "packaging/system-packages.txt").read_text().split("\n")]
        names = [parts[0] for parts in lines if parts and not parts[0].startswith("#")]
        self.installed.write_text("\n".join(name for name in names if name not in left_out) + "\n")

    def run(self, goal: str = "setup") -> subprocess.CompletedProcess[str]:
        """Run the script for a goal."""
        env = {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "RECORD": str(self.record),
            "BREAK": str(self.breaking),
            "INSTALLED": str(self.installed),
            "REAL_PYTHON": sys.executable,
        }
        command = ["sh", "packaging/setup.sh", goal]
        return subprocess.run(
            command, cwd=self.project, env=env, capture_output=True, text=True, timeout=60, check=False
        )

    def done(self) -> list[str]:
        """Return what was installed since this was last asked."""
        lines = self.record.read_text().split("\n")[:-1]
        self.record.write_text("")
        return lines


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_first_run_installs_the_lock_then_the_project_and_a_second_does_nothing(office: Office) -> None:
    office.install()
    assert office.run().returncode == 0
    venv, packages, project = office.done()
    assert venv == "venv"
    assert "--require-hashes -r packaging/requirements.lock" in packages
    assert "--no-deps --no-build-isolation --editable ." in project
    again = office.run()
    assert (again.returncode, again.stdout, office.done()) == (0, "", [])


def test_a_run_that_was_killed_is_finished_with_a_new_venv(office: Office) -> None:
    office.install()
    office.breaking.touch()
    assert office.run().returncode != 0
    assert len(office.done()) == 2
    office.breaking.unlink()
    assert office.run().returncode == 0
    assert office.done()[0] == "venv"
    assert office.run().stdout == ""


@pytest.mark.parametrize("changed", ["packaging/requirements.lock", "pyproject.toml", "packaging/system-packages.txt"])
def test_a_change_of_what_it_depends_on_sets_up_again_in_the_same_venv(office: Office, changed: str) -> None:
    office.install()
    office.run()
    office.done()
    with (office.project / changed).open("a") as file:
        file.write("# changed\n")
    assert office.run().returncode == 0
    assert len(office.done()) == 2


def test_a_new_room_sets_up_again(office: Office) -> None:
    office.install()
    office.run()
    office.done()
    (office.project / "service").mkdir()
    (office.project / "service" / "__init__.py").touch()
    office.run()
    assert len(office.done()) == 2


def test_without_rights_it_prints_one_command_and_stops_where_it_must(office: Office) -> None:
    office.install("libegl1", "fonts-noto-cjk")
    result = office.run("setup")
    assert result.returncode == 1
    assert result.stdout.count("apt-get install -y libegl1 fonts-noto-cjk") == 1
    assert office.done() == []


def test_what_the_goal_does_not_need_does_not_stop_it(office: Office) -> None:
    office.install("fonts-noto-cjk", "libxcb-cursor0", "xvfb")
    result = office.run("test")
    assert result.returncode == 0
    assert "Chinese text shows as boxes" in result.stdout
    demo = office.run("demo")
    assert demo.returncode == 1
    assert "fonts-noto-cjk" in demo.stdout


def test_another_chinese_font_will_do(office: Office) -> None:
    office.install("fonts-noto-cjk")
    office._program("fc-list", "#!/bin/sh\necho 'WenQuanYi Micro Hei'\n")
    result = office.run("demo")
    assert result.returncode == 0
    assert "fonts-noto-cjk" not in result.stdout


def test_an_unknown_goal_is_refused(office: Office) -> None:
    assert office.run("everything").returncode == 1
