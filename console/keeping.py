"""Small secrets of this computer, such as the key of a map server: in the system's keeping, never in a file of ours.

Where the system keeps none (no keyring, a session without a desktop) a secret lasts as long as the program runs, and a
person is told so. Every call may wait for the system and belongs into a thread.
"""

import threading
from typing import Protocol

SERVICE = "onemap"


class Vault(Protocol):
    """What keeps passwords: ``keyring``, or something with its three functions."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return a password, None where there is none."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a password."""

    def delete_password(self, service: str, username: str) -> None:
        """Drop a password."""


class Keeping:
    """Secrets by name. Any thread but the window's."""

    def __init__(self, vault: Vault | None = None) -> None:
        self._vault = vault
        self._lock = threading.Lock()
        self._in_memory: dict[str, str] = {}

    def get(self, name: str) -> str:
        """Return a secret, empty where there is none."""
        with self._lock:
            if name in self._in_memory:
                return self._in_memory[name]
            try:
                return self._opened().get_password(SERVICE, name) or ""
            except Exception:  # noqa: BLE001 - each keyring raises errors of its own kind
                return ""

    def put(self, name: str, secret: str) -> bool:
        """Keep a secret (empty drops it); return whether it will outlast this run."""
        with self._lock:
            self._in_memory[name] = secret
            try:
                if secret:
                    self._opened().set_password(SERVICE, name, secret)
                else:
                    self._opened().delete_password(SERVICE, name)
            except Exception:  # noqa: BLE001 - as above; what was to be dropped and is not there is dropped
                return not secret
            return True

    def _opened(self) -> Vault:
        if self._vault is None:
            import keyring  # noqa: PLC0415 - looks for the system's keyring, which takes its time

            self._vault = keyring
        return self._vault
