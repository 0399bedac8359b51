"""The token a command signs in with: ``--token-file``, or else ``ONEMAP_TOKEN``. Never stored, never printed."""

import argparse
import os
from pathlib import Path

from domain.faults import invalid

MAX_TOKEN_FILE = 8192
VARIABLE = "ONEMAP_TOKEN"


def add_token_option(parser: argparse.ArgumentParser, text: str) -> None:
    """Give a command the option ``--token-file``."""
    parser.add_argument("--token-file", metavar="FILE", type=Path, help=text)


def read_token(file: Path | None) -> str | None:
    """Return the token given by file or by environment, None where neither is. Raises ``Fault``."""
    if file is None:
        return os.environ.get(VARIABLE, "").strip() or None
    try:
        with file.open("rb") as source:
            content = source.read(MAX_TOKEN_FILE + 1)
    except OSError:
        raise invalid("token_file_unreadable", file=str(file)) from None
    token = content.decode("ascii", "replace").strip()
    if not token or len(content) > MAX_TOKEN_FILE or not token.isprintable() or "\ufffd" in token:
        raise invalid("token_file_empty", file=str(file))
    return token
