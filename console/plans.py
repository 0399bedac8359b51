"""Plans at the desk: the book of them, the checklist one becomes on a case, its ticks, with a line or without."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from client.api import new_key
from console.books import BookDesk
from console.entrydesk import EntryDesk
from console.notices import Notice
from domain.case import Case
from domain.ids import CaseNo, EntryId
from domain.register import Entry
from domain.register_plan import Checklist, Plan, Tick, opened, tick_id
from domain.states import ENDED
from resources.words import Value
from widgets.notices import Severity

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.book.book import Book
    from widgets.checklist_sheet import ChecklistRow, ChecklistSheet, TickRow

OWNER = "checklists"
KEPT_FOR = timedelta(days=180)
SHOWN_AT_MOST = 100


class PlanDesk(EntryDesk["ChecklistSheet"]):
    """Opens plans on cases and keeps the sheet of checklists as the picture and the outbox are."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk, OWNER, KEPT_FOR, Checklist, Tick)
        self.book = BookDesk(desk, Plan, self._make_book, self.open_plan, lambda: desk.register.may_write(Checklist))
        self._offered: set[CaseNo] = set()
        self._shown_at = 0
        desk.outbox.altered.connect(self.fill)

    def _make_book(self) -> "Book[Plan]":
        from widgets.book.plans import PlanBook  # noqa: PLC0415 - not before it is asked for

        return PlanBook(self.desk.names)

    def make_sheet(self) -> "ChecklistSheet":
        """See ``EntryDesk``."""
        from widgets.checklist_sheet import ChecklistSheet  # noqa: PLC0415 - not before it is asked for

        desk = self.desk
        sheet = ChecklistSheet(desk.names, desk.appearance.theme, desk.frame)
        sheet.row_opened.connect(self.toggle)
        sheet.end_wanted.connect(self.end)
        sheet.print_wanted.connect(self.print_checklist)
        sheet.plans_wanted.connect(self.open_book)
        return sheet

    # -- opening ---------------------------------------------------------------------------------------------------

    def open_for_case(self) -> None:
        """Show the checklist of the case on the card; where it has none, the book with the plan that is for it."""
        case = self.desk.panels.card.case()
        rows = self._rows()
        found = next((r for r in rows if case is not None and r.checklist.case_no == case.case_no), None)
        if found is not None and self.sheet_on(found.key):
            return
        self.open_book()

    def open_book(self) -> None:
        """Open the book; the plan that is for the case on the card is chosen."""
        if self.sheet is not None and self.sheet.isVisible():
            self.sheet.close_sheet()
        self.book.open()
        case, sheet = self.desk.panels.card.case(), self.book.sheet
        fitting = () if case is None else self._fitting(case)
        if sheet is not None and fitting:
            sheet.table.choose(fitting[0])

    def open_plan(self, plan_id: EntryId) -> None:
        """Make a checklist of a plan, on the case on the card where there is one that is open."""
        held = self.desk.register.get(Plan, plan_id)
        if held is None:
            return
        case = self.desk.panels.card.case()
        case_no = None if case is None or case.state in ENDED else case.case_no
        there = next(
            (
                row.key
                for row in self._rows()
                if row.checklist.plan == plan_id and row.checklist.case_no == case_no and not row.checklist.closed
            ),
            "",
        )
        if self.book.sheet is not None:
            self.book.sheet.close_sheet()
        if there:
            self.sheet_on(there)
            return
        key = EntryId(new_key())
        checklist = opened(held.body, plan_id, case_no, self.desk.service_now())
        self.put(
            key, checklist, 0, checklist.name, "checklist_opened", behind=_lane(key), values={"name": held.body.name}
        )
        self.desk.tasks.start(OWNER, "show", self._show_when_there(key))

    async def _show_when_there(self, key: EntryId) -> None:
        """The sheet opens on it as soon as the outbox or the picture has it."""
        for _ in range(100):
            if self.sheet_on(key):
                return
            await asyncio.sleep(0.05)

    def sheet_on(self, key: str) -> bool:
        """Open the sheet on a checklist; return whether it is there."""
        if not any(row.key == key for row in self._rows()):
            return False
        self.open()
        self.fill()
        if self.sheet is not None:
            self.sheet.choose(key)
        return True

    def on_case_changed(self, case_no: CaseNo | None) -> None:
        """A case is selected for which there is a plan nobody has opened: say so, once."""
        room = self.desk.session.room
        case = None if case_no is None or room is None or room.picture is None else room.picture.case(case_no)
        if case is None or case.state in ENDED or case.case_no in self._offered:
            return
        fitting = self._fitting(case)
        if fitting and not any(row.checklist.case_no == case.case_no for row in self._rows()):
            self._offered.add(case.case_no)
            plan = self.desk.register.get(Plan, fitting[0])
            values: dict[str, Value] = {"name": "" if plan is None else plan.body.name}
            self.desk.notices.post(Notice(Severity.INFO, "notice.plan_there", values, "plan", "plans"))

    def on_closed(self) -> None:
        """Nobody is signed in any more."""
        super().on_closed()
        self.book.on_closed()
        self._offered.clear()

    # -- following -------------------------------------------------------------------------------------------------

    def fill(self) -> None:
        """Show the checklists as they are, with what waits to be sent."""
        sheet = self.sheet
        if sheet is not None and sheet.isVisible():
            may = self.desk.register.may_write(Tick)
            sheet.show_checklists(self._rows(), self.desk.service_now(), may=may)

    def open(self) -> None:
        """Open the sheet."""
        super().open()
        self.fill()

    def on_second(self) -> None:
        """A minute has passed: what is overdue may be another."""
        minute = int(self.desk.service_now().timestamp()) // 60
        if minute != self._shown_at:
            self._shown_at = minute
            self.fill()

    # -- doing -----------------------------------------------------------------------------------------------------

    def toggle(self, key: str, row: str) -> None:
        """Tick a step, or take its tick back: the record keeps both."""
        found = next((r for r in self._rows() if r.key == key), None)
        if found is None or found.checklist.closed:
            return
        step = int(row)
        tick, which = found.ticks[step], tick_id(EntryId(key), step)
        body = Tick(EntryId(key), step, self.desk.service_now(), done=tick is None or not tick.done)
        version = self.version(Tick, which)
        self.put(which, body, version, found.checklist.steps[step].text[:60], behind=_lane(key), fact=True)

    def end(self, key: str, result: str) -> None:
        """Close a checklist with what came of it."""
        found = next((r for r in self._rows() if r.key == key), None)
        if found is not None and not found.checklist.closed:
            body = msgspec.structs.replace(found.checklist, closed=True, result=result)
            version, name = self.version(Checklist, EntryId(key)), body.name
            self.put(EntryId(key), body, version, name, "checklist_closed", behind=_lane(key), values={"name": name})

    def print_checklist(self, key: str) -> None:
        """Put a checklist on paper, ticked or not."""
        found = next((r for r in self._rows() if r.key == key), None)
        if found is not None and self.sheet is not None:
            steps = [cells for cells, _ in self.sheet.step_cells(found)]
            self.desk.paper.print_checklist(found.checklist, steps)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _fitting(self, case: Case) -> list[EntryId]:
        """Return the plans that are for a case, that of the narrowest kind first."""
        now = self.desk.service_now()
        held = [h for h in self.desk.register.all(Plan) if h.body.is_for(case, now)]
        held.sort(key=lambda h: (-max(len(k) for k in h.body.kinds if case.kind.startswith(k)), h.entry_id))
        return [h.entry_id for h in held]

    def _rows(self) -> "list[ChecklistRow]":
        from widgets.checklist_sheet import ChecklistRow  # noqa: PLC0415 - not before a plan is opened

        lists: dict[EntryId, tuple[Checklist, bool]] = {
            entry.entry_id: (body, False) for entry, body in self.held(Checklist, lambda entry, body: entry.entry_id)
        }
        for key, body in self.waiting(Checklist):
            lists[key] = (body, True)
        ticks = self._ticks()
        rows = [
            ChecklistRow(key, body, tuple(ticks.get((key, n)) for n in range(len(body.steps))), waits)
            for key, (body, waits) in lists.items()
        ]
        rows.sort(key=lambda row: (row.checklist.closed, -row.checklist.opened_at.timestamp(), row.key))
        return rows[:SHOWN_AT_MOST]

    def _ticks(self) -> "dict[tuple[EntryId, int], TickRow]":
        from widgets.checklist_sheet import TickRow  # noqa: PLC0415 - likewise

        names = self.desk.names
        held: list[tuple[Entry, Tick]] = self.held(Tick, lambda entry, body: entry.entry_id)
        found = {
            (body.checklist, body.step): TickRow(body.done, names.account(entry.by), body.at) for entry, body in held
        }
        me = "" if names.me is None else names.me.name
        for _, body in self.waiting(Tick):
            found[body.checklist, body.step] = TickRow(body.done, me, body.at, waits=True)
        return found


def _lane(key: str) -> str:
    """What a checklist and its ticks are sent in order of."""
    return f"checklist {key}"
