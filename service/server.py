"""The web server under the application: its own signals, a clean end, and the line that says it is ready."""

import contextlib
import gc
import signal
import socket
import ssl
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import uvicorn

from service.http.express import Express
from service.http.express_protocol import ExpressProtocol
from service.listening import BACKLOG

GRACE_S = 5
MAX_FEED_MESSAGE = 64 * 1024
THREAD_TURN_S = 0.002
"""How long loop and writer leave each other waiting for the interpreter. Below, they take it from each other in the
midst of a batch (at 0.5 ms a tenth more processor time a report); Python's own 5 ms measured no better than 2."""

YOUNG_OBJECTS = 50_000
"""New containers after which Python looks for cycles among them; nearly all of ours go without. At its 700 it walks the
remembered cases several times a second, with everybody waiting (about a quarter of the answers' p99)."""


class Server(uvicorn.Server):
    """Ends with exit code 0 when it is asked to stop, and prints ``ready URL`` once it serves."""

    def __init__(self, config: uvicorn.Config, url: str) -> None:
        super().__init__(config)
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start serving and say so."""
        await super().startup(sockets)
        if self.started:
            spare_collections()
            print(f"ready {self._url}", flush=True)  # noqa: T201 - the contract with whoever started us

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGTERM, SIGINT and, on Windows, CTRL_BREAK; do not die of them afterwards."""
        names = [signal.SIGTERM, signal.SIGINT]
        if sys.platform == "win32":
            names.append(signal.SIGBREAK)
        before = {name: signal.signal(name, self.handle_exit) for name in names}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)


def spare_collections() -> None:
    """Leave what start-up built (the town, the code) out of every later search for cycles, and search less often.

    A search now would take a tenth of a start, for some nine hundred objects.
    """
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 50)
    gc.enable()


def _tls_1_3(certificate: Path, key: Path, *_uvicorn: object) -> ssl.SSLContext:
    """Return a context that speaks TLS 1.3 alone: every client of ours does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    return context


def serve(app: Express, sock: socket.socket, tls: tuple[Path, Path] | None = None) -> None:
    """Serve until asked to stop; over HTTPS where a certificate and its key are given."""
    sys.setswitchinterval(THREAD_TURN_S)
    host, port = sock.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        app,
        http=partial(ExpressProtocol, app),  # type: ignore[arg-type] # it is called as the class would be
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        ws="websockets-sansio",
        ws_max_size=MAX_FEED_MESSAGE,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=75,
        lifespan="on",
        ssl_context_factory=None if tls is None else partial(_tls_1_3, *tls),
    )
    scheme = "http" if tls is None else "https"
    Server(config, f"{scheme}://{shown}:{port}").run(sockets=[sock])
