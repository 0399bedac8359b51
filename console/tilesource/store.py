"""Tiles that were fetched, kept on disk for when there is no line: bounded in bytes, in number and in age.

One SQLite file in the cache folder. It is a cache: whatever is wrong with it, it is thrown away and begun anew, and
where it cannot be written tiles are merely not kept.
"""

import sqlite3
import threading
import time
from pathlib import Path

FILE_NAME = "tiles.sqlite3"
MOST_AGE_S = 180 * 86_400.0
FRESH_S = 7 * 86_400.0
"""A tile younger than this is not asked for again."""
MOST_TILES = 200_000
FEWER = 0.9
"""Share of a bound that is left after clearing out."""
LOOK_EVERY = 64
"""Tiles put between two looks at the bounds."""
BUSY_S = 1.0

_MAKE = """
CREATE TABLE IF NOT EXISTS tile (
    source TEXT NOT NULL, level INTEGER NOT NULL, col INTEGER NOT NULL, row INTEGER NOT NULL,
    at REAL NOT NULL, used REAL NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (source, level, col, row)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tile_used ON tile (used, size);
"""
_GET = "SELECT body, at FROM tile WHERE source=? AND level=? AND col=? AND row=?"
_USE = "UPDATE tile SET used=? WHERE source=? AND level=? AND col=? AND row=?"
_PUT = "INSERT OR REPLACE INTO tile (source, level, col, row, at, used, size, body) VALUES (?,?,?,?,?,?,?,?)"
_SUM = "SELECT count(*), coalesce(sum(size), 0) FROM tile"
_OLDEST = "SELECT used, size FROM tile ORDER BY used"
_DROP = "DELETE FROM tile WHERE used<=?"
_DROP_OLD = "DELETE FROM tile WHERE at<?"
_DROP_SOURCE = "DELETE FROM tile WHERE source=?"

Place = tuple[int, int, int]
"""Level, column and row."""


class TileCache:
    """The kept tiles of all sources. Any thread but the window's; one at a time, each call some milliseconds."""

    def __init__(self, folder: Path, most_bytes: int, *, most_tiles: int = MOST_TILES) -> None:
        self._path = folder / FILE_NAME
        self._most_bytes, self._most_tiles = most_bytes, most_tiles
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._broken = self._closed = False
        self._put_since = 0

    def get(self, source: str, place: Place, now: float) -> tuple[bytes, float] | None:
        """Return a tile and its age in seconds, None where it is not kept or too old. ``now`` is POSIX time."""
        with self._lock:
            try:
                database = self._opened()
                row = None if database is None else database.execute(_GET, (source, *place)).fetchone()
                if row is None or database is None or not isinstance(row[0], bytes) or now - row[1] > MOST_AGE_S:
                    return None
                database.execute(_USE, (now, source, *place))
                return row[0], max(0.0, now - row[1])
            except sqlite3.Error:
                self._begin_anew()
                return None

    def put(self, source: str, place: Place, body: bytes, now: float) -> None:
        """Keep a tile; every now and then what is over the bounds goes."""
        with self._lock:
            try:
                database = self._opened()
                if database is None:
                    return
                database.execute(_PUT, (source, *place, now, now, len(body), body))
                self._put_since += 1
                if self._put_since >= LOOK_EVERY:
                    self._put_since = 0
                    self._clear_out(database, now)
            except sqlite3.Error:
                self._begin_anew()

    def forget(self, source: str) -> None:
        """Drop all tiles of a source."""
        with self._lock:
            try:
                database = self._opened()
                if database is not None:
                    database.execute(_DROP_SOURCE, (source,))
            except sqlite3.Error:
                self._begin_anew()

    def size(self) -> tuple[int, int]:
        """Return how many tiles are kept and how many bytes they have."""
        with self._lock:
            database = self._opened()
            count, size = (0, 0) if database is None else database.execute(_SUM).fetchone()
            return int(count), int(size)

    def clear_out(self, now: float | None = None) -> None:
        """Let go of what is over the bounds now."""
        with self._lock:
            database = self._opened()
            if database is not None:
                self._clear_out(database, time.time() if now is None else now)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._closed = True
            if self._database is not None:
                self._database.close()
                self._database = None

    def _clear_out(self, database: sqlite3.Connection, now: float) -> None:
        database.execute(_DROP_OLD, (now - MOST_AGE_S,))
        count, size = database.execute(_SUM).fetchone()
        if count <= self._most_tiles and size <= self._most_bytes:
            return
        last = None
        for used, bytes_of in database.execute(_OLDEST):
            if count <= self._most_tiles * FEWER and size <= self._most_bytes * FEWER:
                break
            count, size, last = count - 1, size - bytes_of, used
        if last is not None:
            database.execute(_DROP, (last,))

    def _opened(self) -> sqlite3.Connection | None:
        if self._broken or self._closed or self._database is not None:
            return self._database
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._database = self._made()
        except (OSError, sqlite3.Error):
            self._begin_anew()
        return self._database

    def _made(self) -> sqlite3.Connection:
        made = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=BUSY_S)
        try:
            made.execute("PRAGMA journal_mode=WAL")
            made.execute("PRAGMA synchronous=OFF")
            made.executescript(_MAKE)
        except sqlite3.Error:
            made.close()
            raise
        return made

    def _begin_anew(self) -> None:
        """Throw the file away; where that does not help, keep nothing in this run."""
        if self._database is not None:
            self._database.close()
            self._database = None
        try:
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            self._database = self._made()
        except (OSError, sqlite3.Error):
            self._broken = True
