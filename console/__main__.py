"""``onemap``: the entry of the desktop program. It reads the arguments and hands over to one subcommand.

Nothing heavy is imported here: ``import`` and ``export`` run without Qt, ``doctor`` without a display.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn

from console.bilingual import Bilingual
from domain.faults import Fault

COMMANDS = {
    "demo": "console.commands.demo",
    "console": "console.commands.opening",
    "doctor": "console.commands.doctor",
    "import": "console.commands.importing",
    "export": "console.commands.exporting",
    "shot": "console.commands.shot",
}
EXIT_FAULT = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are read in Chinese first."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and where help is, and end with 2."""
        say = Bilingual()
        self.print_usage(sys.stderr)
        self.exit(EXIT_USAGE, say("cli.bad_arguments", message=message, program=self.prog) + "\n")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with every subcommand."""
    say = Bilingual()
    parser = Parser(prog="onemap", description=say("cli.about"), epilog=say("cli.epilog"))
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for module in COMMANDS.values():
        importlib.import_module(module).add_parser(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows code page that lacks a character must not end the program
            stream.reconfigure(errors="replace")
    args = build_parser().parse_args(argv)
    try:
        code: int = importlib.import_module(COMMANDS[args.command]).run(args)
    except Fault as fault:
        print(Bilingual().fault(fault.key, **fault.params), fault.params.get("said") or "", file=sys.stderr, sep="\n")
        return EXIT_FAULT
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return code


if __name__ == "__main__":
    sys.exit(main())
