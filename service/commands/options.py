"""What several commands have in common: the database option and the words of the terminal."""

import argparse
import locale
from typing import Protocol

from resources.words import Language, Words


class Commands(Protocol):
    """Where a command puts its parser: what ``add_subparsers`` returns."""

    def add_parser(self, name: str, *, parents: list[argparse.ArgumentParser], help: str) -> argparse.ArgumentParser:
        """Return the parser of a new command."""
        ...


def database_option(words: Words) -> argparse.ArgumentParser:
    """Return a parent parser with ``--database URL``."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--database", required=True, metavar="URL", help=words("cli.database"))
    return parser


def terminal_words() -> Words:
    """Return the words in the language of the terminal; Chinese where it is Chinese, else English."""
    named = (locale.getlocale()[0] or "").lower()
    language: Language = "zh-CN" if named.startswith(("zh", "chinese")) else "en"
    return Words(language)
