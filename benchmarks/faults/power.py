"""Cutting the power: what may be on the disk at a moment of a recording, and whether it holds what was promised.

What was synced before the cut is there. Each write since may be there, missing, or torn within its 512-byte sectors,
in any order; after a sync that failed, nobody will write again what was waiting then.
"""

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from benchmarks.faults.recorder import Did, Entry
from benchmarks.faults.recording import Promise, Recording

SECTOR = 512
DATABASE = "cut.db"


class Fate(StrEnum):
    """What becomes of the writes that were not synced."""

    NONE = "none"
    ALL = "all"
    SOME = "some"
    TORN = "torn"


class Verdict(StrEnum):
    """What a database looks like after a cut."""

    WHOLE = "whole"
    LOST = "lost"  # an answer was given, and what it promised is gone
    BROKEN = "broken"  # not a database any more, or a log that is not the one written


class Platter:
    """The disk of a recording, played forward: what is safe on it, and what waits."""

    def __init__(self, began: bytes, database: str, rng: random.Random) -> None:
        self._rng = rng
        self.safe: dict[str, bytearray] = {database: bytearray(began)}
        self.waiting: dict[str, list[Entry]] = {}

    def play(self, entry: Entry) -> None:
        """Let one operation happen."""
        if entry.did is Did.SYNC:
            for waiting in self.waiting.pop(entry.file, []):
                _apply(self.safe.setdefault(entry.file, bytearray()), waiting)
        elif entry.did is Did.FAILED_SYNC:
            for waiting in self.waiting.pop(entry.file, []):
                if self._rng.random() < 0.5:
                    _apply(self.safe.setdefault(entry.file, bytearray()), waiting)
        elif entry.did is Did.DELETE:
            self.safe.pop(entry.file, None)
            self.waiting.pop(entry.file, None)
        else:
            self.waiting.setdefault(entry.file, []).append(entry)

    def cut(self, fate: Fate) -> dict[str, bytearray]:
        """Return the files as a cut may leave them now."""
        files = {name: bytearray(data) for name, data in self.safe.items()}
        if fate is not Fate.NONE:
            for name, entries in self.waiting.items():
                for entry in entries:
                    self._maybe(files.setdefault(name, bytearray()), entry, fate)
        return {name: data for name, data in files.items() if not name.endswith("-shm")}

    def _maybe(self, data: bytearray, entry: Entry, fate: Fate) -> None:
        if fate is Fate.SOME and self._rng.random() < 0.5:
            return
        if fate is not Fate.TORN or entry.did is not Did.WRITE:
            _apply(data, entry)
            return
        for start in range(0, len(entry.data), SECTOR):
            if self._rng.random() < 0.6:
                part = entry.data[start : start + SECTOR]
                _apply(data, Entry(Did.WRITE, entry.file, entry.at + start, part))


def _apply(data: bytearray, entry: Entry) -> None:
    if entry.did is Did.TRUNCATE:
        del data[entry.at :]
        return
    end = entry.at + len(entry.data)
    if len(data) < end:
        data.extend(bytes(end - len(data)))
    data[entry.at : end] = entry.data


def cuts(
    recording: Recording, database: str, many: int, rng: random.Random
) -> Iterator[tuple[int, dict[str, bytearray]]]:
    """Yield ``many`` cuts of a recording in the order of time: the position in the diary, and the files left."""
    first = recording.promises[0].position
    positions = Counter(rng.randint(first, len(recording.diary)) for _ in range(many))
    platter = Platter(recording.began, database, rng)
    fates = list(Fate)
    for position in range(len(recording.diary) + 1):
        for _ in range(positions[position]):
            yield position, platter.cut(rng.choice(fates))
        if position < len(recording.diary):
            platter.play(recording.diary[position])


def judge(folder: Path, database: str, files: dict[str, bytearray], recording: Recording, position: int) -> Verdict:
    """Lay the files of a cut into ``folder``, open them with the standard SQLite, compare with what was promised."""
    for old in folder.glob(f"{DATABASE}*"):
        old.unlink()
    for name, data in files.items():
        (folder / name.replace(database, DATABASE)).write_bytes(data)
    connection = sqlite3.connect(folder / DATABASE)
    try:
        return _verdict(connection, recording, position)
    except sqlite3.DatabaseError:
        return Verdict.BROKEN
    finally:
        connection.close()


def _verdict(connection: sqlite3.Connection, recording: Recording, position: int) -> Verdict:
    if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
        return Verdict.BROKEN
    log = connection.execute("SELECT * FROM change ORDER BY seq").fetchall()
    seq, hashed = connection.execute("SELECT seq, hash FROM head").fetchone()
    if log != recording.log[: len(log)] or len(log) != seq or bytes(log[-1][-1]) != bytes(hashed):
        return Verdict.BROKEN
    if _torn_cases(connection):
        return Verdict.BROKEN
    promised = {p.key: p.seq for p in _given(recording.promises, position)}
    kept = dict(connection.execute("SELECT key, seq FROM answered"))
    return Verdict.WHOLE if promised.items() <= kept.items() else Verdict.LOST


def _given(promises: list[Promise], position: int) -> Iterator[Promise]:
    for promise in promises:
        if promise.position > position:
            return
        yield promise


def _torn_cases(connection: sqlite3.Connection) -> bool:
    """Return whether a case does not stand where the log says: a transaction that is there by half."""
    said = connection.execute(
        "SELECT subject_id, max(version) FROM change WHERE subject = 'case' GROUP BY subject_id ORDER BY subject_id"
    ).fetchall()
    return said != connection.execute("SELECT case_no, version FROM cases ORDER BY case_no").fetchall()
