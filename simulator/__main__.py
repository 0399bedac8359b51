"""``onemap-sim``: makes the fictional town (``town``) and plays the field for a service (``run``)."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from domain.faults import Fault
from resources.words import Words

MOST_SEED = 2**32 - 1
MOST_SPEED = 1000.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, 1 where it could not be done, 2 for a wrong command line."""
    args = _parser().parse_args(argv)
    try:
        return _town(args) if args.command == "town" else _run(args)
    except Fault as fault:
        words = Words("en")
        print(f"onemap-sim: {words(f'fault.{fault.key}', **fault.params)} ({fault.key})", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onemap-sim", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    town = commands.add_parser("town", help="write the fictional town into a directory")
    town.add_argument("--seed", type=_seed, default=1, help="the same seed gives the same town")
    town.add_argument("--out", type=Path, required=True, metavar="DIR")
    run = commands.add_parser("run", help="play staff, vehicles, reports and units against a service")
    run.add_argument("--server", required=True, metavar="URL")
    run.add_argument("--town", type=Path, required=True, metavar="DIR", help="the directory the service was given")
    run.add_argument("--token-file", type=Path, required=True, metavar="F", help="token of a gateway account")
    run.add_argument("--room-token-file", type=Path, metavar="F", help="token of an account that plays colleagues")
    run.add_argument("--seed", type=_seed, default=1)
    run.add_argument("--speed", type=_speed, help="town seconds a real second (default: as the service's clock runs)")
    return parser


def _seed(text: str) -> int:
    seed = int(text)
    if not 0 <= seed <= MOST_SEED:
        raise argparse.ArgumentTypeError(f"0 to {MOST_SEED}")
    return seed


def _speed(text: str) -> float:
    speed = float(text)
    if not 0.01 <= speed <= MOST_SPEED:
        raise argparse.ArgumentTypeError(f"0.01 to {MOST_SPEED:g}")
    return speed


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
