"""The whistle at the desk: calling several units, following their sign-ins, reminding, telling who is late."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from client.api import new_key
from console.entrydesk import EntryDesk
from console.intake import WHISTLE
from console.notices import Notice
from console.tones import Tone
from domain.ids import CaseNo, EntryId, UnitId
from domain.register_message import Message
from domain.register_whistle import Called, SignIn, Standing, Whistle, sign_in_id, standing
from resources.words import Value, shortened
from widgets.intents import ActionIntent
from widgets.notices import Severity

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.whistle_sheet import Blow, WhistleRow, WhistleSheet

OWNER = "whistle"
KEPT_FOR = timedelta(days=30)
SHOWN_AT_MOST = 100
MATTER_MOST = 40
"""Characters of its matter that a notice calls a whistle by."""
ORDER = tuple(Standing)
"""Whoever is longest overdue first."""
ALARMING = frozenset({Standing.OVERDUE, Standing.ESCALATED})


class WhistleDesk(EntryDesk["WhistleSheet"]):
    """Follows whistles and sign-ins; blows them through the strip that holds back what sends people."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk, OWNER, KEPT_FOR, Whistle, SignIn, Message)
        self._signed: dict[EntryId, dict[UnitId, SignIn]] = {}
        self._waits: set[tuple[EntryId, UnitId]] = set()
        self._open: dict[EntryId, Whistle] = {}
        self._alarmed: set[tuple[EntryId, UnitId, Standing]] = set()
        self._counts: dict[EntryId, int] = {}
        desk.outbox.altered.connect(self._on_outbox_altered)

    def make_sheet(self) -> "WhistleSheet":
        """See ``EntryDesk``."""
        from widgets.whistle_sheet import WhistleSheet  # noqa: PLC0415 - not before it is asked for

        desk = self.desk
        sheet = WhistleSheet(desk.names, desk.appearance.theme, desk.frame)
        sheet.blow_wanted.connect(self.ask)
        sheet.row_opened.connect(self.toggle)
        sheet.remind_wanted.connect(self.remind)
        sheet.end_wanted.connect(self.end)
        return sheet

    def on_closed(self) -> None:
        """Nobody is signed in any more."""
        super().on_closed()
        self._alarmed.clear()
        self._counts.clear()
        self._open.clear()

    def fill(self) -> None:
        """Show the whistles as they are, the open ones first, and tell of new sign-ins."""
        whistles = self.held(Whistle, lambda entry, body: (body.ended, -body.blown_at.timestamp(), entry.entry_id))
        self._signed = {}
        waiting = self.waiting(SignIn)
        for _, body in (*self.held(SignIn, lambda entry, body: entry.entry_id), *waiting):
            self._signed.setdefault(body.whistle, {})[body.unit] = body
        self._waits = {(body.whistle, body.unit) for _, body in waiting}
        self._open = {entry.entry_id: body for entry, body in whistles if not body.ended}
        self._tell_signed()
        sheet = self.sheet
        if sheet is None:
            return
        case = self.desk.panels.card.case()
        rows = [self._row(entry.entry_id, body) for entry, body in whistles[:SHOWN_AT_MOST]]
        sheet.show_whistles(
            rows,
            may_blow=self.desk.register.may_write(Whistle),
            minutes=self.rules().at(self.desk.service_now()).whistle_minutes,
            case=case,
        )

    def _on_outbox_altered(self) -> None:
        """A sign-in may wait, or wait no more; without an open whistle there is none to look for among the orders."""
        if self._open:
            self.fill()

    def on_second(self) -> None:
        """A second has passed: who is overdue is told once, and again when it is a matter for the duty leader."""
        now, rules, altered = self.desk.service_now(), self.rules(), False
        for key, whistle in self._open.items():
            late = dict[Standing, list[UnitId]]()
            for called in whistle.called:
                stands = standing(whistle, called, self._signed_at(key, called.unit), now, rules)
                if stands in ALARMING and (key, called.unit, stands) not in self._alarmed:
                    self._alarmed.add((key, called.unit, stands))
                    late.setdefault(stands, []).append(called.unit)
            for stands, units in late.items():
                self._tell_late(key, whistle, stands, units)
                altered = True
        if altered:
            self.fill()

    # -- doing -----------------------------------------------------------------------------------------------------

    def ask(self, blow: "Blow") -> None:
        """Hold a whistle back for some seconds, in sight, before it is blown."""
        key = CaseNo(new_key())
        self.desk.intake.holds.ask(ActionIntent(key, WHISTLE, 0, msgspec.to_builtins(blow), title=blow.matter))

    def blow(self, intent: ActionIntent) -> None:
        """Blow it: the time counts from now."""
        entry_id, body = self._made(intent)
        self.put(entry_id, body, 0, body.matter, "whistle_blown", values={"n": len(body.called)})

    async def carry_out(self, intent: ActionIntent) -> None:
        """Blow it and wait until the outbox has it."""
        entry_id, body = self._made(intent)
        await self.give(entry_id, body, 0, body.matter)

    def taken_back(self, intent: ActionIntent) -> None:
        """It was taken back before it was blown: its form is there again."""
        if intent.action != WHISTLE:
            return
        from widgets.whistle_sheet import Blow  # noqa: PLC0415 - the sheet is there: it was asked for from it

        self.open()
        if self.sheet is not None:
            self.sheet.begin(msgspec.convert(intent.args, Blow))

    def toggle(self, key: str, unit: str) -> None:
        """Note over the radio that a unit has signed in, or take that back."""
        whistle, called = EntryId(key), UnitId(unit)
        if whistle not in self._open:
            return
        now = self.desk.service_now()
        held = self._signed.get(whistle, {}).get(called)
        if held is None:
            body = SignIn(whistle, called, now, by_radio=True)
        else:
            present = not held.present
            body = msgspec.structs.replace(held, present=present, at=now if present else held.at, by_radio=True)
        which, name = sign_in_id(whistle, called), self.desk.names.unit(called)
        self.put(which, body, self.version(SignIn, which), name, behind=f"sign-ins {key}", fact=True)

    def remind(self, key: str, unit: str) -> None:
        """Send a unit that has not signed in a message."""
        whistle, called = self._open.get(EntryId(key)), UnitId(unit)
        if whistle is None or self._signed_at(EntryId(key), called) is not None:
            return
        due = whistle.called_unit(called)
        at = "" if due is None else self.desk.names.local(due.due_at).strftime("%H:%M")
        text = self.desk.words("whistle.remind_text", matter=whistle.matter, place=whistle.where, due=at)[:500]
        self.desk.crew.messages.send_to(called, text, about=key)

    def end(self, key: str, result: str) -> None:
        """End a whistle with what came of it."""
        found = next((e for e, _ in self.held(Whistle, lambda entry, body: entry.entry_id) if e.entry_id == key), None)
        whistle = self._open.get(EntryId(key))
        if found is not None and whistle is not None:
            body = msgspec.structs.replace(whistle, ended=True, result=result)
            self.put(
                found.entry_id,
                body,
                found.version,
                whistle.matter,
                "whistle_ended",
                values={"matter": shortened(whistle.matter, MATTER_MOST)},
            )

    # -- inside ----------------------------------------------------------------------------------------------------

    def _made(self, intent: ActionIntent) -> tuple[EntryId, Whistle]:
        args, now = intent.args, self.desk.service_now()
        own = args.get("own", {})
        called = tuple(
            Called(UnitId(unit), now + timedelta(minutes=own.get(unit, args["minutes"]))) for unit in args["units"]
        )
        case = args.get("case_no")
        body = Whistle(args["matter"], now, called, args["place"], None if case is None else CaseNo(case))
        return EntryId(intent.case_no), body

    def _row(self, key: EntryId, whistle: Whistle) -> "WhistleRow":
        from widgets.whistle_sheet import CalledRow, WhistleRow  # noqa: PLC0415 - the sheet is there

        now, rules, reminded = self.desk.service_now(), self.rules(), self._reminded(key)
        rows: list[CalledRow] = []
        for called in whistle.called:
            held = self._signed.get(key, {}).get(called.unit)
            stands = standing(whistle, called, self._signed_at(key, called.unit), now, rules)
            waits = (key, called.unit) in self._waits
            rows.append(CalledRow(called, stands, held, reminded.get(called.unit, ""), waits))
        rows.sort(key=lambda row: (ORDER.index(row.standing), row.called.due_at, row.called.unit))
        return WhistleRow(key, whistle, tuple(rows))

    def _reminded(self, key: EntryId) -> dict[UnitId, str]:
        """Return how often each unit was reminded, and how far the last word came."""
        found: dict[UnitId, list[Message]] = {}
        for _, body in self.held(Message, lambda entry, body: (body.sent_at, entry.entry_id)):
            if body.about == key:
                found.setdefault(body.unit, []).append(body)
        words = self.desk.words
        return {
            unit: words("whistle.reminded", n=len(sent), state=words(f"message.state.{sent[-1].state}"))
            for unit, sent in found.items()
        }

    def _signed_at(self, key: EntryId, unit: UnitId) -> datetime | None:
        held = self._signed.get(key, {}).get(unit)
        return held.at if held is not None and held.present else None

    def _tell_signed(self) -> None:
        """Say how many have signed in, where that are more than before."""
        for key, whistle in self._open.items():
            count = sum(body.present for body in self._signed.get(key, {}).values())
            if count > self._counts.get(key, count):
                values: dict[str, Value] = {
                    "matter": shortened(whistle.matter, MATTER_MOST),
                    "n": count,
                    "of": len(whistle.called),
                }
                told = Notice(Severity.INFO, "notice.whistle_signed", values, f"whistle-{key}", "whistle")
                self.desk.notices.post(told)
            self._counts[key] = count

    def _tell_late(self, key: EntryId, whistle: Whistle, stands: Standing, units: list[UnitId]) -> None:
        names = self.desk.names
        who = self.desk.words("list.comma").join(names.unit(unit) for unit in units[:5])
        values: dict[str, Value] = {"matter": shortened(whistle.matter, MATTER_MOST), "who": who, "n": len(units)}
        grave = stands is Standing.ESCALATED
        severity, replace = Severity.FAULT if grave else Severity.WARNING, f"late-{key}-{stands}"
        told = Notice(severity, f"notice.whistle_{stands}", values, replace, "whistle", stays=grave)
        self.desk.notices.post(told)
        self.desk.crew.alarms.sounds.play(Tone.ALERT)
