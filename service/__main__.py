"""``onemap-service``: run the service, make accounts, give tokens to scripts."""

import argparse
import getpass
import locale
import logging
import sys
from pathlib import Path

from domain.faults import Fault
from domain.ids import StaffId, UnitId
from resources.words import Language, Words


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    args = _parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        return int(args.run(args))
    except Fault as fault:
        print(_words()(f"fault.{fault.key}", **fault.params), file=sys.stderr)
        return 2


def _run(args: argparse.Namespace) -> int:
    from domain.town import Town
    from service.app import make_app
    from service.server import listen, serve
    from service.starting import make_runtime, opened

    def town() -> Town:
        from resources.town import read_town

        return read_town(Path(args.town))

    sock = listen(args.host, args.port)
    with sock, opened(args.database, exclusive=True) as store:
        runtime = make_runtime(store, town if args.town else None, args.speed)
        serve(make_app(runtime), sock)
    return 0


def _token(args: argparse.Namespace) -> int:
    from service.starting import opened, write_once
    from service.tokens import parse_roles
    from service.write.accounts import give_script_token

    roles = parse_roles(args.roles)
    with opened(args.database, exclusive=False) as store:
        token = write_once(store, lambda work: give_script_token(work, args.user, roles, args.hours))
    print(token)
    return 0


def _account(args: argparse.Namespace) -> int:
    from service.passwords import hash_password
    from service.starting import opened, write_once
    from service.tokens import parse_roles
    from service.write.accounts import NewAccount, keep_account

    words = _words()
    password = sys.stdin.readline().rstrip("\r\n") if args.password_stdin else getpass.getpass(words("account.ask"))
    wanted = NewAccount(
        user=args.user,
        name=args.name,
        roles=parse_roles(args.roles),
        password_hash=hash_password(password),
        unit=UnitId(args.unit) if args.unit else None,
        staff=StaffId(args.staff) if args.staff else None,
    )
    with opened(args.database, exclusive=False) as store:
        write_once(store, lambda work: keep_account(work, wanted))
    print(words("account.made", user=args.user))
    return 0


def _parser() -> argparse.ArgumentParser:
    words = _words()
    parser = argparse.ArgumentParser(prog="onemap-service", description=words("cli.service"))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    database = argparse.ArgumentParser(add_help=False)
    database.add_argument("--database", required=True, metavar="URL", help=words("cli.database"))
    run = commands.add_parser("run", parents=[database], help=words("cli.run"))
    run.add_argument("--host", default="127.0.0.1", help=words("cli.host"))
    run.add_argument("--port", type=int, required=True, help=words("cli.port"))
    run.add_argument("--town", metavar="DIR", help=words("cli.town"))
    run.add_argument("--speed", type=float, help=words("cli.speed"))
    run.set_defaults(run=_run)
    token = commands.add_parser("token", parents=[database], help=words("cli.token"))
    token.add_argument("--user", required=True, help=words("cli.user"))
    token.add_argument("--roles", required=True, metavar="R,R", help=words("cli.roles"))
    token.add_argument("--hours", type=int, default=8, help=words("cli.hours"))
    token.set_defaults(run=_token)
    account = commands.add_parser("account", parents=[database], help=words("cli.account"))
    account.add_argument("--user", required=True, help=words("cli.user"))
    account.add_argument("--name", required=True, help=words("cli.name"))
    account.add_argument("--roles", required=True, metavar="R,R", help=words("cli.roles"))
    account.add_argument("--unit", help=words("cli.unit"))
    account.add_argument("--staff", help=words("cli.staff"))
    account.add_argument("--password-stdin", action="store_true", help=words("cli.password_stdin"))
    account.set_defaults(run=_account)
    return parser


def _words() -> Words:
    named = (locale.getlocale()[0] or "").lower()
    language: Language = "zh-CN" if named.startswith(("zh", "chinese")) else "en"
    return Words(language)


if __name__ == "__main__":
    sys.exit(main())
