"""A disk that keeps a diary: an APSW VFS that writes down every write, truncation, deletion and sync SQLite makes.

APSW carries an SQLite of its own, into which a VFS written in Python can be put. ``Disk`` is that VFS; it can also
refuse: ``failing`` says of the n-th write (or sync) whether it fails, ``refusal`` how.
"""

from collections.abc import Callable
from enum import StrEnum
from itertools import count
from pathlib import Path

import apsw

_names = count()


class Did(StrEnum):
    """What was done to a file."""

    WRITE = "write"
    SYNC = "sync"
    FAILED_SYNC = "failed_sync"  # the kernel may have dropped what was waiting, and will not try again
    TRUNCATE = "truncate"
    DELETE = "delete"


class Entry:
    """One entry of the diary; ``at`` is an offset for a write and a length for a truncation."""

    __slots__ = ("at", "data", "did", "file")

    def __init__(self, did: Did, file: str, at: int = 0, data: bytes = b"") -> None:
        self.did = did
        self.file = file
        self.at = at
        self.data = data


class Refusal(StrEnum):
    """How an operation fails."""

    FULL = "full"
    WRITE_ERROR = "write_error"
    SYNC_ERROR = "sync_error"


class Disk(apsw.VFS):
    """The recording VFS. ``diary`` grows with every operation; ``name`` is what a connection asks for.

    ``operations`` counts those that ``refusal`` could hit: syncs for a failing sync, else writes.
    """

    def __init__(self) -> None:
        self.name = f"diary{next(_names)}"
        super().__init__(self.name, "")
        self.diary: list[Entry] = []
        self.operations = 0
        self.refusal = Refusal.FULL
        self.failing: Callable[[int], bool] = _never

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 (APSW's name)
        """Open a file that writes into the diary."""
        return _File(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 (APSW's name and signature)
        """Write down a deletion and do it."""
        self.diary.append(Entry(Did.DELETE, Path(filename).name))
        super().xDelete(filename, syncdir)

    def refuses(self, *, sync: bool) -> bool:
        """Count a write or sync, and return whether it is to fail."""
        if sync != (self.refusal is Refusal.SYNC_ERROR):
            return False
        self.operations += 1
        return self.failing(self.operations)


def _never(_number: int) -> bool:
    return False


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        given = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._disk = disk
        self._name = Path(given).name if given else ""
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 (APSW's name)
        if self._disk.refuses(sync=False):
            if self._disk.refusal is Refusal.FULL:
                raise apsw.FullError("the disk is full")
            raise apsw.IOError("a write failed")
        self._disk.diary.append(Entry(Did.WRITE, self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 (APSW's name)
        if self._disk.refuses(sync=True):
            self._disk.diary.append(Entry(Did.FAILED_SYNC, self._name))
            raise apsw.IOError("a sync failed")
        self._disk.diary.append(Entry(Did.SYNC, self._name))
        super().xSync(flags)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 (APSW's name)
        self._disk.diary.append(Entry(Did.TRUNCATE, self._name, newsize))
        super().xTruncate(newsize)
