"""``onemap-service verify``: recompute the log, its signed heads and what is kept beside it; say the first break."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from resources.words import Words
from service.commands.options import Commands, database_option, terminal_words

if TYPE_CHECKING:
    from service.audit.verdict import Verdict

SHOWN = 20


def add(commands: Commands, words: Words) -> None:
    """Declare the command."""
    parser = commands.add_parser("verify", parents=[database_option(words)], help=words("cli.verify"))
    parser.add_argument("--heads", type=Path, metavar="FILE", help=words("cli.verify_heads"))
    parser.add_argument("--public", metavar="KEY", help=words("cli.verify_public"))
    parser.add_argument("--quick", action="store_true", help=words("cli.verify_quick"))
    parser.set_defaults(run=verify)


def verify(args: argparse.Namespace) -> int:
    """Check a record beside a running service. Exit code 1 where anything is wrong; the last line is JSON."""
    from service.audit.heads import read_copy
    from service.audit.keys import parse_public
    from service.audit.verify import check
    from service.starting import opened

    copies = read_copy(args.heads) if args.heads else []
    public = parse_public(args.public) if args.public else None
    with opened(args.database, exclusive=False) as store, store.reading.connect() as connection, connection.begin():
        verdict = check(connection, copies=copies, public=public, quick=args.quick)
    _tell(terminal_words(), verdict)
    return 1 if verdict.broken else 0


def _tell(words: Words, verdict: "Verdict") -> None:
    for found in sorted(verdict.breaks, key=lambda b: b.seq)[:SHOWN]:
        print(words("verify.at", seq=found.seq, what=words(f"verify.{found.what.value}"), about=found.about))
    if not verdict.broken:
        print(words("verify.whole", changes=verdict.checked, cases=verdict.cases, contacts=verdict.contacts))
    print(words("verify.signed", seq=verdict.signed_until) if verdict.signed_until else words("verify.unsigned"))
    if verdict.erased or verdict.unproven:
        print(words("verify.besides", erased=verdict.erased, unproven=verdict.unproven))
    for seq in verdict.erasures_unsigned[:SHOWN]:
        print(words("verify.erasure_unsigned", seq=seq))
    first = verdict.first
    said = {
        "checked": verdict.checked,
        "broken": verdict.broken,
        "first_break": None if first is None else first.seq,
        "signed_until": verdict.signed_until,
        "what": None if first is None else first.what.value,
        "about": "" if first is None else first.about,
        "cases": verdict.cases,
        "erased": verdict.erased,
        "unproven": verdict.unproven,
        "erasures_unsigned": verdict.erasures_unsigned,
    }
    print(msgspec.json.encode(said).decode())
