"""Where a command signs in (``--server``) and with what: ``--token-file``, or else ``ONEMAP_TOKEN``, never stored."""

import argparse
import os
from pathlib import Path
from urllib.parse import urlsplit

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


def check_server(url: str | None) -> None:
    """Refuse at once what cannot be the address of a service. Raises ``Fault('bad_server_url')``."""
    if url is None:
        return
    try:
        parts = urlsplit(url.strip())
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        sound = False
    if not sound:
        raise invalid("bad_server_url", url=url[:200])
