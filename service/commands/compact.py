"""``onemap-service compact``: give unused space back and renew what the database knows of its tables."""

import argparse

from resources.words import Words
from service.commands.options import Commands, database_option, terminal_words


def add(commands: Commands, words: Words) -> None:
    """Declare the command."""
    parser = commands.add_parser("compact", parents=[database_option(words)], help=words("cli.compact"))
    parser.set_defaults(run=compact)


def compact(args: argparse.Namespace) -> int:
    """Compact a database. On SQLite no service may run on it. Raises ``Fault('database_in_use')``."""
    from service.starting import opened
    from service.store.engine import parse_url

    words = terminal_words()
    alone = parse_url(args.database).get_backend_name() == "sqlite"
    with opened(args.database, exclusive=alone) as store:
        before, after = store.compact()
    print(words("compact.done", before=before // 1024, after=after // 1024))
    return 0
