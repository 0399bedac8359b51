"""``onemap import``: take cases, grids, divisions, past positions or an address base from a file of another system.

The last line of stdout is ``{"read":,"accepted":,"duplicates":,"rejected":}``, whatever happened. Exit codes: 0 all
taken or known already, 1 some rows rejected, 2 the file (or the call) was refused and nothing was sent, 3 the service
refused or could not be reached, 130 cancelled.
"""

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from console.access import add_token_option, read_token
from console.bilingual import Bilingual
from domain.faults import Fault, FaultKind
from domain.wire import FaultBody
from resources.words import Words, sentence

if TYPE_CHECKING:
    from console.exchange.intake import ImportOrder, Intake
    from console.exchange.mapping import Mapping
    from console.exchange.upload import Tally

WHATS = ("cases", "grids", "divisions", "positions", "addresses")
ASK_SERVICE_FIRST = ("positions", "addresses")
"""A file of these is judged by what the service says: what time it is, or where the town lies."""
MOST_TOLD = 30
"""Faults of a mesh that are said; all of them are in the file."""
EXIT_REJECTED = 1
EXIT_REFUSED = 2
EXIT_SERVICE = 3
EXIT_CANCELLED = 130


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand and its options."""
    say = Bilingual()
    parser = subparsers.add_parser(
        "import",
        help=say("exchange.import"),
        description=say("exchange.import.about"),
        epilog=say("exchange.import.exit_codes"),
    )
    parser.add_argument("what", choices=WHATS, help=say("exchange.import.what"))
    parser.add_argument("file", metavar="FILE", type=Path, help=say("exchange.import.file"))
    parser.add_argument("--server", metavar="URL", required=True, help=say("exchange.server"))
    parser.add_argument("--ca-file", metavar="FILE", type=Path, default=None, help=say("exchange.ca_file"))
    add_token_option(parser, say("exchange.token_file"))
    parser.add_argument("--mapping", metavar="NAME", help=say("exchange.import.mapping"))
    parser.add_argument("--code-field", metavar="F", help=say("exchange.import.code_field"))
    parser.add_argument("--name-field", metavar="F", help=say("exchange.import.name_field"))
    parser.add_argument("--source", metavar="NAME", help=say("exchange.import.source"))
    parser.add_argument("--encoding", choices=("utf-8", "gb18030"), help=say("exchange.import.encoding"))
    parser.add_argument("--delimiter", metavar="C", help=say("exchange.import.delimiter"))
    parser.add_argument("--crs", metavar="CRS", help=say("exchange.import.crs"))
    parser.add_argument("--layer", metavar="NAME", help=say("exchange.import.layer"))
    parser.add_argument("--far", choices=("take", "refuse"), help=say("exchange.import.far"))
    parser.add_argument("--check", action="store_true", help=say("mesh.check.option"))
    parser.add_argument("--dry-run", action="store_true", help=say("exchange.import.dry_run"))
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help=say("exchange.lang"))


def run(args: argparse.Namespace) -> int:
    """Import and return the exit code."""
    work = _Import(args)
    code = EXIT_CANCELLED
    try:
        code = asyncio.run(work.run())
    except KeyboardInterrupt:
        work.tell_cancelled()
    finally:
        work.finish()
    return code


class _Import:
    """One run of the command: what it says while it works and what it leaves behind."""

    def __init__(self, args: argparse.Namespace) -> None:
        from console.exchange.upload import Tally

        self._args = args
        self._words = Words("zh-CN" if args.lang == "zh" else "en")
        self._tally: Tally = Tally(rejected=[])
        self._intake: Intake | None = None
        self._checked = 0

    async def run(self) -> int:
        """Read, judge and send; return the exit code."""
        from console.exchange.intake import mapping_of, read_order

        try:
            order = self._order()
            mapping = mapping_of(order)
            token = read_token(self._args.token_file)
            self._say("exchange.reading", file=order.file.name)
            if order.what not in ASK_SERVICE_FIRST:
                self._intake = read_order(order, mapping, datetime.now(UTC))
            if self._args.check and not self._mesh_is_sound(order):
                return EXIT_REFUSED
        except Fault as fault:
            return self._refused(fault, EXIT_REFUSED)
        return await self._send(order, mapping, token)

    async def _send(self, order: "ImportOrder", mapping: "Mapping", token: str | None) -> int:
        from client.api import ServiceClient
        from console.exchange.intake import read_order, service_now, town_box
        from console.exchange.upload import Upload

        ca_file = None if self._args.ca_file is None else str(self._args.ca_file)
        try:
            async with ServiceClient(self._args.server, token, ca_file=ca_file) as client:
                upload = Upload(client, order.what, dry_run=order.dry_run, progress=self._show)
                self._tally = upload.tally
                if self._intake is None:
                    now = await service_now(client)
                    town = await town_box(client) if order.what == "addresses" else None
                    try:
                        self._intake = read_order(order, mapping, now, town)
                        self._ask_about_far(order, self._intake)
                    except Fault as fault:
                        return self._refused(fault, EXIT_REFUSED)
                await upload.send_parts(self._intake.parts(), self._intake.read)
        except Fault as fault:
            return self._refused(fault, EXIT_REFUSED if fault.key in ("bad_server_url", "bad_token") else EXIT_SERVICE)
        return EXIT_REJECTED if self._tally.rejected else 0

    def _ask_about_far(self, order: "ImportOrder", intake: "Intake") -> None:
        """Name the addresses far from the town. Raises ``Fault`` where most are and nobody chose."""
        far = None if intake.doubts is None else intake.doubts.far
        if far is None or not far.count:
            return
        for number, away_m in far.first:
            self._say("exchange.far_row", number=number, km=round(away_m / 1000))
        self._say("exchange.far_rows", rows=far.count, km=round(far.farthest_m / 1000))
        if order.far is not None or order.dry_run:
            return
        if 2 * far.count > intake.read:
            raise Fault(FaultKind.INVALID, "far_not_chosen")
        self._say("exchange.far_taken")

    def _mesh_is_sound(self, order: "ImportOrder") -> bool:
        """Check the mesh of a file of grids; say its faults and leave them beside it. Raises ``Fault``."""
        from console.exchange.meshes import check_rows, write_faults

        if order.what != "grids" or self._intake is None:
            raise Fault(FaultKind.INVALID, "check_is_for_grids")
        faults = check_rows(self._intake.rows, self._show_check)
        if not faults:
            self._say("mesh.check.sound", grids=len(self._intake.rows))
            return True
        for fault in faults[:MOST_TOLD]:
            said = self._words(f"mesh.sort.{fault.sort}")
            codes = ", ".join(fault.codes[:4])
            self._say("mesh.check.fault", sort=said, grids=codes, area=round(fault.area_m2), detail=fault.detail)
        try:
            path = str(write_faults(order.file, faults))
        except OSError as error:
            path = error.strerror or str(error)
        self._say("mesh.check.refused", faults=len(faults), file=path)
        return False

    def _show_check(self, done: int, of: int) -> None:
        share = 100 * done // of
        if share >= self._checked + 10:
            self._checked = share
            self._say("mesh.check.progress", share=share)

    def _order(self) -> "ImportOrder":
        from console.exchange.intake import ImportOrder

        args = self._args
        if args.far is not None and args.what != "addresses":
            raise Fault(FaultKind.INVALID, "far_is_for_addresses")
        if args.delimiter is not None and len(args.delimiter) != 1:
            raise Fault(FaultKind.INVALID, "delimiter_not_one_character")
        return ImportOrder(
            what=args.what,
            file=args.file,
            mapping=args.mapping,
            code_field=args.code_field,
            name_field=args.name_field,
            source=args.source,
            encoding=args.encoding,
            delimiter=args.delimiter,
            crs=args.crs,
            layer=args.layer,
            far=args.far,
            dry_run=args.dry_run,
        )

    def tell_cancelled(self) -> None:
        """Say what was sent before the cancellation."""
        self._say("exchange.cancelled", done=self._tally.done, read=self._tally.read)

    def finish(self) -> None:
        """Leave the file of rejected rows, and the line that scripts read as the last of stdout."""
        from console.exchange.addressdoubts import MOST_NAMED
        from console.exchange.rejects import write_rejects

        self._tell_notes()
        if self._intake is not None and self._tally.read and not self._args.dry_run:
            table = self._intake.table
            try:
                path = write_rejects(self._args.file, table.columns, table.place, self._tally.rejected, self._sentence)
            except OSError as error:
                self._say("exchange.rejects_not_written", reason=error.strerror or str(error))
            else:
                if path is not None:
                    self._say("exchange.rejects_written", rows=len(self._tally.rejected), file=str(path))
        for record, fault in self._tally.rejected[:MOST_NAMED]:
            self._say("exchange.rejected_row", number=record.number, reason=self._sentence(fault))
        print(self._tally.as_line(), flush=True)

    def _tell_notes(self) -> None:
        """Say what was odd about the file and yet taken."""
        if self._intake is None:
            return
        table = self._intake.table
        for note in table.notes:
            self._say("exchange.note", text=note)
        if table.unended:
            self._say("exchange.unended")
        repaired = sum(record.repaired for record in table.records)
        if repaired:
            self._say("exchange.repaired", areas=repaired)
        if self._intake.doubts is not None:
            self._tell_doubles(self._intake.doubts.doubles)

    def _tell_doubles(self, doubles: dict[int, int]) -> None:
        from console.exchange.addressdoubts import MOST_NAMED

        for line in sorted(doubles)[:MOST_NAMED]:
            self._say("exchange.double_row", number=line, counts=doubles[line])
        if doubles:
            self._say("exchange.double_rows", rows=len(doubles))

    def _sentence(self, fault: FaultBody) -> str:
        text = sentence(self._words, f"fault.{fault.key}", fault.params)
        return fault.key if text == f"fault.{fault.key}" else text

    def _refused(self, fault: Fault, code: int) -> int:
        self._say("exchange.refused", reason=self._sentence(FaultBody(fault.key, fault.params)), fault=fault.key)
        return code

    def _show(self, tally: "Tally") -> None:
        self._say(
            "exchange.progress", done=tally.done, read=tally.read, share=round(100 * tally.done / max(1, tally.read))
        )

    def _say(self, key: str, /, **values: str | int | float | None) -> None:
        print(self._words(key, **values), file=sys.stderr, flush=True)
