"""``onemap-service run``: serve a database until told to stop."""

import argparse
import gc
import os
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from resources.words import Words
from service.commands.options import Commands, database_option
from service.listening import listen

if TYPE_CHECKING:
    from service.runtime import Runtime

BLAS_THREADS = "OPENBLAS_NUM_THREADS"
"""numpy's algebra, which nothing here uses, would start a thread per core, each of which spins for a while."""


def add(commands: Commands, words: Words) -> None:
    """Declare the command."""
    parser = commands.add_parser("run", parents=[database_option(words)], help=words("cli.run"))
    parser.add_argument("--host", default="127.0.0.1", help=words("cli.host"))
    parser.add_argument("--port", type=int, required=True, help=words("cli.port"))
    parser.add_argument("--town", metavar="DIR", help=words("cli.town"))
    parser.add_argument("--speed", type=float, help=words("cli.speed"))
    parser.add_argument("--tls", type=Path, metavar="DIR", help=words("cli.tls_with"))
    parser.add_argument("--metrics", metavar="HOST:PORT", help=words("cli.metrics"))
    parser.add_argument("--nats", metavar="URL", help=words("cli.nats"))
    parser.add_argument("--factor-key", type=Path, metavar="FILE", help=words("cli.factor_key"))
    parser.add_argument("--log", type=Path, metavar="FILE", help=words("cli.log"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve; returns when asked to stop. Raises ``Fault`` for what keeps it from starting."""
    gc.disable()  # nothing that a start makes is rubbish; serving takes it up again
    os.environ.setdefault(BLAS_THREADS, "1")
    with ExitStack() as stack:
        sock = stack.enter_context(listen(args.host, args.port))
        _serve(args, sock, stack)
    return 0


def _serve(args: argparse.Namespace, sock: socket.socket, stack: ExitStack) -> None:
    """Read the code of the service, which takes longest, and serve on ``sock``."""
    from resources.townfile import TownFolder
    from service.app import make_app
    from service.care.diagnostics import set_up
    from service.server import serve
    from service.starting import make_runtime, opened

    set_up(args.log)
    tls = _tls(args.tls)
    store = stack.enter_context(opened(args.database, exclusive=False, serving=True))
    town = TownFolder(Path(args.town)) if args.town else None
    runtime = make_runtime(store, town, args.speed, args.nats, args.factor_key)
    if args.metrics:
        stack.callback(_show_figures(runtime, args.metrics))
    serve(make_app(runtime), sock, tls)


def _tls(folder: Path | None) -> tuple[Path, Path] | None:
    if folder is None:
        return None
    from service.care.tls import served_files

    return served_files(folder)


def _show_figures(runtime: "Runtime", address: str) -> Callable[[], None]:
    """Serve the figures beside the service; returns what ends that."""
    from service.care.metrics import parse_address, serve_metrics

    server = serve_metrics(runtime, *parse_address(address))

    def end() -> None:
        server.shutdown()
        server.server_close()

    return end
