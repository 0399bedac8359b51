"""``onemap-service backup`` and ``restore``: a copy of the whole record, compared row by row on both ways."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from resources.words import Words
from service.commands.options import Commands, database_option

if TYPE_CHECKING:
    from service.care.backup import Manifest


def add(commands: Commands, words: Words) -> None:
    """Declare the commands."""
    backup = commands.add_parser("backup", parents=[database_option(words)], help=words("cli.backup"))
    backup.add_argument("--to", required=True, type=Path, metavar="FILE", help=words("cli.backup_to"))
    backup.set_defaults(run=take)
    restore = commands.add_parser("restore", parents=[], help=words("cli.restore"))
    restore.add_argument(
        "--from", required=True, dest="source", type=Path, metavar="FILE", help=words("cli.restore_from")
    )
    what = restore.add_mutually_exclusive_group(required=True)
    what.add_argument("--database", metavar="URL", help=words("cli.restore_into"))
    what.add_argument("--check", action="store_true", help=words("cli.restore_check"))
    restore.set_defaults(run=give_back)


def take(args: argparse.Namespace) -> int:
    """Take a backup; the last line says what is in it."""
    from service.care.backup import back_up

    _tell(back_up(args.database, args.to, _progress))
    return 0


def give_back(args: argparse.Namespace) -> int:
    """Check a backup, or restore it into an empty database; the last line says what is in it."""
    from service.care.backup import inspect_backup, restore

    _tell(inspect_backup(args.source) if args.check else restore(args.source, args.database, _progress))
    return 0


def _progress(table: str, rows: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{table}: {rows:,}\033[K", end="", file=sys.stderr, flush=True)


def _tell(manifest: "Manifest") -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    said = {"rows": manifest.rows, "tables": len(manifest.tables), "head": manifest.head, "epoch": manifest.epoch}
    print(msgspec.json.encode({**said, "taken_at": manifest.taken_at.isoformat()}).decode())
