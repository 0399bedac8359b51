"""Running the reading process and taking its answer, in a thread, since it is waited for; it can be stopped."""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import TypeVar

import msgspec

from console.filelayer.contents import FEATURES, FITS, MAX_ANSWER, REST, TRACK, Answer, FileFeatures, FileTrack, Fit
from domain.faults import Fault, FaultKind, invalid

PATIENCE_S = 120.0
READER = "console.filelayer.reading"

T = TypeVar("T")


class Stopped(Exception):
    """A reading was stopped from outside."""


class Halt:
    """Stops one reading from another thread: its process is ended, or is never begun."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def stop(self) -> None:
        """Stop it; once it has ended by itself nothing happens."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def run(self, command: Sequence[str], patience_s: float) -> None:
        """Run a command to its end. Raises what ``subprocess.run`` does with ``check``, and ``Stopped``."""
        with self._lock:
            if self._stopped:
                raise Stopped
            nothing = subprocess.DEVNULL
            process = self._process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)
        with process:
            try:
                code = process.wait(patience_s)
            except BaseException:
                process.kill()
                raise
        if self._stopped:
            raise Stopped
        if code:
            raise subprocess.CalledProcessError(code, command)


async def apart(read: Callable[[Halt], T]) -> T:
    """Run one of the readings below in a thread. Cancelled, its process has ended and its folder is gone."""
    halt = Halt()
    work = asyncio.get_running_loop().run_in_executor(None, read, halt)
    try:
        await asyncio.wait([work])
    except asyncio.CancelledError:
        halt.stop()
        await asyncio.wait([work])
        work.exception()  # nobody is left to hear how it ended
        raise
    return work.result()


def features_of(
    path: Path, crs: str | None, *, rest: bool = False, patience_s: float = PATIENCE_S, halt: Halt | None = None
) -> FileFeatures:
    """Return the features of a file. Raises ``Fault`` with what is wrong with it; ``rest`` leaves bad rows out."""
    answer = _run(FEATURES, path, crs, timedelta(), patience_s, halt, rest=rest)
    if answer.features is None:
        raise invalid("file_reader_failed", file=path.name)
    return answer.features


def track_of(
    path: Path,
    crs: str | None,
    offset: timedelta,
    *,
    rest: bool = False,
    patience_s: float = PATIENCE_S,
    halt: Halt | None = None,
) -> FileTrack:
    """Return the tracks of a file; times without a zone are ``offset`` ahead of UTC. Raises ``Fault``."""
    answer = _run(TRACK, path, crs, offset, patience_s, halt, rest=rest)
    if answer.track is None:
        raise invalid("file_reader_failed", file=path.name)
    return answer.track


def fits_of(
    path: Path, systems: Sequence[str], *, patience_s: float = PATIENCE_S, halt: Halt | None = None
) -> tuple[Fit, ...]:
    """Return where the places of a file fall in each of these systems. Raises ``Fault``: it cannot be read at all."""
    answer = _run(FITS, path, " ".join(systems), timedelta(), patience_s, halt, rest=False)
    if answer.fits is None:
        raise invalid("file_reader_failed", file=path.name)
    return answer.fits


def _run(
    mode: str, path: Path, crs: str | None, offset: timedelta, patience_s: float, halt: Halt | None, *, rest: bool
) -> Answer:
    with tempfile.TemporaryDirectory(prefix="onemap-", ignore_cleanup_errors=True) as folder:
        out = Path(folder) / "answer"
        minutes = str(int(offset.total_seconds() // 60))
        command = [sys.executable, "-m", READER, mode, str(path), str(out), crs or "", minutes, REST if rest else ""]
        try:
            (halt or Halt()).run(command, patience_s)
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
