"""``onemap-service migrate``: bring a database to this program's schema. Starting the service does the same."""

import argparse

from resources.words import Words
from service.commands.options import Commands, database_option, terminal_words


def add(commands: Commands, words: Words) -> None:
    """Declare the command."""
    parser = commands.add_parser("migrate", parents=[database_option(words)], help=words("cli.migrate"))
    parser.add_argument("--check", action="store_true", help=words("cli.migrate_check"))
    parser.set_defaults(run=migrate)


def migrate(args: argparse.Namespace) -> int:
    """Bring a database forward; with ``--check`` only say where it stands (exit code 1 where there is work to do)."""
    from service.starting import opened
    from service.store.engine import Store
    from service.store.migrate import NEWEST, revision

    words = terminal_words()
    store = Store(args.database)
    try:
        before = revision(store)
    finally:
        store.close()
    if args.check:
        print(words("migrate.stands", present=before or "-", known=NEWEST))
        return 0 if before == NEWEST else 1
    with opened(args.database, exclusive=True):
        print(words("migrate.done", before=before or "-", known=NEWEST))
    return 0
