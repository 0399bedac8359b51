"""The shift at the desk: signing on to a post, handing over, the duty log; all of it through the outbox."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from client.api import new_key
from client.log import fetch_log
from client.outbox.order import entry_order, entry_removal
from client.outbox.results import Delayed, Refused
from client.picture import Delta, Picture
from console.crew import Member
from console.notices import Notice
from console.shiftrows import draft_of, duties_of, handovers_of, log_rows, phones_of, posts_of
from domain.change import Change
from domain.faults import Fault
from domain.ids import CaseNo, EntryId
from domain.people import Role
from domain.register import Entry, EntryKind, EntryPut, read_body
from domain.register_shift import MOST_TOLD, Duty, Handover, LogNote, Post, Told
from resources.words import Value
from widgets.notices import Severity
from widgets.shift.values import Do, HandoverRow, ShiftIntent

if TYPE_CHECKING:
    from client.outbox.order import Order
    from console.desk import Desk
    from widgets.shift.sheet import ShiftSheet, ShiftTab

OWNER = "shift-desk"
KEEPERS = frozenset({Role.DUTY_CHIEF, Role.DUTY_LEADER})
KINDS = frozenset({EntryKind.POST, EntryKind.DUTY, EntryKind.HANDOVER, EntryKind.LOG_NOTE})
LOG_BACK = timedelta(hours=12)
"""The log begins so long ago where one is on no post."""
LOG_MOST = 5_000
KEPT_FOR = {
    EntryKind.HANDOVER: timedelta(days=30),
    EntryKind.LOG_NOTE: timedelta(days=30),
    EntryKind.DUTY: timedelta(hours=24),
}
"""So long these stand in the register; in the change log they stay. Who forgets to sign off is off a day later."""


class ShiftDesk(Member):
    """Opens the sheet, keeps it as the picture is, and has done what is asked for there."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._sheet: ShiftSheet | None = None
        self._draft: HandoverRow | None = None
        self._log: list[Change] = []
        self._loading = False

    # -- what the desk tells ---------------------------------------------------------------------------------------

    def open(self, tab: "ShiftTab | None" = None) -> None:
        """Open the sheet at a page, the posts by default."""
        from widgets.shift.sheet import ShiftTab  # noqa: PLC0415 - not before it is asked for

        sheet = self._sheet or self._make()
        if not sheet.isVisible():
            self.fill()
            sheet.open_sheet(tab or ShiftTab.POSTS)
            self.load_log()
            return
        sheet.come_up()
        if tab is not None:
            sheet.turn(tab)

    def open_handover(self) -> None:
        """Open the sheet at the handover."""
        from widgets.shift.sheet import ShiftTab  # noqa: PLC0415

        self.open(ShiftTab.HANDOVER)

    def open_log(self) -> None:
        """Open the sheet at the duty log."""
        from widgets.shift.sheet import ShiftTab  # noqa: PLC0415

        self.open(ShiftTab.LOG)

    def on_closed(self) -> None:
        """Nobody is signed in any more: nothing of the shift stays."""
        self._draft = None
        self._log.clear()
        if self._sheet is not None and self._sheet.isVisible():
            self._sheet.close_sheet()

    def take(self, delta: Delta) -> None:
        """Take in what altered: who is on which post, sheets that wait for a signature, lines of the log."""
        if self._log and delta.changes:
            last = self._log[-1].seq
            self._log += [change for change in delta.changes if change.seq > last]
            del self._log[:-LOG_MOST]
        touched = delta.whole or any(kind in KINDS for kind, _ in delta.entries)
        if touched:
            self._tell_of_handovers(delta)
        if self._sheet is not None and self._sheet.isVisible() and (touched or delta.changes):
            self.fill()

    # -- showing ---------------------------------------------------------------------------------------------------

    def fill(self) -> None:
        """Show everything as it is."""
        sheet, room = self._sheet, self._desk.session.room
        if sheet is None or room is None or room.picture is None:
            return
        picture, names = room.picture, self._desk.names
        may_add = bool(picture.me.roles & KEEPERS)
        sheet.posts.show_posts(posts_of(picture, names), may_add=may_add)
        sheets = ([] if self._draft is None else [self._draft]) + handovers_of(picture, names)
        sheet.handover.show_sheets(sheets)
        sheet.phones.show_phones(phones_of(picture), may_keep=may_add)
        rows = log_rows(self._log, picture, names)
        sheet.log.show_log(rows, room.service_now(), loading=self._loading)

    def _make(self) -> "ShiftSheet":
        from widgets.shift.sheet import ShiftSheet  # noqa: PLC0415 - not before it is asked for

        desk = self._desk
        self._sheet = sheet = ShiftSheet(desk.names, desk.appearance.theme, desk.frame)
        sheet.asked.connect(self.do)
        desk.appearance.dress([sheet])
        return sheet

    def _tell_of_handovers(self, delta: Delta) -> None:
        """Tell of a sheet that waits for one's signature, and end the duty of whoever's sheet was signed for."""
        picture = self._picture()
        if picture is None:
            return
        for key in delta.entries:
            entry = picture.entries.get(key)
            body = None if entry is None or entry.kind is not EntryKind.HANDOVER else read_body(entry, Handover)
            if entry is None or body is None:
                continue
            values: dict[str, Value] = {"post": body.post, "who": self._desk.names.account(entry.author)}
            if body.received and entry.author == picture.me.account:
                values["who"] = self._desk.names.account(entry.by)
                self._desk.notices.info("notice.shift_received", replace="shift", **values)
                self._sign_off(body.post)
                self._desk.intents.forget_contacts()
            elif not body.received and entry.author != picture.me.account:
                notice = Notice(Severity.INFO, "notice.shift_waits", values, "shift", "handover")
                self._desk.notices.post(notice)

    # -- doing -----------------------------------------------------------------------------------------------------

    def do(self, intent: ShiftIntent) -> None:
        """Carry out a wish of the sheet."""
        named: dict[Do, Callable[[str], None]] = {
            Do.SIGN_ON: self._sign_on,
            Do.SIGN_OFF: self._sign_off,
            Do.ADD_POST: self._add_post,
            Do.DROP_PHONE: self._drop_phone,
            Do.OPEN_CASE: self._open_case,
        }
        whole: dict[Do, Callable[[ShiftIntent], None]] = {
            Do.DRAFT: self._make_draft,
            Do.HAND_OVER: self._hand_over,
            Do.TAKE_OVER: self._take_over,
            Do.TAKE_BACK: self._take_back,
            Do.NOTE: self._note,
            Do.TOLD: self._tell,
            Do.ADD_PHONE: self._add_phone,
            Do.RELOAD_LOG: self._reload_log,
            Do.PRINT: self._print,
            Do.PRINT_LOG: self._print,
        }
        if intent.do in named:
            named[intent.do](intent.name)
        else:
            whole[intent.do](intent)

    def _reload_log(self, intent: ShiftIntent) -> None:
        self.load_log()

    def _print(self, intent: ShiftIntent) -> None:
        self._desk.paper.print_shift(intent, self._sheet)

    def _sign_on(self, post: str) -> None:
        now = self._desk.service_now()
        body = Duty(post, now)
        key = duty_id(post, self._me())
        self._put(EntryKind.DUTY, key, body, self._version(EntryKind.DUTY, key), "shift_on", post=post)

    def _sign_off(self, post: str) -> None:
        key = duty_id(post, self._me())
        entry = self._entry(EntryKind.DUTY, key)
        if entry is not None:
            self._remove(entry, "shift_off", post=post)

    def _add_post(self, name: str) -> None:
        key = EntryId(hashlib.sha256(name.encode()).hexdigest()[:24])
        self._put(EntryKind.POST, key, Post(name), self._version(EntryKind.POST, key), "shift_post", post=name)

    def _make_draft(self, intent: ShiftIntent) -> None:
        """Gather what is open now; it is signed when it was looked at."""
        picture, room = self._picture(), self._desk.session.room
        if picture is None or room is None:
            return
        posts = duties_of(picture, picture.me.account)
        waiting = len(self._desk.outbox.entries())
        self._draft = draft_of(picture, self._desk.names, self._log, waiting, posts[0] if posts else "", room)
        self.fill()

    def _hand_over(self, intent: ShiftIntent) -> None:
        draft, picture = self._draft, self._picture()
        if draft is None or picture is None:
            return
        post = draft.post or self._desk.words("shift.no_post")
        body = Handover(post, draft.made_at, draft.items, intent.text, draft.contacts)
        key = EntryId(new_key())
        self._draft = None
        self._put(EntryKind.HANDOVER, key, body, 0, "shift_handed", post=post)

    def _take_over(self, intent: ShiftIntent) -> None:
        entry = self._entry(EntryKind.HANDOVER, EntryId(intent.name))
        body = None if entry is None else read_body(entry, Handover)
        if entry is None or body is None:
            return
        signed = msgspec.structs.replace(body, received=True, read=intent.read, answer=intent.text)
        self._put(EntryKind.HANDOVER, entry.entry_id, signed, entry.version, "shift_taken", post=body.post)
        self._sign_on(body.post)

    def _take_back(self, intent: ShiftIntent) -> None:
        entry = self._entry(EntryKind.HANDOVER, EntryId(intent.name))
        if entry is not None:
            self._remove(entry, "shift_taken_back")

    def _note(self, intent: ShiftIntent) -> None:
        now = self._desk.service_now()
        body = LogNote(intent.text, now, intent.source, intent.extent, intent.expected, intent.warning, intent.told)
        self._put(EntryKind.LOG_NOTE, EntryId(new_key()), body, 0, "shift_noted")
        if self._sheet is not None:
            self._sheet.log.clear()

    def _tell(self, intent: ShiftIntent) -> None:
        """Add to a note of mine who was told now: the first time by telephone, then in writing."""
        entry = self._entry(EntryKind.LOG_NOTE, EntryId(intent.name))
        body = None if entry is None else read_body(entry, LogNote)
        if entry is None or body is None:
            return
        how = self._desk.words("shift.in_writing" if body.told else "shift.by_phone")
        told = (*body.told, Told(intent.text[:100], self._desk.service_now(), how))[-MOST_TOLD:]
        fresh = msgspec.structs.replace(body, told=told)
        self._put(EntryKind.LOG_NOTE, entry.entry_id, fresh, entry.version, "shift_noted")

    def _add_phone(self, intent: ShiftIntent) -> None:
        key = EntryId(new_key())
        body = {"name": intent.name, "number": intent.text, "note": intent.source}
        self._put(EntryKind.PHONE, key, body, 0, "shift_phone", post=intent.name)

    def _drop_phone(self, entry_id: str) -> None:
        entry = self._entry(EntryKind.PHONE, EntryId(entry_id))
        if entry is not None:
            self._remove(entry, "shift_phone_gone", post=str(entry.body.get("name", "")))

    def _open_case(self, case_no: str) -> None:
        if self._sheet is not None:
            self._sheet.close_sheet()
        self._desk.selection.select_case(CaseNo(case_no))
        self._desk.panels.show_card()

    # -- through the outbox ----------------------------------------------------------------------------------------

    def _put(self, kind: EntryKind, entry_id: EntryId, body: Any, version: int, done: str, **values: Value) -> None:
        now = self._desk.service_now()
        kept = KEPT_FOR.get(kind)
        until = None if kept is None else now + kept
        asked = EntryPut(msgspec.to_builtins(body), version, until)
        title = str(values.get("post", "")) or getattr(body, "text", "")[:60]
        order = entry_order(new_key(), kind, entry_id, asked, title, self._desk.real_now())
        self._desk.tasks.start(OWNER, new_key(), self._give(order, done, values))

    def _remove(self, entry: Entry, done: str, **values: Value) -> None:
        title = str(values.get("post", ""))
        order = entry_removal(new_key(), entry.kind, entry.entry_id, entry.version, title, self._desk.real_now())
        self._desk.tasks.start(OWNER, new_key(), self._give(order, done, values))

    async def _give(self, order: "Order", done: str, values: dict[str, Value]) -> None:
        try:
            result = await (await self._desk.outbox.give(order, {}))
        except Fault as fault:
            self._desk.notices.refused(fault, replace="shift")
            return
        if isinstance(result, Refused):
            self._desk.notices.refused(result.fault, replace="shift")
        elif isinstance(result, Delayed):
            kept: dict[str, Value] = {"action": f"action.{order.action}", "why": f"outbox.why.{result.fault.key}"}
            self._desk.notices.post(Notice(Severity.WARNING, "notice.outbox_again", kept, "outbox", "outbox"))
        else:
            self._desk.notices.info(f"notice.{done}", replace="shift", **values)
        self.fill()

    # -- the log ---------------------------------------------------------------------------------------------------

    def load_log(self) -> None:
        """Fetch the log of this shift."""
        if self._desk.session.room is not None:
            self._loading = True
            self._desk.tasks.start(OWNER, "log", self._load_log())

    async def _load_log(self) -> None:
        room = self._desk.session.room
        if room is None or room.picture is None:
            return
        mine = [
            body.since
            for entry in room.picture.entries.values()
            if entry.kind is EntryKind.DUTY and entry.author == room.picture.me.account
            if (body := read_body(entry, Duty)) is not None
        ]
        since = min(mine, default=room.service_now() - LOG_BACK)
        try:
            self._log = await fetch_log(room.client.line, since, LOG_MOST)
        except Fault as fault:
            self._desk.notices.fault(fault, replace="shift")
        self._loading = False
        await asyncio.sleep(0)
        self.fill()

    # -- looking up ------------------------------------------------------------------------------------------------

    def _picture(self) -> Picture | None:
        room = self._desk.session.room
        return None if room is None else room.picture

    def _entry(self, kind: EntryKind, entry_id: EntryId) -> Entry | None:
        picture = self._picture()
        return None if picture is None else picture.entries.get((kind, entry_id))

    def _version(self, kind: EntryKind, entry_id: EntryId) -> int:
        entry = self._entry(kind, entry_id)
        return 0 if entry is None else entry.version

    def _me(self) -> str:
        picture = self._picture()
        return "" if picture is None else picture.me.account


def duty_id(post: str, account: str) -> EntryId:
    """Return the id under which an account's duty on a post stands in the register."""
    return EntryId(hashlib.sha256(f"{post}\n{account}".encode()).hexdigest()[:24])
