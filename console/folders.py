"""Where the program keeps its own files on this computer: settings, cache, diagnostic log.

``ONEMAP_HOME`` moves all of them below one folder (tests and portable installations).
"""

import os
import tempfile
import zlib
from pathlib import Path

import msgspec
import platformdirs

APP = "onemap"


class Folders(msgspec.Struct, frozen=True):
    """The folders; they are made when something is first written."""

    config: Path
    cache: Path
    log: Path


def find_folders() -> Folders:
    """Return the folders of this user on this system."""
    home = os.environ.get("ONEMAP_HOME")
    if home:
        base = Path(home)
        return Folders(base / "config", base / "cache", base / "log")
    dirs = platformdirs.PlatformDirs(APP, appauthor=False)
    return Folders(dirs.user_config_path, dirs.user_cache_path, dirs.user_log_path)


def ground_file(cache: Path, server: str) -> Path:
    """Return the file that the map of a service's town is kept in (``console.ground``)."""
    return cache / "ground" / f"{zlib.crc32(server.encode()):08x}.ground"


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises OSError where the folder cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
