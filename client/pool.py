"""The connections to one service, kept by httpx. Imported when the first request is sent, not before.

httpx and what it stands on take some 50 ms to import. A console that was given its first replies beforehand
(``client.early``) needs none of it until its window is of use.
"""

import ssl
import time
from collections.abc import Mapping

import httpx

from client.answers import Answer, LineBrokenError
from domain.faults import Fault, FaultKind

KEEP_ALIVE = 8
CONNECT_S = 4.0
TIMEOUT = httpx.Timeout(20.0, connect=CONNECT_S)


class Pool:
    """An HTTP connection pool. ``tls`` is None for a service that is reached without TLS."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        # Without TLS an empty context spares httpx the 40-90 ms of loading authorities that nobody asks for.
        verify = tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        limits = httpx.Limits(max_connections=2 * KEEP_ALIVE, max_keepalive_connections=KEEP_ALIVE)
        self._http = httpx.AsyncClient(verify=verify, timeout=TIMEOUT, limits=limits, trust_env=False)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str | int | None],
        body: bytes | None,
        headers: Mapping[str, str],
        read_timeout: float,
        most: int,
    ) -> Answer:
        """Send a request once; ``params`` of None are left out, ``most`` bytes of a body are read.

        Raises ``LineBrokenError``, ``Fault('reply_too_large')`` and ``Fault('bad_reply')``.
        """
        request = self._http.build_request(
            method,
            url,
            params={k: v for k, v in params.items() if v is not None} or None,
            content=body,
            headers=dict(headers),
            timeout=httpx.Timeout(read_timeout, connect=CONNECT_S),
        )
        try:
            return await self._send(request, most)
        except httpx.TransportError as error:
            unheard = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
            raise LineBrokenError(maybe_taken=not unheard, untrusted=_untrusted(error)) from error

    async def _send(self, request: httpx.Request, most: int) -> Answer:
        sent_at = time.monotonic()
        response = await self._http.send(request, stream=True)
        try:
            received_at = time.monotonic()
            body = await _read(response, most)
        except httpx.DecodingError as error:
            raise Fault(FaultKind.UNAVAILABLE, "bad_reply", status=response.status_code) from error
        finally:
            await response.aclose()
        return Answer(response.status_code, body, dict(response.headers.items()), sent_at, received_at)


def _untrusted(error: BaseException) -> bool:
    """Return whether a certificate that nobody we trust has signed is at the bottom of an error."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLCertVerificationError):
            return True
        below = below.__cause__ or below.__context__
    return False


async def _read(response: httpx.Response, most: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > most:
            raise Fault(FaultKind.TOO_LARGE, "reply_too_large", limit=most)
    return bytes(body)
