"""What waits to be sent, shown: on the bar, in the list, on the card, in its sheet; and what is decided there."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from client.api import new_key
from client.outbox.order import Entry, Stage, command_order, report_order
from client.outbox.results import Delayed, Refused
from console.notices import Notice
from console.throttle import Throttle
from domain.case import Case
from domain.change import Change
from domain.differences import chosen_args, differences, seen_of
from domain.faults import Fault
from domain.ids import CaseNo
from domain.not_after import is_descriptive
from domain.wire import Outcome
from resources.words import Value, sentence, shortened
from widgets.notices import Severity
from widgets.waiting import Decision, FieldChoice, OutboxIntent, WaitingMark, WaitingRow

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.outbox.sheet import OutboxSheet

OWNER = "outbox-desk"
SHOW_MS, TELL_MS = 250, 1000
MEANWHILE_MOST = 4
WORDS_MOST = 40
"""Characters of the words of a report, where they stand beside what others made of them."""
TITLE_MOST = 60
"""Letters of a title in a notice: the whole one stands in the outbox, and the map is to be seen."""


class OutboxDesk(QObject):
    """Keeps the marks right and opens the sheet; it is built when it is first opened."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._sheet: OutboxSheet | None = None
        self._meanwhile: dict[str, list[Change]] = {}
        self._sent = 0
        self._cases: frozenset[CaseNo] = frozenset()
        self._show = Throttle(SHOW_MS, self)
        self._tell = Throttle(TELL_MS, self)
        outbox = desk.outbox
        outbox.altered.connect(self._show.request)
        outbox.sent.connect(self.on_sent)
        outbox.held.connect(self.on_held)
        self._show.due.connect(self.show_marks)
        self._tell.due.connect(self._tell_sent)

    def stop(self) -> None:
        """Hear of nothing more, and end its timers."""
        outbox = self._desk.outbox
        outbox.altered.disconnect(self._show.request)
        outbox.sent.disconnect(self.on_sent)
        outbox.held.disconnect(self.on_held)
        self._show.stop()
        self._tell.stop()

    # -- marks -----------------------------------------------------------------------------------------------------

    def show_marks(self) -> None:
        """Show everywhere what waits."""
        desk, entries = self._desk, self._desk.outbox.entries()
        held = [entry for entry in entries if entry.stage is Stage.HELD]
        desk.panels.top_bar.set_outbox(len(entries), len(held))
        waiting: dict[CaseNo, bool] = {}
        for entry in entries:
            if entry.order.case_no is not None:
                held_here = waiting.get(entry.order.case_no, False)
                waiting[entry.order.case_no] = held_here or entry.stage is Stage.HELD
        desk.panels.case_list.set_waiting(waiting)
        cases, self._cases = self._cases | frozenset(waiting), frozenset(waiting)
        if desk.selection.case_no in cases:
            desk.card_feed.show_again()
        self.mark_card(desk.selection.case_no)
        if self._sheet is not None and self._sheet.isVisible():
            self._fill(self._sheet)

    def mark_card(self, case_no: CaseNo | None) -> None:
        """Show on the card what waits on its case."""
        entries = [] if case_no is None else self._desk.outbox.on_case(case_no)
        marks = [
            WaitingMark(e.order.action, self._at(e.order.given_at), self._at(e.order.not_after), e.stage is Stage.HELD)
            for e in entries
        ]
        self._desk.panels.late_card.then(lambda card: card.set_waiting(marks))

    def on_sent(self, entry: Entry, outcome: Outcome | None) -> None:
        """Something that had waited was done."""
        self._sent += 1
        self._tell.request()

    def on_held(self, entry: Entry, fault: Fault) -> None:
        """Something waits for a person from now on."""
        title = entry.order.title or entry.order.case_no or ""
        values: dict[str, Value] = {
            "action": f"action.{entry.order.action}",
            "title": shortened(title, TITLE_MOST),
            "why": f"fault.{fault.key}",
            **fault.params,
        }
        self._desk.notices.post(
            Notice(Severity.FAULT, "notice.outbox_held", values, "outbox-held", "outbox", stays=True)
        )

    def _tell_sent(self) -> None:
        sent, self._sent = self._sent, 0
        left = len(self._desk.outbox.entries())
        key = "notice.outbox_sent_left" if left else "notice.outbox_sent"
        self._desk.notices.info(key, replace="outbox", n=sent, left=left)

    # -- the sheet -------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the sheet."""
        self._desk.outbox.begin()
        sheet = self._sheet or self._make()
        if sheet.isVisible():
            sheet.come_up()
            return
        self._fill(sheet)
        sheet.open_sheet()

    def on_closed(self) -> None:
        """Nobody is signed in any more."""
        self._meanwhile.clear()
        if self._sheet is not None and self._sheet.isVisible():
            self._sheet.close_sheet()

    def decide(self, intent: OutboxIntent) -> None:
        """Carry out what was decided about an order."""
        entry = self._desk.outbox.entry(intent.key)
        if entry is None:
            return
        if intent.decision is Decision.OPEN:
            if self._sheet is not None:
                self._sheet.close_sheet()
            self._desk.selection.select_case(entry.order.case_no)
            self._desk.panels.show_card()
        elif intent.decision is Decision.DROP:
            self._desk.tasks.start(OWNER, f"drop/{intent.key}", self._drop(entry))
        else:
            self._desk.tasks.start(OWNER, f"again/{intent.key}", self._again(entry, intent.theirs))

    def look(self, key: str) -> None:
        """Somebody looks at an order: fetch what others did to its case meanwhile."""
        entry = self._desk.outbox.entry(key)
        if entry is not None and entry.stage is Stage.HELD and key not in self._meanwhile:
            self._desk.tasks.start(OWNER, "meanwhile", self._fetch_meanwhile(entry))

    def _make(self) -> "OutboxSheet":
        from widgets.outbox.sheet import OutboxSheet  # noqa: PLC0415 - not before it is asked for

        desk = self._desk
        self._sheet = sheet = OutboxSheet(desk.names, desk.appearance.theme, desk.frame)
        sheet.decided.connect(self.decide)
        sheet.send_requested.connect(desk.outbox.hurry)
        sheet.chosen.connect(self.look)
        desk.appearance.dress([sheet])
        return sheet

    def _fill(self, sheet: "OutboxSheet") -> None:
        room = self._desk.session.room
        if room is None:
            return
        behind: set[str] = set()
        rows = []
        for entry in self._desk.outbox.entries():
            rows.append(self._row(entry, behind=entry.order.lane in behind))
            if entry.stage is Stage.HELD:
                behind.add(entry.order.lane)
        sheet.show_rows(rows, self._at(room.client.time.now()))
        others = [(w.owner.name or w.owner.account, w.count) for w in self._desk.outbox.others()]
        sheet.show_place(self._desk.outbox.key, others)
        self.look(sheet.table.key)

    def _row(self, entry: Entry, *, behind: bool) -> WaitingRow:
        order, held = entry.order, entry.stage is Stage.HELD
        case = self._case(order.case_no)
        fields = self._fields(entry, case) if held and case is not None else ()
        return WaitingRow(
            key=order.key,
            stage=entry.stage.value,
            action=order.action,
            title=order.title,
            given_at=self._at(order.given_at),
            not_after=self._at(order.not_after),
            why=partial(self._why, entry, behind=behind),
            case_no=order.case_no,
            held=held,
            offered=self._is_offered(entry, case),
            describes=is_descriptive(order.action),
            fields=fields,
            meanwhile=self._say_meanwhile(order.key),
        )

    def _why(self, entry: Entry, *, behind: bool) -> str:
        words = self._desk.words
        if entry.stage is Stage.HELD:
            return sentence(words, f"fault.{entry.why}", dict(entry.params))
        if behind:
            return words("outbox.why.outbox_behind")
        return words("outbox.why.outcome_unclear" if entry.stage is Stage.UNCLEAR else "outbox.why.line_down")

    def _is_offered(self, entry: Entry, case: Case | None) -> bool:
        room, order = self._desk.session.room, entry.order
        if order.case_no is None:
            return not order.post
        return room is not None and case is not None and order.action in {s.action for s in room.actions(case)}

    def _say_meanwhile(self, key: str) -> str:
        words, names = self._desk.words, self._desk.names
        told = [
            words("notice.change", who=names.actor(change)[0], action=words(f"action.{change.action}"))
            for change in self._meanwhile.get(key, ())[-MEANWHILE_MOST:]
        ]
        return words("outbox.meanwhile", changes=words("list.semicolon").join(told)) if told else ""

    def _fields(self, entry: Entry, case: Case) -> tuple[FieldChoice, ...]:
        words = self._desk.words
        return tuple(
            FieldChoice(
                d.field,
                words(f"outbox.fields.{d.field}"),
                self._say(d.field, d.seen),
                self._say(d.field, d.theirs),
                self._say(d.field, d.mine) if d.is_choice else "",
            )
            for d in differences(entry.order.seen, case, entry.order.args)
        )

    def _say(self, field: str, value: Any) -> str:
        """Return a field's value in words."""
        names, words = self._desk.names, self._desk.words
        if value is None or value == "":
            return words("outbox.nothing")
        match field:
            case "kind":
                return names.kind(str(value))
            case "lead_unit":
                return names.unit(value)
            case "state" | "supervise":
                return words(f"{field}.{value}")
            case "urgent" | "historic":
                return words("outbox.yes" if value else "outbox.no")
            case "words":
                return shortened(str(value), WORDS_MOST)
            case "place":
                return f"{value[0]:.6f}, {value[1]:.6f}"
            case _:
                return f"{value:.6f}" if isinstance(value, float) else str(value)

    # -- decisions -------------------------------------------------------------------------------------------------

    async def _drop(self, entry: Entry) -> None:
        if await self._desk.outbox.drop(entry.order.key):
            self._desk.notices.info("notice.outbox_dropped", replace="outbox", action=f"action.{entry.order.action}")
        else:
            self._desk.notices.warn("notice.outbox_being_sent", replace="outbox")

    async def _again(self, entry: Entry, theirs: frozenset[str]) -> None:
        """Ask for it once more on the case as it is now: under a new key, in the old one's place."""
        room, order = self._desk.session.room, entry.order
        if room is None:
            return
        now, case = room.client.time.now(), self._case(order.case_no)
        try:
            if order.report is not None:
                fresh = report_order(new_key(), order.report, now)
            elif case is not None:
                args = chosen_args(order.args, case, theirs)
                fresh = command_order(new_key(), case, order.action, args, seen_of(case), now, case.version)
            else:
                return
            photos = await self._desk.outbox.photos_of(order)
            result = await (await self._desk.outbox.give(fresh, photos, instead=order.key))
        except Fault as fault:
            self._desk.notices.refused(fault, replace="outbox")
            return
        values: dict[str, Value] = {"action": f"action.{order.action}"}
        if isinstance(result, Refused):
            self._desk.notices.refused(result.fault, replace="outbox")
        elif isinstance(result, Delayed):
            values["why"] = f"outbox.why.{result.fault.key}"
            self._desk.notices.post(Notice(Severity.WARNING, "notice.outbox_again", values, "outbox", "outbox"))
        else:
            self._desk.notices.info("notice.outbox_done", replace="outbox", **values)

    async def _fetch_meanwhile(self, entry: Entry) -> None:
        room, case_no = self._desk.session.room, entry.order.case_no
        if room is None or case_no is None:
            return
        try:
            page = await room.client.changes(case_no)
        except Fault:
            return  # told by the line itself; it is asked for again when the row is looked at
        self._meanwhile[entry.order.key] = [change for change in page.changes if change.version > entry.version]
        self.show_marks()

    def _at(self, real: datetime) -> datetime:
        """Return a moment of real time on the service's clock, which everything on the screen is told by."""
        room = self._desk.session.room
        return real if room is None or room.picture is None else room.picture.clock.at(real)

    def _case(self, case_no: CaseNo | None) -> Case | None:
        room = self._desk.session.room
        if room is None or room.picture is None or case_no is None:
            return None
        return room.picture.case(case_no)
