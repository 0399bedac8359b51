"""``onemap export``: write the cases to a CSV, GeoJSON or GeoPackage file. The export is logged by the service.

The last line of stdout is ``{"exported":}``. Exit codes: 0 written, 2 the call was refused, 3 the service refused or
could not be reached, 130 cancelled; in all but the first the file is as it was before.
"""

import argparse
import asyncio
import sys
from datetime import datetime
from pathlib import Path

from console.access import add_token_option, read_token
from console.bilingual import Bilingual
from domain.faults import Fault, invalid
from domain.states import CaseState
from resources.words import Words

EXIT_REFUSED = 2
EXIT_SERVICE = 3
EXIT_CANCELLED = 130
_LOCAL = frozenset(
    {
        "export_kind_unknown",
        "export_bom_only_csv",
        "export_not_writable",
        "bad_server_url",
        "bad_token",
        "bad_ca_file",
    }
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand and its options."""
    say = Bilingual()
    parser = subparsers.add_parser(
        "export",
        help=say("exchange.export"),
        description=say("exchange.export.about"),
        epilog=say("exchange.export.exit_codes"),
    )
    parser.add_argument("what", choices=("cases",), help=say("exchange.export.what"))
    parser.add_argument("out", metavar="OUT", type=Path, help=say("exchange.export.out"))
    parser.add_argument("--server", metavar="URL", required=True, help=say("exchange.server"))
    parser.add_argument("--ca-file", metavar="FILE", type=Path, default=None, help=say("exchange.ca_file"))
    add_token_option(parser, say("exchange.token_file"))
    parser.add_argument("--since", metavar="T", help=say("exchange.export.since"))
    parser.add_argument("--state", metavar="S", choices=[s.value for s in CaseState], help=say("exchange.export.state"))
    parser.add_argument("--bom", action="store_true", help=say("exchange.export.bom"))
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help=say("exchange.lang"))


def run(args: argparse.Namespace) -> int:
    """Export and return the exit code."""
    words = Words("zh-CN" if args.lang == "zh" else "en")
    try:
        count = asyncio.run(_export(args, words))
    except KeyboardInterrupt:
        _say(words, "exchange.export.cancelled", file=args.out.name)
        return EXIT_CANCELLED
    except Fault as fault:
        _say(words, "exchange.refused", reason=words(f"fault.{fault.key}", **fault.params), fault=fault.key)
        return EXIT_REFUSED if fault.key in _LOCAL or fault.key.startswith("since_") else EXIT_SERVICE
    _say(words, "exchange.export.written", rows=count, file=str(args.out))
    print(f'{{"exported":{count}}}', flush=True)
    return 0


async def _export(args: argparse.Namespace, words: Words) -> int:
    from client.api import ServiceClient
    from console.exchange.export import export_cases

    def show(count: int) -> None:
        _say(words, "exchange.export.progress", rows=count)

    since = None if args.since is None else _since(args.since)
    state = None if args.state is None else CaseState(args.state)
    ca_file = None if args.ca_file is None else str(args.ca_file)
    async with ServiceClient(args.server, read_token(args.token_file), ca_file=ca_file) as client:
        return await export_cases(client, args.out, since=since, state=state, progress=show, bom=args.bom)


def _since(text: str) -> datetime:
    """Return the moment; one without an offset is local to this computer."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise invalid("since_unreadable", value=text[:40]) from None


def _say(words: Words, key: str, /, **values: str | int | float | None) -> None:
    print(words(key, **values), file=sys.stderr, flush=True)
