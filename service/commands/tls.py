"""``onemap-service tls init|renew``: a private CA and the service's certificate."""

import argparse
from pathlib import Path

from resources.words import Words
from service.commands.options import Commands, terminal_words


def add(commands: Commands, words: Words) -> None:
    """Declare the commands."""
    parser = commands.add_parser("tls", parents=[], help=words("cli.tls"))
    kinds = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in ("init", "renew"):
        kind = kinds.add_parser(name, help=words(f"cli.tls_{name}"))
        kind.add_argument("--dir", required=True, type=Path, dest="folder", metavar="DIR", help=words("cli.tls_dir"))
        kind.add_argument("--host", required=True, action="append", metavar="NAME", help=words("cli.tls_host"))
        kind.add_argument("--days", type=int, default=825, metavar="N", help=words("cli.tls_days"))
        kind.set_defaults(run=make, kind=name)


def make(args: argparse.Namespace) -> int:
    """Make the files and say what is for whom."""
    from service.care import tls
    from service.clock import real_now

    words = terminal_words()
    making = tls.init if args.kind == "init" else tls.renew
    made = making(args.folder, args.host, args.days, real_now())
    until = made.valid_until.date().isoformat()
    print(words("tls.made", certificate=str(made.certificate), until=until))
    print(words("tls.for_consoles", authority=str(made.authority)))
    if args.kind == "init":
        print(words("tls.keep_key", file=str(args.folder / tls.CA_KEY)))
    return 0
