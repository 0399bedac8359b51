"""Running the reading process and taking its answer; threads only, since it is waited for."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import msgspec

from console.filelayer.contents import FEATURES, FITS, MAX_ANSWER, REST, TRACK, Answer, FileFeatures, FileTrack, Fit
from domain.faults import Fault, FaultKind, invalid

PATIENCE_S = 120.0
READER = "console.filelayer.reading"


def features_of(path: Path, crs: str | None, *, rest: bool = False, patience_s: float = PATIENCE_S) -> FileFeatures:
    """Return the features of a file. Raises ``Fault`` with what is wrong with it; ``rest`` leaves bad rows out."""
    answer = _run(FEATURES, path, crs, timedelta(), patience_s, rest=rest)
    if answer.features is None:
        raise invalid("file_reader_failed", file=path.name)
    return answer.features


def track_of(
    path: Path, crs: str | None, offset: timedelta, *, rest: bool = False, patience_s: float = PATIENCE_S
) -> FileTrack:
    """Return the tracks of a file; times without a zone are ``offset`` ahead of UTC. Raises ``Fault``."""
    answer = _run(TRACK, path, crs, offset, patience_s, rest=rest)
    if answer.track is None:
        raise invalid("file_reader_failed", file=path.name)
    return answer.track


def fits_of(path: Path, systems: Sequence[str], *, patience_s: float = PATIENCE_S) -> tuple[Fit, ...]:
    """Return where the places of a file fall in each of these systems. Raises ``Fault``: it cannot be read at all."""
    answer = _run(FITS, path, " ".join(systems), timedelta(), patience_s, rest=False)
    if answer.fits is None:
        raise invalid("file_reader_failed", file=path.name)
    return answer.fits


def _run(mode: str, path: Path, crs: str | None, offset: timedelta, patience_s: float, *, rest: bool) -> Answer:
    with tempfile.TemporaryDirectory(prefix="onemap-", ignore_cleanup_errors=True) as folder:
        out = Path(folder) / "answer"
        minutes = str(int(offset.total_seconds() // 60))
        command = [sys.executable, "-m", READER, mode, str(path), str(out), crs or "", minutes, REST if rest else ""]
        try:
            subprocess.run(
                command,
                timeout=patience_s,
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            if out.stat().st_size > MAX_ANSWER:
                raise Fault(FaultKind.TOO_LARGE, "file_too_many_points", count=out.stat().st_size, limit=MAX_ANSWER)
            answer = msgspec.msgpack.decode(out.read_bytes(), type=Answer)
        except subprocess.TimeoutExpired:
            raise invalid("file_reader_slow", file=path.name, seconds=round(patience_s)) from None
        except (subprocess.CalledProcessError, OSError, ValueError):
            raise invalid("file_reader_failed", file=path.name) from None
    if answer.fault:
        raise invalid(answer.fault, **answer.params)
    return answer
