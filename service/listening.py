"""The service's port, taken before anything else: who calls meanwhile waits in line instead of being refused."""

import socket
import sys

from domain.faults import invalid

BACKLOG = 512
"""How many callers the system lets wait to be heard, while the service starts and after."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket on which callers may already wait; port 0 picks one. Raises ``Fault('address_in_use')``.

    A start takes most of a second. Callers that are refused would try again and again, beside it; these are answered
    as soon as there is somebody to answer.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sends without Nagle's delay (40 ms a reply) only on sockets that name it.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(BACKLOG)
    except (OSError, OverflowError):
        sock.close()
        raise invalid("address_in_use", host=host, port=port) from None
    return sock
