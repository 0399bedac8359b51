"""``onemap-service``: run the service and care for its record."""

import argparse
import logging
import sys

from domain.faults import Fault
from service.commands import accounts, audit, backup, compact, migrate, prune, run, tls, verify
from service.commands.options import terminal_words

COMMANDS = (run, accounts, backup, migrate, tls, verify, audit, prune, compact)
"""Modules that each declare one command or a few that belong together."""


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    args = _parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        return int(args.run(args))
    except Fault as fault:
        print(terminal_words()(f"fault.{fault.key}", **fault.params), file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    words = terminal_words()
    parser = argparse.ArgumentParser(prog="onemap-service", description=words("cli.service"))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add(commands, words)
    return parser


if __name__ == "__main__":
    sys.exit(main())
