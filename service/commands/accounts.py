"""``onemap-service token`` and ``account``: let scripts and people in."""

import argparse
import getpass
import sys

from domain.ids import StaffId, UnitId
from resources.words import Words
from service.commands.options import Commands, database_option, terminal_words


def add(commands: Commands, words: Words) -> None:
    """Declare the commands."""
    token = commands.add_parser("token", parents=[database_option(words)], help=words("cli.token"))
    token.add_argument("--user", required=True, help=words("cli.user"))
    token.add_argument("--roles", required=True, metavar="R,R", help=words("cli.roles"))
    token.add_argument("--hours", type=int, default=8, help=words("cli.hours"))
    token.set_defaults(run=give_token)
    account = commands.add_parser("account", parents=[database_option(words)], help=words("cli.account"))
    account.add_argument("--user", required=True, help=words("cli.user"))
    account.add_argument("--name", required=True, help=words("cli.name"))
    account.add_argument("--roles", required=True, metavar="R,R", help=words("cli.roles"))
    account.add_argument("--unit", help=words("cli.unit"))
    account.add_argument("--staff", help=words("cli.staff"))
    account.add_argument("--area", default="", help=words("cli.area"))
    account.add_argument("--password-stdin", action="store_true", help=words("cli.password_stdin"))
    account.set_defaults(run=make_account)


def give_token(args: argparse.Namespace) -> int:
    """Print a token for a script's account, which is made where there is none."""
    from service.starting import opened, write_once
    from service.tokens import parse_roles
    from service.write.accounts import give_script_token

    roles = parse_roles(args.roles)
    with opened(args.database, exclusive=False) as store:
        token = write_once(store, lambda work: give_script_token(work, args.user, roles, args.hours))
    print(token)
    return 0


def make_account(args: argparse.Namespace) -> int:
    """Make or change a person's account; the password is asked for."""
    from service.passwords import check_new, hash_password
    from service.starting import opened, write_once
    from service.tokens import parse_roles
    from service.write.accounts import NewAccount, keep_account

    words = terminal_words()
    password = sys.stdin.readline().rstrip("\r\n") if args.password_stdin else getpass.getpass(words("account.ask"))
    check_new(password, args.user, args.name)
    wanted = NewAccount(
        user=args.user,
        name=args.name,
        roles=parse_roles(args.roles),
        password_hash=hash_password(password),
        unit=UnitId(args.unit) if args.unit else None,
        staff=StaffId(args.staff) if args.staff else None,
        area=args.area,
    )
    with opened(args.database, exclusive=False) as store:
        write_once(store, lambda work: keep_account(work, wanted))
    print(words("account.made", user=args.user))
    return 0
