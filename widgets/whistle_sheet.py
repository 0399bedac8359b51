"""The sheet of whistles: who is called for what, who has signed in by when, who is overdue; the form of a new one."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from domain.case import Case
from domain.faults import Fault, invalid
from domain.ids import CaseNo, UnitId
from domain.people import UnitKind
from domain.register_whistle import MOST_CALLED, Called, SignIn, Standing, Whistle
from resources.theme import Theme
from widgets.book.notation import told, unit_codes
from widgets.common.pick_list import Choice
from widgets.common.row_table import Row
from widgets.common.style import set_role
from widgets.follow_sheet import FollowSheet
from widgets.forms.act import Act
from widgets.forms.entries import Entry, FlagEntry, LinesEntry, ManyEntry, NumberEntry, TextEntry
from widgets.forms.form import EntryForm, FormSpec
from widgets.names import Names

WIDTH_PX, HEIGHT_PX = 1120, 700
SIGNS = {
    Standing.ESCALATED: "▲▲",
    Standing.OVERDUE: "▲",
    Standing.WAITING: "…",
    Standing.LATE: "✓▲",
    Standing.SIGNED: "✓",
    Standing.ABSENT: "✕",
}
"""Beside its word each standing has a sign."""


class CalledRow(msgspec.Struct, frozen=True):
    """A called unit as shown: by when, how it stands, its sign-in, and what came of being reminded.

    ``waits``: the sign-in was noted here and is not sent yet.
    """

    called: Called
    standing: Standing
    sign_in: SignIn | None = None
    reminded: str = ""
    waits: bool = False


class WhistleRow(msgspec.Struct, frozen=True):
    """A whistle as shown, whoever matters most first."""

    key: str
    whistle: Whistle
    rows: tuple[CalledRow, ...]


class Blow(msgspec.Struct, frozen=True):
    """What is to be blown: for what, where, whom, within how many minutes; ``own`` are other minutes of single ones."""

    matter: str
    place: str
    units: tuple[UnitId, ...]
    minutes: int
    own: dict[UnitId, int] = {}
    case_no: CaseNo | None = None
    """The case it is about."""


class WhistleSheet(FollowSheet):
    """A sheet over the desk. Keys: Insert a new one, Enter on a unit notes its sign-in, C reminds, Esc closes."""

    blow_wanted = Signal(object)
    """A ``Blow``."""
    remind_wanted = Signal(str, str)
    """A whistle's key and a unit."""

    def __init__(self, names: Names, theme: Theme, parent: QWidget) -> None:
        keys = {"blow": "Ins", "mark": "↵", "remind": "C"}
        super().__init__(names, theme, parent, "whistle", (WIDTH_PX, HEIGHT_PX), keys)
        self._names = names
        self._whistles: tuple[WhistleRow, ...] = ()
        self._may_blow, self._minutes = False, 30
        self._case: Case | None = None
        self.form: EntryForm | None = None
        set_role(self.buttons["blow"], "primary")
        self._form_room, inner = QScrollArea(), QWidget()
        inner.setObjectName("field")
        self._form_column = QVBoxLayout(inner)
        self._form_column.setContentsMargins(0, 0, 4, 0)
        self._form_column.addStretch(1)
        self._form_room.setWidget(inner)
        self._form_room.setWidgetResizable(True)
        self._form_room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._form_room.hide()
        self.across.addWidget(self._form_room, 7)
        self.retranslate()
        self.hide()

    # -- what is shown ---------------------------------------------------------------------------------------------

    def show_whistles(self, whistles: Sequence[WhistleRow], *, may_blow: bool, minutes: int, case: Case | None) -> None:
        """Show these, the open ones first. ``minutes``: so long may be given; ``case`` is on the card."""
        self._whistles, self._may_blow, self._minutes, self._case = tuple(whistles), may_blow, minutes, case
        words, names = self._names.words, self._names
        rows = []
        for row in self._whistles:
            signed = sum(r.standing in (Standing.SIGNED, Standing.LATE) for r in row.rows)
            state = words("whistle.ended" if row.whistle.ended else "whistle.signed", n=signed, of=len(row.rows))
            at = names.local(row.whistle.blown_at).strftime("%m-%d %H:%M")
            rows.append(Row(row.key, (row.whistle.matter, at, state), row.whistle.ended))
        self.set_things(tuple(f"whistle.head.{name}" for name in ("matter", "at", "state")), rows)

    def close_sheet(self) -> None:
        """Close; what was being entered is given up."""
        self._close_form()
        super().close_sheet()

    def escape(self) -> None:
        """Leave the form first, then the sheet."""
        if self.form is None:
            self.close_sheet()
        else:
            self._on_cancelled()

    def has_input(self) -> bool:
        """Whether a new one is being entered, or a result."""
        return self.form is not None or super().has_input()

    def begin(self, given: Blow | None = None) -> None:
        """Open the form of a new whistle, filled in as it was before where it was taken back."""
        if not self._may_blow:
            return
        self._close_form()
        words = self._names.words
        fresh = self._fresh()
        before = given if isinstance(given, Blow) else fresh
        about = before.case_no  # whichever case is on the card when it is sent
        found: list[Blow] = []

        def check(values: dict[str, Any]) -> str:
            try:
                found[:] = [self._read(values, about)]
            except Fault as fault:
                return told(fault.key, fault.params, words)
            return ""

        def effect() -> str:
            lines = [words("whistle.effect")]
            return "\n".join(lines if about is None else [*lines, words("whistle.about_case", case_no=about)])

        spec = FormSpec(
            title=lambda: words("whistle.new"),
            effect=effect,
            entries=lambda: self._entries(before),
            make=lambda values: Act("blow", "", found[0]),
            send="whistle.send",
            check=check,
        )
        self.form = EntryForm(words, spec)
        self.form.submitted.connect(self._on_submitted)
        self.form.cancelled.connect(self._on_cancelled)
        self._form_column.insertWidget(0, self.form)
        self.show_chosen()
        self.form.focus_first()

    def retranslate(self) -> None:
        """Look the words up again."""
        super().retranslate()
        if self.form is not None:
            self.form.retranslate()
        self.show_whistles(self._whistles, may_blow=self._may_blow, minutes=self._minutes, case=self._case)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Insert begins a new one; Esc leaves the form first, then the sheet."""
        if self.form is None and event.key() == Qt.Key.Key_Insert:
            self.begin()
        else:
            super().keyPressEvent(event)
        event.accept()

    def press(self, button: str) -> None:
        """See ``FollowSheet``."""
        row = self._row()
        if button == "blow":
            self.begin()
        elif row is not None and not row.whistle.ended and self.rows.key:
            self.remind_wanted.emit(row.key, self.rows.key)

    def show_chosen(self) -> None:
        """See ``FollowSheet``."""
        row, editing = self._row(), self.form is not None
        going = row is not None and not row.whistle.ended and not editing
        self.right.setVisible(row is not None and not editing)
        self._form_room.setVisible(editing)
        self.show_empty(empty=not self._whistles and not editing)
        shown = {"mark", "remind"} if going else set[str]()
        shown |= {"end"} if going and self._may_blow else set()
        self.show_buttons(shown | ({"blow"} if self._may_blow and not editing else set()))
        if row is not None:
            self._show_row(row)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _row(self) -> WhistleRow | None:
        return next((row for row in self._whistles if row.key == self.list.key), None)

    def _show_row(self, row: WhistleRow) -> None:
        names, words, whistle = self._names, self._names.words, row.whistle
        parts = [whistle.matter]
        if whistle.where:
            parts.append(words("whistle.at_place", place=whistle.where))
        if whistle.case_no:
            parts.append(whistle.case_no)
        text = " · ".join(parts)
        facts = f"{text}\n{words('whistle.over', result=whistle.result)}" if whistle.ended else text
        rows = []
        for called in row.rows:
            sign_in = called.sign_in if called.sign_in is not None and called.sign_in.present else None
            mark = f" ({words('outbox.mark')})" if called.waits else ""
            state = f"{SIGNS[called.standing]} {words(f'whistle.standing.{called.standing}')}{mark}"
            at = "" if sign_in is None else names.local(sign_in.at).strftime("%H:%M:%S")
            note = "" if sign_in is None else sign_in.note or (words("message.by_radio") if sign_in.by_radio else "")
            due = names.local(called.called.due_at).strftime("%H:%M")
            cells = (names.unit(called.called.unit), due, state, at, note or called.reminded)
            rows.append(Row(called.called.unit, cells, called.standing in (Standing.SIGNED, Standing.ABSENT)))
        heads = tuple(f"whistle.head.{name}" for name in ("unit", "due", "state", "at", "word"))
        self.set_rows(heads, rows, facts)

    def _fresh(self) -> Blow:
        """Return what a new one begins with. Units read it, so nothing of a sensitive case but its number."""
        case = self._case
        if case is None or case.sensitive:
            return Blow("", "", (), self._minutes, case_no=None if case is None else case.case_no)
        place = case.address or self._names.place(case)
        return Blow(case.title, place[:100], (), self._minutes, case_no=case.case_no)

    def _entries(self, given: Blow) -> list[Entry]:
        w, names = self._names.words, self._names
        codes = unit_codes(names)
        own = [f"{codes.write(unit)} {minutes}" for unit, minutes in given.own.items()]
        units = ManyEntry(w, "units", "whistle.units", self._choices, given.units)
        entries: list[Entry] = [
            TextEntry(w, "matter", "whistle.matter", given.matter, most=500),
            TextEntry(w, "place", "whistle.place", given.place, most=100, required=False),
            units,
            NumberEntry(w, "minutes", "whistle.minutes", min(given.minutes, self._minutes), 1, self._minutes),
            LinesEntry(w, "own", "whistle.own", own, most=MOST_CALLED, longest=120, hint="whistle.own_hint"),
        ]
        units.required = True
        units.retranslate()
        if given.case_no is not None:
            entries.append(FlagEntry(w, "with_case", "whistle.with_case", True))
        return entries

    def _choices(self) -> list[Choice]:
        names = self._names
        units = sorted(names.units.values(), key=lambda unit: (unit.kind is not UnitKind.DEPARTMENT, unit.name))
        return [Choice(u.unit_id, u.name, names.words(f"unit_kind.{u.kind}"), u.unit_id) for u in units]

    def _read(self, values: Mapping[str, Any], about: CaseNo | None) -> Blow:
        units = tuple(UnitId(unit) for unit in values["units"])
        if not units:
            raise invalid("whistle_nobody")
        if len(units) > MOST_CALLED:
            raise invalid("whistle_too_many", most=MOST_CALLED)
        codes, own = unit_codes(self._names), dict[UnitId, int]()
        for line in values["own"]:
            name, _, minutes = line.rpartition(" ")
            unit = UnitId(codes.read(name.strip()))
            if not (minutes.isascii() and minutes.isdigit() and 1 <= int(minutes[:6]) <= self._minutes):
                raise invalid("whistle_own_minutes", line=line[:60], most=self._minutes)
            if unit not in units:
                raise invalid("whistle_own_unit", unit=self._names.unit(unit))
            own[unit] = int(minutes)
        case_no = about if values.get("with_case") else None
        return Blow(values["matter"], values["place"], units, values["minutes"], own, case_no)

    def _on_submitted(self, act: Act) -> None:
        self._on_cancelled()
        self.blow_wanted.emit(act.body)

    def _on_cancelled(self) -> None:
        self._close_form()
        self.show_chosen()
        self.focus_list()

    def _close_form(self) -> None:
        if self.form is not None:
            form, self.form = self.form, None
            self._form_column.removeWidget(form)
            form.hide()
            form.deleteLater()
