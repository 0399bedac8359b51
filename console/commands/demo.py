"""``onemap demo``: a fictional town, its service, its field, and a console signed in to it."""

import argparse
import math
import sys
from typing import TYPE_CHECKING

from console.bilingual import Bilingual

if TYPE_CHECKING:
    from console.demo.room import DemoRoom

EXIT_NO_DISPLAY = 3
MAX_SECONDS = 7 * 24 * 3600.0


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand and its options."""
    say = Bilingual()
    parser = subparsers.add_parser("demo", help=say("cli.demo"), description=say("cli.demo.about"))
    parser.add_argument("--seed", type=seed, default=1, metavar="N", help=say("cli.demo.seed"))
    parser.add_argument("--speed", type=speed, default=None, metavar="X", help=say("cli.demo.speed"))
    parser.add_argument("--seconds", type=seconds, default=None, metavar="N", help=say("cli.demo.seconds"))


def seed(text: str) -> int:
    """Return a seed. Raises ValueError outside 0..2**31-1."""
    number = int(text)
    if not 0 <= number < 2**31:
        raise ValueError(text)
    return number


def speed(text: str) -> float:
    """Return a speed, times real time. Raises ValueError outside 0.1..100."""
    number = float(text)
    if not 0.1 <= number <= 100:
        raise ValueError(text)
    return number


def seconds(text: str) -> float:
    """Return a running time in seconds. Raises ValueError outside 1 second to 7 days."""
    number = float(text)
    if not math.isfinite(number) or not 1 <= number <= MAX_SECONDS:
        raise ValueError(text)
    return number


def run(args: argparse.Namespace) -> int:
    """Run the demo until its window closes, or for ``--seconds``."""
    from console.demo.room import DEFAULT_SPEED, DemoRoom
    from console.display import has_display, is_offscreen

    say = Bilingual()
    if not has_display() and not (is_offscreen() and args.seconds is not None):
        print(say("demo.no_display"), file=sys.stderr)
        return EXIT_NO_DISPLAY

    def tell(key: str, **values: str | int | float | None) -> None:
        print(say(key, **values), flush=True)

    with DemoRoom(args.seed, args.speed or DEFAULT_SPEED, tell) as room:
        _print_accounts(say, room)
        from console import headstart

        headstart.begin(None, None, None)
        from console.program import OpenOptions, open_console

        operator = room.operator
        options = OpenOptions(
            server=room.url, user=operator.user, password=operator.password, seconds=args.seconds, watch=room.dead
        )
        return open_console(options)


def _print_accounts(say: Bilingual, room: "DemoRoom") -> None:
    print(say("demo.accounts", url=room.url))
    for account in room.accounts:
        roles = ", ".join(say(f"role.{role}") for role in account.roles)
        print(f"  {account.user:<12}{account.password:<18}{account.name}  {roles}")
    print(say("demo.second_console", url=room.url), flush=True)
