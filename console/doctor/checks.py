"""The examinations of ``onemap doctor``. Each gives one finding and never raises."""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from console.display import has_display, is_offscreen
from console.folders import find_folders
from domain.faults import Fault
from resources.words import Value

LOW_DISK_MB = 500
NO_DISK_MB = 50
SKEW_WARN_S = 2.0
SKEW_FAIL_S = 60.0
CODECS = ("h264", "hevc")
REACH_S = 10.0


class Verdict(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, the verdict, and a word key with its values; ``why`` is the key of a fault."""

    what: str
    verdict: Verdict
    key: str
    values: dict[str, Value] = field(default_factory=dict)
    why: str = ""


def examine(server: str | None) -> Iterator[Finding]:
    """Yield the findings as they are made."""
    yield check_python()
    yield check_fonts()
    yield check_display()
    yield check_codecs()
    yield from check_server(server)
    yield check_disk(find_folders().cache)


def check_python() -> Finding:
    """Say which Python and Qt this is."""
    import PySide6

    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("program", Verdict.OK, "doctor.program.is", {"python": version, "qt": PySide6.__version__})


def check_fonts() -> Finding:
    """Look for a face with Chinese: without one every Chinese text is boxes."""
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtWidgets import QApplication

    from widgets.common.fonts import installed_family

    app = QGuiApplication.instance() or QApplication([])
    family = installed_family()
    if family is None or app is None:
        return Finding("fonts", Verdict.FAIL, "doctor.fonts.none", {"command": font_command()})
    return Finding("fonts", Verdict.OK, "doctor.fonts.found", {"family": family})


def font_command(platform: str = sys.platform) -> str:
    """Return the one command (or place) that brings a Chinese face to this system."""
    if platform.startswith("linux"):
        return "sudo apt-get install fonts-noto-cjk"
    return "Settings > Time & Language > Chinese (Simplified)" if platform == "win32" else "Font Book > PingFang SC"


def check_display() -> Finding:
    """Look for a screen."""
    if has_display():
        return Finding("display", Verdict.OK, "doctor.display.found")
    key = "doctor.display.offscreen" if is_offscreen() else "doctor.display.none"
    return Finding("display", Verdict.WARN, key)


def check_codecs() -> Finding:
    """Look for the decoders of the cameras' pictures."""
    try:
        import av
    except ImportError:
        return Finding("codecs", Verdict.FAIL, "doctor.codecs.none")
    missing = [name for name in CODECS if name not in av.codecs_available]
    if missing:
        return Finding("codecs", Verdict.WARN, "doctor.codecs.missing", {"names": ", ".join(missing)})
    return Finding("codecs", Verdict.OK, "doctor.codecs.found", {"names": "H.264, HEVC", "version": av.__version__})


def check_server(server: str | None) -> list[Finding]:
    """Ask the service how it is, and compare the clocks."""
    if server is None:
        return [
            Finding("server", Verdict.WARN, "doctor.server.not_given"),
            Finding("clock", Verdict.WARN, "doctor.clock.unknown"),
        ]
    try:
        health, skew = asyncio.run(_ask(server))
    except (Fault, TimeoutError) as error:
        key = error.key if isinstance(error, Fault) else "line_down"
        return [
            Finding("server", Verdict.FAIL, "doctor.server.unreachable", {"server": server}, f"fault.{key}"),
            Finding("clock", Verdict.WARN, "doctor.clock.unknown"),
        ]
    version = str(health.get("version", "?"))[:40]
    return [
        Finding("server", Verdict.OK, "doctor.server.reached", {"server": server, "version": version}),
        judge_skew(skew),
    ]


def judge_skew(skew_s: float | None) -> Finding:
    """Judge how far this computer's clock is ahead of the service's (seconds)."""
    if skew_s is None:
        return Finding("clock", Verdict.WARN, "doctor.clock.unknown")
    size = abs(skew_s)
    verdict = Verdict.FAIL if size > SKEW_FAIL_S else Verdict.WARN if size > SKEW_WARN_S else Verdict.OK
    return Finding("clock", verdict, "doctor.clock.skew", {"skew": f"{skew_s:+.1f}"})


async def _ask(server: str) -> tuple[dict[str, object], float | None]:
    from client.api import ServiceClient

    async with asyncio.timeout(REACH_S), ServiceClient(server) as client:
        return await client.health(), client.time.skew_s()


def check_disk(folder: Path) -> Finding:
    """Look for room where the program keeps its cache, and whether it may write there."""
    existing = next((p for p in (folder, *folder.parents) if p.exists()), None)
    if existing is None or not os.access(existing, os.W_OK):
        return Finding("disk", Verdict.FAIL, "doctor.disk.unwritable", {"folder": str(folder)})
    free_mb = shutil.disk_usage(existing).free // 2**20
    verdict = Verdict.FAIL if free_mb < NO_DISK_MB else Verdict.WARN if free_mb < LOW_DISK_MB else Verdict.OK
    return Finding("disk", verdict, "doctor.disk.free", {"free_mb": free_mb, "folder": str(existing)})
