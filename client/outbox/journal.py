"""An encrypted file that only grows: what was appended and synced is there after any crash, in order, or is missed.

``OMOB1``, eight random bytes that name this generation of the file, then records: four bytes of length, and the sealed
content. Each seal is bound to generation and position, so that records cannot be left out, swapped or put back. An end
that is torn was never promised to anybody and is cut off. Anything else that cannot be opened is damage: the file is
kept aside and told of, and what can be read goes on.
"""

import contextlib
import os
import shutil
import struct
from collections.abc import Sequence
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from client.outbox.cipher import SEAL_BYTES, Cipher
from domain.faults import Fault, FaultKind, os_why

MAGIC = b"OMOB1\n"
GENERATION_BYTES = 8
HEADER_BYTES = len(MAGIC) + GENERATION_BYTES
MAX_RECORD = 1024 * 1024
_LENGTH = struct.Struct(">I")


class Found(NamedTuple):
    """What a file holds: records, where the good part ends, how many places it has, how many of them are damaged."""

    records: list[bytes]
    end: int
    positions: int
    damaged: int


def parse(content: bytes, cipher: Cipher) -> Found:
    """Return what can be read of a file's content. It alters nothing."""
    records: list[bytes] = []
    generation = content[len(MAGIC) : HEADER_BYTES]
    at, position, damaged = HEADER_BYTES, 0, 0
    while at < len(content):
        head = content[at : at + _LENGTH.size]
        length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
        if not SEAL_BYTES <= length <= MAX_RECORD + SEAL_BYTES:
            torn = len(head) < _LENGTH.size or not any(content[at:])  # a power cut leaves zeros
            return Found(records, at, position, damaged + (not torn))
        end = at + _LENGTH.size + length
        opened = cipher.open(content[at + _LENGTH.size : end], _place(generation, position))
        if end > len(content):  # half written; or whole, with another length than it was written with
            return Found(records, at, position, damaged + (opened is not None))
        if opened is not None:
            records.append(opened)
        elif end == len(content):
            break  # the last one, half written
        else:
            damaged += 1
        at, position = end, position + 1
    return Found(records, min(at, len(content)), position, damaged)


class Journal:
    """One file, open for appending. ``damaged`` counts records that could not be read; they lie in ``aside``."""

    def __init__(self, path: Path, cipher: Cipher) -> None:
        """Open or make the file. Raises ``Fault('outbox_unwritable')``."""
        self.path = path
        self.damaged = 0
        self._cipher = cipher
        self._generation = b""
        self._positions = 0
        self._end = 0
        self._file: FileIO | None = None
        self._torn = False
        try:
            self._open()
        except OSError as error:
            self.close()
            raise _unwritable(error) from error

    @property
    def aside(self) -> Path:
        """Where a damaged file is kept."""
        return self.path.with_name(self.path.name + ".damaged")

    @property
    def records(self) -> int:
        """How many records the file holds."""
        return self._positions

    @property
    def size_bytes(self) -> int:
        """Bytes of the file."""
        return self._end

    def close(self) -> None:
        """Let go of the file."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()

    def append(self, records: Sequence[bytes], *, sync: bool = True) -> None:
        """Write records behind all others; with ``sync`` they outlive a power cut when this returns.

        Raises ``Fault``: ``outbox_record_too_large``, or ``outbox_unwritable`` with nothing appended.
        """
        if any(len(record) > MAX_RECORD for record in records):
            raise Fault(FaultKind.TOO_LARGE, "outbox_record_too_large", limit_kb=MAX_RECORD // 1024)
        frames = [self._frame(record, self._positions + n) for n, record in enumerate(records)]
        file, frame = self._opened(), b"".join(frames)
        try:
            if self._torn:  # what an earlier failure left behind the end
                file.truncate(self._end)
            self._torn = True
            file.seek(self._end)
            _write(file, frame)
            if sync:
                os.fsync(file.fileno())
        except OSError as error:
            raise _unwritable(error) from error
        self._torn = False
        self._end += len(frame)
        self._positions += len(records)

    def rewrite(self, records: Sequence[bytes]) -> None:
        """Let the file hold these records only, whole or not at all. Raises ``Fault('outbox_unwritable')``."""
        beside = self.path.with_name(self.path.name + ".new")
        generation = os.urandom(GENERATION_BYTES)
        try:
            with beside.open("wb") as file:
                file.write(MAGIC + generation)
                file.writelines(self._frame(record, n, generation) for n, record in enumerate(records))
                file.flush()
                os.fsync(file.fileno())
            self.close()  # Windows replaces no open file
            os.replace(beside, self.path)
            sync_folder(self.path.parent)
            self._file = FileIO(self.path, "r+b")
        except OSError as error:
            self._reopen()
            raise _unwritable(error) from error
        self._generation, self._positions = generation, len(records)
        self._end = self._file.seek(0, os.SEEK_END)

    def read(self) -> list[bytes]:
        """Return every record that can be read, in order, and cut off an end that is torn."""
        file = self._opened()
        file.seek(0)
        content = file.readall()
        found = parse(content, self._cipher)
        self.damaged = found.damaged
        if found.damaged:
            with contextlib.suppress(OSError):
                shutil.copy2(self.path, self.aside)
        if found.end < len(content):
            file.truncate(found.end)
            os.fsync(file.fileno())
        self._end, self._positions = found.end, found.positions
        return found.records

    def _frame(self, record: bytes, position: int, generation: bytes = b"") -> bytes:
        sealed = self._cipher.seal(record, _place(generation or self._generation, position))
        return _LENGTH.pack(len(sealed)) + sealed

    def _opened(self) -> FileIO:
        if self._file is None:
            raise Fault(FaultKind.UNAVAILABLE, "outbox_unwritable", reason="os.other")
        return self._file

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists() or self.path.stat().st_size < HEADER_BYTES:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(handle, "wb") as fresh:
                fresh.write(MAGIC + os.urandom(GENERATION_BYTES))
                fresh.flush()
                os.fsync(fresh.fileno())
            sync_folder(self.path.parent)
        self._file = FileIO(self.path, "r+b")
        head = self._file.read(HEADER_BYTES)
        if not head.startswith(MAGIC):
            self.close()
            raise Fault(FaultKind.UNAVAILABLE, "outbox_unreadable", file=self.path.name)
        self._generation = head[len(MAGIC) :]
        self._end = self._file.seek(0, os.SEEK_END)

    def _reopen(self) -> None:
        with contextlib.suppress(OSError):
            if self._file is None:
                self._file = FileIO(self.path, "r+b")


def _place(generation: bytes, position: int) -> bytes:
    return generation + position.to_bytes(8, "big")


def _write(file: FileIO, content: bytes) -> None:
    """Write all of it: the system may take a part at a time."""
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]


def sync_folder(folder: Path) -> None:
    """Let the names in a folder outlive a power cut, where the system has a way to ask for that."""
    with contextlib.suppress(OSError):  # Windows opens no folders, and needs none of it
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _unwritable(error: OSError) -> Fault:
    return Fault(FaultKind.UNAVAILABLE, "outbox_unwritable", reason=os_why(error))
