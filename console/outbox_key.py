"""The key of the outbox: in the system's own key store; where there is none, in a file only this user may read.

Which of the two it is, is told to the person once, and stands in the outbox's sheet. All of it waits on the system, so
none of it belongs on the loop.
"""

import os
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path

import msgspec

from client.outbox.cipher import KEY_BYTES, new_master

SERVICE, USER = "onemap", "outbox"
FILE_NAME = "outbox-key"


class FoundKey(msgspec.Struct, frozen=True):
    """The key, and whether it lies in a file. It has no repr, so that it never reaches a log."""

    master: bytes
    in_file: bool
    fresh: bool = False
    """It was made just now."""

    def __repr__(self) -> str:
        """Name it without its value."""
        return f"FoundKey(in_file={self.in_file})"


def find_key(folder: Path) -> FoundKey:
    """Return the key of this user's outbox; one is made where there is none. Raises OSError where none can be kept.

    A key that lies in a file stays there: a store that works today may not tomorrow.
    """
    path = folder / FILE_NAME
    kept = _read_file(path)
    if kept is not None:
        return FoundKey(kept, in_file=True)
    stored = _from_store()
    if stored is not None:
        return FoundKey(stored, in_file=False)
    return FoundKey(_make_file(path), in_file=True, fresh=True)


def _from_store() -> bytes | None:
    """Return the key kept by the system, made there where it has none; None where there is no store that works."""
    import keyring  # noqa: PLC0415 - takes its time, and is needed once a run
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        text = keyring.get_password(SERVICE, USER)
        if text is None:
            keyring.set_password(SERVICE, USER, b64encode(new_master()).decode())
            text = keyring.get_password(SERVICE, USER)  # what another console made at the same time counts
    except (KeyringError, OSError, RuntimeError):
        return None
    return None if text is None else _decoded(text.encode())


def _read_file(path: Path) -> bytes | None:
    try:
        return _decoded(path.read_bytes())
    except FileNotFoundError:
        return None


def _make_file(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    master = new_master()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError:  # another console was faster
        found = _read_file(path)
        if found is None:
            raise
        return found
    with os.fdopen(handle, "wb") as file:
        file.write(b64encode(master))
        file.flush()
        os.fsync(file.fileno())
    return master


def _decoded(text: bytes) -> bytes | None:
    with suppress(ValueError):
        key = b64decode(text, validate=True)
        if len(key) == KEY_BYTES:
            return key
    return None
