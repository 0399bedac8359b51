"""``onemap-sim``: makes the fictional town (``town``) and plays the field for a service (``run``)."""

import argparse
import locale
import sys
from collections.abc import Sequence
from pathlib import Path

from domain.faults import Fault
from resources.words import Language, Words

MOST_SEED = 2**32 - 1
LEAST_SPEED, MOST_SPEED = 0.01, 1000.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, 1 where it could not be done, 2 for a wrong command line."""
    words = _words()
    args = _parser(words).parse_args(argv)
    try:
        return _town(args) if args.command == "town" else _run(args)
    except Fault as fault:
        print(f"onemap-sim: {words(f'fault.{fault.key}', **fault.params)} ({fault.key})", file=sys.stderr)
        return 1


def _parser(words: Words) -> argparse.ArgumentParser:
    def seed(text: str) -> int:
        return int(_within(words, int(text), 0, MOST_SEED))

    def speed(text: str) -> float:
        return _within(words, float(text), LEAST_SPEED, MOST_SPEED)

    parser = argparse.ArgumentParser(prog="onemap-sim", description=words("sim.about"))
    commands = parser.add_subparsers(dest="command", required=True)
    town = commands.add_parser("town", help=words("sim.town"))
    town.add_argument("--seed", type=seed, default=1, metavar="N", help=words("sim.seed"))
    town.add_argument("--out", type=Path, required=True, metavar="DIR", help=words("sim.out"))
    run = commands.add_parser("run", help=words("sim.run"))
    run.add_argument("--server", required=True, metavar="URL", help=words("sim.server"))
    run.add_argument("--town", type=Path, required=True, metavar="DIR", help=words("sim.town_dir"))
    run.add_argument("--token-file", type=Path, required=True, metavar="F", help=words("sim.token_file"))
    run.add_argument("--room-token-file", type=Path, metavar="F", help=words("sim.room_token_file"))
    run.add_argument("--seed", type=seed, default=1, metavar="N", help=words("sim.seed"))
    run.add_argument("--speed", type=speed, metavar="X", help=words("sim.speed"))
    return parser


def _within(words: Words, value: float, least: float, most: float) -> float:
    if not least <= value <= most:
        raise argparse.ArgumentTypeError(words("sim.bounds", least=least, most=most))
    return value


def _words() -> Words:
    named = (locale.getlocale()[0] or "").lower()
    language: Language = "zh-CN" if named.startswith(("zh", "chinese")) else "en"
    return Words(language)


def _town(args: argparse.Namespace) -> int:
    from resources.town import write_town
    from simulator.making.maker import make_town

    write_town(make_town(args.seed), args.out)
    print(args.out)
    return 0


def _run(args: argparse.Namespace) -> int:
    from simulator.running import run

    return run(args)


if __name__ == "__main__":
    sys.exit(main())
