"""The one reader of files that ship inside this package."""

from pathlib import Path, PurePosixPath

_HERE = Path(__file__).parent
"""A path, not ``importlib.resources``, which would bring archives and temporary files along at every start."""


def read_bytes(path: str) -> bytes:
    """Return the bytes of a shipped file. ``path`` is relative with forward slashes.

    Raises ValueError for an absolute path or one that climbs out, FileNotFoundError where there is no such file.
    """
    return _at(path).read_bytes()


def read_text(path: str) -> str:
    """Return the text (UTF-8) of a shipped file; errors as ``read_bytes``."""
    return _at(path).read_bytes().decode("utf-8")


def path_of(path: str) -> str:
    """Return where a shipped file lies, with forward slashes, for who reads it by itself; errors as ``read_bytes``."""
    found = _at(path)
    if not found.is_file():
        raise FileNotFoundError(path)
    return found.as_posix()


def list_names(folder: str) -> list[str]:
    """Return the names of the files in a shipped folder, sorted."""
    return sorted(entry.name for entry in _at(folder).iterdir() if entry.is_file())


def _at(path: str) -> Path:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\\" in path or ":" in path:
        raise ValueError(f"not a path inside resources: {path!r}")
    return _HERE.joinpath(*pure.parts)
