"""The address of a service: ``http(s)://host[:port]`` and nothing behind it."""

import re
from urllib.parse import urlsplit

import msgspec

from domain.faults import invalid

DEFAULT_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,252})")
_ADDRESS_6 = re.compile(r"[0-9a-f:.]{2,45}(%25[a-z0-9._~-]{1,32})?")


class Address(msgspec.Struct, frozen=True):
    """Where a service is. ``host`` is a name in its ASCII form or a bare IP address; ``port`` None is the scheme's."""

    scheme: str
    host: str
    port: int | None

    @property
    def authority(self) -> str:
        """Return ``host[:port]`` as a ``Host`` header says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def port_number(self) -> int:
        """Return the port, the scheme's own where none is stated."""
        return DEFAULT_PORTS[self.scheme] if self.port is None else self.port

    def url(self, path: str = "/") -> str:
        """Return the address of a path, which is given encoded."""
        return f"{self.scheme}://{self.authority}{path}"

    def feed_url(self, path: str) -> str:
        """Return the address of a WebSocket."""
        return f"{'wss' if self.scheme == 'https' else 'ws'}://{self.authority}{path}"


def parse_address(text: str) -> Address:
    """Return the address a person or script gave. Raises ``Fault('bad_server_url')``."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
        host = _plain_host(parts.hostname or "")
    except ValueError:  # a port that is no number, a bracket that is not closed, a name that IDNA refuses
        raise invalid("bad_server_url", url=text[:200]) from None
    sound = parts.scheme in DEFAULT_PORTS and host and parts.path in ("", "/") and port != 0
    if not sound or parts.query or parts.fragment or "@" in parts.netloc:
        raise invalid("bad_server_url", url=text[:200])
    return Address(parts.scheme, host, None if port == DEFAULT_PORTS[parts.scheme] else port)


def _plain_host(host: str) -> str:
    """Return a host name in ASCII; empty where it is none. Raises ValueError."""
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    return host if _NAME.fullmatch(host) or _ADDRESS_6.fullmatch(host) else ""
