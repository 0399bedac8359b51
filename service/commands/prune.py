"""``onemap-service prune`` and ``erase``: let go what was kept long enough, and erase by law."""

import argparse

import msgspec

from resources.words import Words
from service.commands.options import Commands, database_option, terminal_words


def add(commands: Commands, words: Words) -> None:
    """Declare the commands."""
    prune = commands.add_parser("prune", parents=[database_option(words)], help=words("cli.prune"))
    prune.add_argument("--dry-run", action="store_true", help=words("cli.prune_dry_run"))
    prune.set_defaults(run=let_go)
    erase = commands.add_parser("erase", parents=[database_option(words)], help=words("cli.erase"))
    erase.add_argument("--case", required=True, metavar="NO", help=words("cli.erase_case"))
    erase.add_argument("--what", required=True, nargs="+", metavar="WHAT", help=words("cli.erase_what"))
    erase.add_argument("--reason", required=True, metavar="TEXT", help=words("cli.erase_reason"))
    erase.set_defaults(run=make_unreadable)


def let_go(args: argparse.Namespace) -> int:
    """Let go what has been kept long enough; with ``--dry-run`` only count it. The last line is JSON."""
    from service.audit.retention import settings
    from service.starting import opened, write_once
    from service.write.pruning import count_due, prune_all

    words = terminal_words()
    with opened(args.database, exclusive=False) as store:
        with store.reading.begin() as connection:
            days = settings(connection)
        due = write_once(store, lambda work: count_due(work.connection, work.now))
        for name, count in due.items():
            print(words("prune.class", name=words(f"retention.{name.value}"), days=days[name], count=count))
        gone = 0
        if not args.dry_run:
            gone = prune_all(lambda run: write_once(store, run))
            store.forget_deleted()
    said = {"due": {name.value: count for name, count in due.items()}, "gone": gone}
    print(msgspec.json.encode(said).decode())
    return 0


def make_unreadable(args: argparse.Namespace) -> int:
    """Erase parts of a case. The last line is JSON."""
    from domain.ids import CaseNo
    from service.starting import opened, write_once
    from service.write.erasing import erase_case, parse_what
    from service.write.work import SYSTEM

    words = terminal_words()
    what = parse_what(args.what)
    with opened(args.database, exclusive=False) as store:
        erased = write_once(store, lambda work: erase_case(work, CaseNo(args.case), what, args.reason, SYSTEM))
        emptied = store.forget_deleted()
    print(words("erase.done", cases=len(erased.cases), values=erased.values, contacts=erased.contacts))
    if not emptied:
        print(words("erase.log_in_use"))
    print(msgspec.json.encode(erased).decode())
    return 0
