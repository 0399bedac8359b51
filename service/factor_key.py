"""Secrets of one-time codes are kept sealed, with a key that is never in the database.

Whoever gets hold of a database, a backup or a disk of PostgreSQL's cannot make anybody's codes from it. The key is a
file of its owner's alone: beside a SQLite file, elsewhere where it is named; several services on one record share it.
It is made when the first secret is kept. A backup does not hold it. AES-256-GCM, bound to the account's name, so that
no sealed secret can be put under another account.
"""

import base64
import contextlib
import os
import secrets
from pathlib import Path

from sqlalchemy import Connection, select, update

from domain.faults import Fault, FaultKind
from service.store import tables as t
from service.store.engine import Store

KEY_BYTES = 32
NONCE_BYTES = 12
SEALED = "1."
"""What a sealed secret begins with; a plain one is base 32, which has no full stop."""
SUFFIX = ".factor-key"


def default_path(store: Store) -> Path | None:
    """Return where the key of a SQLite file lies: beside it. None on PostgreSQL, where it must be named."""
    return None if store.path is None else store.path.with_name(store.path.name + SUFFIX)


class FactorKey:
    """Seals and opens the secrets of one-time codes. ``path`` is None where nobody said where the key is to lie."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._key: bytes | None = None

    def seal(self, account: str, secret: str, connection: Connection) -> str:
        """Return a secret as it is kept, making the key where nothing was ever sealed.

        Raises an unavailable ``Fault``: no place was named, or the key is missing or another than what is kept.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - only second factors need it

        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self._for_sealing(connection)).encrypt(nonce, secret.encode(), account.encode())
        return SEALED + base64.b64encode(nonce + sealed).decode()

    def open(self, account: str, kept: str) -> str:
        """Return the secret of an account. Raises an unavailable ``Fault`` where the key is missing or another.

        What an earlier program kept in plain stays so until there is a key, and is what it is.
        """
        if not kept.startswith(SEALED):
            return kept
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        try:
            raw = base64.b64decode(kept.removeprefix(SEALED), validate=True)
            return AESGCM(self._loaded()).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], account.encode()).decode()
        except (InvalidTag, ValueError):
            raise _fault("factor_key_other") from None

    def seal_all(self, store: Store) -> int:
        """Seal what an earlier program kept in plain; returns how many that were. Raises as ``seal`` does."""
        with store.writing.connect() as connection, connection.begin():
            plain = [row for row in connection.execute(select(t.second_factor)) if not row.secret.startswith(SEALED)]
            for row in plain:
                sealed = self.seal(row.account, row.secret, connection)
                change = update(t.second_factor).where(t.second_factor.c.account == row.account)
                connection.execute(change.values(secret=sealed))
        if plain:
            store.forget_deleted()
        return len(plain)

    def check(self, connection: Connection) -> None:
        """Raise an unavailable ``Fault`` where sealed secrets are kept that this key does not open."""
        row = _any_sealed(connection)
        if row is not None:
            self.open(*row)

    def _for_sealing(self, connection: Connection) -> bytes:
        if self._key is None and _any_sealed(connection) is None:
            self._make()
        key = self._loaded()
        self.check(connection)
        return key

    def _loaded(self) -> bytes:
        if self._path is None:
            raise _fault("factor_key_unnamed")
        if self._key is None:
            try:
                key = self._path.read_bytes()
            except OSError:
                raise _fault("factor_key_missing") from None
            if len(key) != KEY_BYTES:
                raise _fault("factor_key_other")
            self._key = key
        return self._key

    def _make(self) -> None:
        """Make the key unless there is one already; another service may be doing the same."""
        if self._path is None:
            raise _fault("factor_key_unnamed")
        if self._path.exists():
            return
        draft = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(draft, self._path)  # never over another's
        except OSError:
            raise _fault("factor_key_unwritable") from None
        finally:
            draft.unlink(missing_ok=True)


def _any_sealed(connection: Connection) -> tuple[str, str] | None:
    found = connection.execute(
        select(t.second_factor.c.account, t.second_factor.c.secret)
        .where(t.second_factor.c.secret.startswith(SEALED))
        .limit(1)
    ).first()
    return None if found is None else (found.account, found.secret)


def _fault(key: str) -> Fault:
    return Fault(FaultKind.UNAVAILABLE, key)
