"""``onemap-service audit``: the audit administrator's key, and signing the head of the log with it."""

import argparse
import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resources.words import Words
from service.commands.options import Commands, database_option, terminal_words

if TYPE_CHECKING:
    from service.audit.keys import Signer


def add(commands: Commands, words: Words) -> None:
    """Declare the commands."""
    audit = commands.add_parser("audit", parents=[], help=words("cli.audit"))
    steps = audit.add_subparsers(required=True, metavar="STEP")
    keygen = steps.add_parser("keygen", parents=[_place(words)], help=words("cli.audit_keygen"))
    keygen.add_argument("--out", required=True, type=Path, metavar="FILE", help=words("cli.audit_out"))
    before = keygen.add_mutually_exclusive_group()
    before.add_argument("--endorse", type=Path, metavar="OLDFILE", help=words("cli.audit_endorse"))
    before.add_argument("--lost", action="store_true", help=words("cli.audit_lost"))
    keygen.set_defaults(run=make)
    sign = steps.add_parser("sign", parents=[_place(words)], help=words("cli.audit_sign"))
    sign.add_argument("--key", required=True, type=Path, metavar="FILE", help=words("cli.audit_key"))
    sign.add_argument("--copy", type=Path, metavar="PATH", help=words("cli.audit_copy"))
    sign.set_defaults(run=sign_head)
    keys = steps.add_parser("keys", parents=[database_option(words)], help=words("cli.audit_keys"))
    keys.set_defaults(run=list_keys)


def _place(words: Words) -> argparse.ArgumentParser:
    """Return a parent parser that says where the log is: a database, or a service over HTTP with ``ONEMAP_TOKEN``."""
    parser = argparse.ArgumentParser(add_help=False)
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--database", metavar="URL", help=words("cli.database"))
    place.add_argument("--service", metavar="URL", help=words("cli.audit_service"))
    parser.add_argument("--ca-file", type=Path, dest="ca", metavar="FILE", help=words("cli.audit_ca"))
    parser.add_argument("--passphrase-stdin", action="store_true", help=words("cli.passphrase_stdin"))
    return parser


def make(args: argparse.Namespace) -> int:
    """Make a key file under a passphrase and register its public half; the old key gives its word for the new."""
    from service.audit.keys import make_key, read_key
    from service.audit.signing import place_of

    words = terminal_words()
    with place_of(args.database, args.service, os.environ.get("ONEMAP_TOKEN", ""), args.ca) as place:
        old = None
        if args.endorse is not None:
            old = read_key(args.endorse, _passphrase(args, words("audit.ask_old")))
        signer = make_key(args.out, _passphrase(args, words("audit.ask_new"), repeat=words("audit.ask_again")))
        try:
            place.register(signer.public, None if old is None else old.endorse(signer.public), lost=args.lost)
        except BaseException:
            args.out.unlink(missing_ok=True)  # a key nobody knows would only be mistaken for the one that counts
            raise
    print(words("audit.made", path=str(args.out), key_id=signer.key_id))
    print(signer.public.hex())
    return 0


def sign_head(args: argparse.Namespace) -> int:
    """Check that the head follows from the last one signed, sign it, keep it, and append it to the copy."""
    from service.audit.heads import line_of
    from service.audit.keys import read_key
    from service.audit.signing import place_of, sign_present_head

    words = terminal_words()
    signer: Signer = read_key(args.key, _passphrase(args, words("audit.ask")))
    with place_of(args.database, args.service, os.environ.get("ONEMAP_TOKEN", ""), args.ca) as place:
        head = sign_present_head(place, signer, args.copy)
    print(words("audit.signed", seq=head.seq, key_id=head.key_id))
    print(line_of(head))
    return 0


def list_keys(args: argparse.Namespace) -> int:
    """Print the registered public keys, oldest first."""
    from service.starting import opened
    from service.write.auditing import known_keys

    with opened(args.database, exclusive=False) as store, store.reading.begin() as connection:
        for key in known_keys(connection):
            print(key.key_id, key.public.hex(), key.added_at.isoformat(), key.endorsed_by or "-")
    return 0


def _passphrase(args: argparse.Namespace, ask: str, repeat: str = "") -> str:
    """Return a passphrase: typed unseen (twice where it is new), or a line of standard input."""
    from domain.faults import invalid

    if args.passphrase_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    given = getpass.getpass(ask)
    if repeat and getpass.getpass(repeat) != given:
        raise invalid("passphrases_differ")
    return given
