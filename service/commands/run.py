"""``onemap-service run``: serve a database until told to stop."""

import argparse
from pathlib import Path

from resources.words import Words
from service.commands.options import Commands, database_option


def add(commands: Commands, words: Words) -> None:
    """Declare the command."""
    parser = commands.add_parser("run", parents=[database_option(words)], help=words("cli.run"))
    parser.add_argument("--host", default="127.0.0.1", help=words("cli.host"))
    parser.add_argument("--port", type=int, required=True, help=words("cli.port"))
    parser.add_argument("--town", metavar="DIR", help=words("cli.town"))
    parser.add_argument("--speed", type=float, help=words("cli.speed"))
    parser.add_argument("--log", type=Path, metavar="FILE", help=words("cli.log"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve; returns when asked to stop. Raises ``Fault`` for what keeps it from starting."""
    from domain.town import Town
    from service.app import make_app
    from service.care.diagnostics import set_up
    from service.server import listen, serve
    from service.starting import make_runtime, opened

    def town() -> Town:
        from resources.town import read_town

        return read_town(Path(args.town))

    set_up(args.log)
    sock = listen(args.host, args.port)
    with sock, opened(args.database, exclusive=True) as store:
        runtime = make_runtime(store, town if args.town else None, args.speed)
        serve(make_app(runtime), sock)
    return 0
