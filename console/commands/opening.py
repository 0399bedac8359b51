"""``onemap console``: the desk of an operator, signed in by a person or by a token."""

import argparse
import sys
from pathlib import Path

from console.access import add_token_option, check_server, read_token
from console.bilingual import Bilingual
from console.commands.demo import EXIT_NO_DISPLAY, seconds


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand and its options."""
    say = Bilingual()
    parser = subparsers.add_parser("console", help=say("cli.console"), description=say("cli.console.about"))
    parser.add_argument("--server", metavar="URL", default=None, help=say("cli.server"))
    parser.add_argument("--ca-file", metavar="FILE", type=Path, default=None, help=say("cli.ca_file"))
    add_token_option(parser, say("cli.token_file"))
    parser.add_argument("--seconds", type=seconds, default=None, metavar="N", help=say("cli.demo.seconds"))


def run(args: argparse.Namespace) -> int:
    """Open the desk and return when it is closed."""
    from console.display import has_display, is_offscreen

    check_server(args.server)
    say = Bilingual()
    if not has_display() and not (is_offscreen() and args.seconds is not None):
        print(say("demo.no_display"), file=sys.stderr)
        return EXIT_NO_DISPLAY
    token = read_token(args.token_file)
    from console import headstart

    early = headstart.begin(args.server, token, args.ca_file)
    from console.program import OpenOptions, open_console

    return open_console(
        OpenOptions(server=args.server, token=token, ca_file=args.ca_file, early=early, seconds=args.seconds)
    )
