"""The paper fallback and the other papers of the shift: made from the live picture, logged as a print, written as PDF.

It works without a line; that it was printed waits in the outbox then. A reporter's contact is on no paper.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices

from client.api import new_key
from client.outbox.order import print_order
from client.picture import Picture
from client.room import Room
from console.display import is_offscreen
from console.paperdoc import Paper, PaperTable, cells, numbered, paint, write_pdf
from domain.case import Case
from domain.clock import Lamp
from domain.faults import Fault, FaultKind, invalid, os_why
from domain.ids import UnitId
from domain.register import EntryKind, read_body
from domain.register_plan import Checklist
from domain.register_shift import Phone
from domain.states import ENDED
from domain.timing import stage_clock
from domain.wire_log import Printed, PrintedWhat
from widgets.durations import clock_text
from widgets.shift.values import Do, ShiftIntent

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from console.desk import Desk
    from widgets.shift.sheet import ShiftSheet

OWNER = "paper"
CASES_MOST = 2_000
FOLDER = "OneMap"
_GRAVE = (Lamp.OVERDUE, Lamp.NEAR)


class PaperDesk(QObject):
    """Makes papers; each goes into the folder for documents and is opened for printing where there is a screen."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self.last: Path | None = None
        """Where the last paper was written."""

    def print_fallback(self) -> None:
        """Put on paper what is needed when the line dies: open cases, units, telephones of the room's own people."""
        paper = self.fallback()
        if paper is not None:
            self._desk.tasks.start(OWNER, "fallback", self._make(PrintedWhat.FALLBACK, paper))

    def print_shift(self, intent: ShiftIntent, sheet: "ShiftSheet | None") -> None:
        """Put a handover, or the duty log as it is filtered, on paper."""
        if sheet is None:
            return
        if intent.do is Do.PRINT:
            self._desk.tasks.start(OWNER, "handover", self._make(PrintedWhat.HANDOVER, self._handover(sheet)))
        else:
            self._desk.tasks.start(OWNER, "log", self._make(PrintedWhat.LOG, self._log(sheet)))

    def print_checklist(self, checklist: Checklist, steps: Sequence[tuple[str, ...]]) -> None:
        """Put a checklist on paper: its steps as they stand, telephones and means."""
        words, names = self._desk.words, self._desk.names
        facts = words(
            "paper.checklist_facts",
            case=checklist.case_no or words("checklist.by_hand"),
            at=self._said(checklist.opened_at),
        )
        none = words("paper.no_rows")
        heads = tuple(words(f"checklist.head.{name}") for name in ("step", "who", "due", "state", "by"))
        phone_heads = tuple(words(f"paper.head.{head}") for head in ("name", "number", "note"))
        phones = tuple((c.name, c.number, c.note) for c in checklist.contacts)
        means = tuple((m.name, m.amount, m.place) for m in checklist.means)
        tables = (
            PaperTable(words("plan.steps"), heads, tuple(steps), none),
            PaperTable(words("plan.contacts"), phone_heads, phones, none),
            PaperTable(
                words("plan.means"), tuple(words(f"plan.means.{n}") for n in ("what", "much", "where")), means, none
            ),
        )
        title = words("paper.checklist_title", name=checklist.name, town=names.town_name())
        paper = self._paper(title, (facts, *([checklist.result] if checklist.result else [])), tables)
        self._desk.tasks.start(OWNER, "plan", self._make(PrintedWhat.PLAN, paper))

    # -- making ----------------------------------------------------------------------------------------------------

    def fallback(self) -> Paper | None:
        """Return the paper fallback as of now, None where nothing was ever loaded."""
        room = self._desk.session.room
        if room is None or room.picture is None:
            return None
        words = self._desk.words
        return self._paper(
            words("paper.fallback_title", town=self._desk.names.town_name()),
            (words("paper.as_of", at=self._said(self._as_of())), words("paper.use")),
            (self._cases(), self._units(), self._phones()),
        )

    def _paper(self, title: str, lines: tuple[str, ...], tables: tuple[PaperTable, ...]) -> Paper:
        words, now = self._desk.words, self._desk.service_now()
        me = self._desk.names.me
        mark = words("paper.mark", who="" if me is None else me.name, at=self._said(now))
        return Paper(title, lines, tables, mark, words("paper.page", n="{n}", of="{of}"))

    def _cases(self) -> PaperTable:
        desk, words, names = self._desk, self._desk.words, self._desk.names
        room, picture = self._held()
        town, now = picture.town, room.service_now()
        rules = town.rules.at(now)
        waiting = {entry.order.case_no for entry in desk.outbox.entries()}

        def grave(case: Case) -> tuple[int, datetime]:
            reading = stage_clock(case, rules, town.calendar, now)
            lamp = None if reading is None else reading.lamp
            return _GRAVE.index(lamp) if lamp in _GRAVE else len(_GRAVE), case.opened_at

        held = sorted((c for c in picture.cases.values() if c.state not in ENDED), key=grave)[:CASES_MOST]
        rows = []
        for case in held:
            reading = stage_clock(case, rules, town.calendar, now)
            clock = "" if reading is None else clock_text(reading, words, town.calendar)
            place = case.address or names.place(case)
            mark = f" ({words('outbox.mark')})" if case.case_no in waiting else ""
            state = words(f"state.{case.state}") + mark
            rows.append(cells(case.case_no, case.title, place, state, self._who(case), clock))
        heads = tuple(words(f"paper.head.{head}") for head in ("n", "case", "title", "place", "state", "unit", "clock"))
        return PaperTable(words("paper.cases", n=len(rows)), heads, numbered(rows), words("paper.no_cases"))

    def _who(self, case: Case) -> str:
        """Return the unit that leads a case and, behind it, those that help."""
        names, words = self._desk.names, self._desk.words
        helpers = words("list.comma").join(names.unit(unit) for unit in case.helper_units)
        lead = names.unit(case.lead_unit)
        return words("paper.with_helpers", lead=lead, helpers=helpers) if helpers else lead

    def _units(self) -> PaperTable:
        words = self._desk.words
        room, picture = self._held()
        now, people = room.service_now(), defaultdict[UnitId, list[str]](list)
        for staff in picture.members.values():
            if staff.shift is not None and staff.shift.covers(now):
                people[staff.unit_id].append(staff.name)
        comma = words("list.comma")
        rows = [
            cells(unit.name, words(f"unit_kind.{unit.kind}"), comma.join(sorted(people.get(unit.unit_id, ()))))
            for unit in sorted(picture.units.values(), key=lambda u: u.name)
        ]
        heads = tuple(words(f"paper.head.{head}") for head in ("n", "unit", "kind", "on_shift"))
        return PaperTable(words("paper.units", n=len(rows)), heads, numbered(rows), words("paper.no_units"))

    def _phones(self) -> PaperTable:
        words = self._desk.words
        _, picture = self._held()
        phones = [
            body
            for entry in picture.entries.values()
            if entry.kind is EntryKind.PHONE and (body := read_body(entry, Phone)) is not None
        ]
        phones.sort(key=lambda phone: (phone.order, phone.name))
        rows = [cells(phone.name, phone.number, phone.note) for phone in phones]
        heads = tuple(words(f"paper.head.{head}") for head in ("n", "name", "number", "note"))
        return PaperTable(words("paper.phones", n=len(rows)), heads, numbered(rows), words("paper.no_phones"))

    def _handover(self, sheet: "ShiftSheet") -> Paper:
        words, row = self._desk.words, sheet.handover.row()
        items = () if row is None else row.items
        rows = [cells(words(f"handover.kind.{item.kind}"), item.text, item.case_no) for item in items]
        heads = tuple(words(f"paper.head.{head}") for head in ("n", "kind", "title", "case"))
        table = PaperTable(words("paper.items", n=len(rows)), heads, numbered(rows), words("paper.no_items"))
        facts = tuple(line for line in sheet.handover.facts.text().split("\n") if line)
        signatures = () if row is not None and row.received else (words("paper.sign_here"),)
        return self._paper(words("paper.handover_title"), (*facts, *signatures), (table,))

    def _log(self, sheet: "ShiftSheet") -> Paper:
        words = self._desk.words
        rows = [cells(self._said(r.at), r.who, r.text, r.case_no) for r in reversed(sheet.log.shown())]
        heads = tuple(words(f"paper.head.{head}") for head in ("n", "at", "who", "title", "case"))
        table = PaperTable(words("paper.lines", n=len(rows)), heads, numbered(rows), words("paper.no_lines"))
        return self._paper(words("paper.log_title"), (), (table,))

    # -- writing ---------------------------------------------------------------------------------------------------

    async def _make(self, what: PrintedWhat, paper: Paper) -> None:
        """Have it logged first, as it can be, then write it: what cannot be kept in the outbox is not printed."""
        desk = self._desk
        lines = sum(len(table.rows) for table in paper.tables)
        printed = Printed(what, lines, desk.service_now())
        try:
            await desk.outbox.give(print_order(new_key(), printed, paper.title, desk.real_now()), {})
            path = self._path(what)
            pages = await asyncio.to_thread(self._write, path, paper)
        except Fault as fault:
            desk.notices.fault(fault, replace="paper")
            return
        self.last = path
        desk.notices.info("notice.printed", replace="paper", file=str(path), pages=pages)
        if not is_offscreen():
            self._offer(path, paper)

    def _offer(self, path: Path, paper: Paper) -> None:
        """Ask for a printer where there is one, else show the file."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo  # noqa: PLC0415 - only to print

        if not QPrinterInfo.availablePrinterNames():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self._desk.window)
        dialog.setWindowTitle(self._desk.words("paper.print_dialog"))
        dialog.accepted.connect(partial(self._print, printer, paper))
        dialog.finished.connect(dialog.deleteLater)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.show()

    def _print(self, printer: "QPrinter", paper: Paper) -> None:
        if not paint(printer, printer.resolution(), paper, self._desk.appearance.family or ""):
            self._desk.notices.warn("notice.not_printed", replace="paper")

    def _write(self, path: Path, paper: Paper) -> int:
        try:
            return write_pdf(path, paper, self._desk.appearance.family or "")
        except OSError as error:
            raise invalid("export_not_writable", file=path.name, reason=os_why(error)) from error

    def _path(self, what: PrintedWhat) -> Path:
        chosen = self._desk.settings.text("paper_folder")
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder = Path(chosen) if chosen else Path(documents) / FOLDER
        at = self._desk.names.local(self._desk.service_now()).strftime("%Y%m%d-%H%M%S")
        return folder / f"onemap-{what.value}-{at}.pdf"

    def _held(self) -> tuple[Room, Picture]:
        """Return room and picture. Raises ``Fault('no_picture')``."""
        room = self._desk.session.room
        if room is None or room.picture is None:
            raise Fault(FaultKind.UNAVAILABLE, "no_picture")
        return room, room.picture

    def _as_of(self) -> datetime:
        """Return when the service was last heard: what the paper says is no younger."""
        room, picture = self._held()
        heard = room.line().heard_age_s
        real = room.client.time.now().timestamp() - (heard or 0.0)
        return picture.clock.at(datetime.fromtimestamp(real, tz=room.service_now().tzinfo))

    def _said(self, at: datetime) -> str:
        return self._desk.names.local(at).strftime("%Y-%m-%d %H:%M")
