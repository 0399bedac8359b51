"""The sheet of whistles: who is called for what, who has signed in by when, who is overdue; the form of a new one."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from domain.case import Case
from domain.faults import Fault, invalid
from domain.ids import UnitId
from domain.people import UnitKind
from domain.register_whistle import MOST_CALLED, Called, SignIn, Standing, Whistle
from resources.theme import Theme
from widgets.admin.asking import Act
from widgets.admin.entries import Entry, FlagEntry, LinesEntry, ManyEntry, NumberEntry, TextEntry
from widgets.admin.form import AdminForm, FormSpec
from widgets.book.notation import told, unit_codes
from widgets.common.button import Button
from widgets.common.empty import EmptyState
from widgets.common.pick_list import Choice
from widgets.common.row_table import Row, RowTable
from widgets.common.sheet import Sheet
from widgets.common.style import set_role
from widgets.names import Names

WIDTH_PX, HEIGHT_PX = 1120, 700
RESULT_MOST = 500
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
    """A called unit as shown: by when, how it stands, its sign-in, and what came of being reminded."""

    called: Called
    standing: Standing
    sign_in: SignIn | None = None
    reminded: str = ""


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
    with_case: bool = False


class WhistleSheet(Sheet):
    """A sheet over the desk. Keys: Insert a new one, Enter on a unit notes its sign-in, C reminds, Esc closes."""

    blow_wanted = Signal(object)
    """A ``Blow``."""
    sign_in_toggled = Signal(str, str)
    """A whistle's key and a unit."""
    remind_wanted = Signal(str, str)
    end_wanted = Signal(str, str)
    """A whistle's key and the result."""

    def __init__(self, names: Names, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, WIDTH_PX, HEIGHT_PX)
        self._names = names
        self._whistles: tuple[WhistleRow, ...] = ()
        self._may_blow, self._minutes = False, 30
        self._case: Case | None = None
        self.form: AdminForm | None = None
        self._title, self.facts, self.empty = QLabel(), QLabel(), EmptyState()
        set_role(self._title, "title")
        self.facts.setWordWrap(True)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.list, self.units = RowTable(theme, self, stretch=0), RowTable(theme, self, stretch=0)
        self.result = QLineEdit()
        self.result.setMaxLength(RESULT_MOST)
        self.buttons = {name: Button() for name in ("blow", "mark", "remind", "end", "close")}
        set_role(self.buttons["blow"], "primary")
        self._form_room, self._right = QScrollArea(), QWidget()
        self._lay_out()
        self._wire()
        self.retranslate()
        self.hide()

    def _lay_out(self) -> None:
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self.facts)
        right.addWidget(self.units.view, 1)
        inner = QWidget()
        inner.setObjectName("field")
        self._form_column = QVBoxLayout(inner)
        self._form_column.setContentsMargins(0, 0, 4, 0)
        self._form_column.addStretch(1)
        self._form_room.setWidget(inner)
        self._form_room.setWidgetResizable(True)
        self._form_room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._form_room.hide()
        across = QHBoxLayout()
        across.setSpacing(12)
        across.addWidget(self.list.view, 4)
        across.addWidget(self._right, 7)
        across.addWidget(self._form_room, 7)
        foot = QHBoxLayout()
        for name in ("blow", "mark", "remind"):
            foot.addWidget(self.buttons[name])
        foot.addWidget(self.result, 1)
        foot.addWidget(self.buttons["end"])
        foot.addStretch(0)
        foot.addWidget(self.buttons["close"])
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.addWidget(self._title)
        column.addLayout(across, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(foot)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _wire(self) -> None:
        for name, act in (
            ("blow", self.begin),
            ("mark", self._on_mark),
            ("remind", self._on_remind),
            ("end", self._on_end),
            ("close", self.close_sheet),
        ):
            self.buttons[name].setObjectName(f"whistle_{name}")
            self.buttons[name].clicked.connect(act)
        self.result.returnPressed.connect(self._on_end)
        self.list.chosen.connect(self._on_chosen)
        self.list.opened.connect(self._on_list_opened)
        self.units.opened.connect(self._on_mark)
        self.units.view.installEventFilter(self)

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
        self.list.set_rows(tuple(words(f"whistle.head.{name}") for name in ("matter", "at", "state")), rows)
        if rows and not self.list.key:
            self.list.choose(rows[0].key)
        self._show()

    def open_sheet(self) -> None:
        """Open over the window; the focus comes back to where it was."""
        self.show_over()
        self._focus()

    def close_sheet(self) -> None:
        """Close; what was being entered is given up."""
        self._close_form()
        super().close_sheet()

    def choose(self, key: str) -> None:
        """Show a whistle."""
        self.list.choose(key)
        self._show()

    def begin(self, given: Blow | None = None) -> None:
        """Open the form of a new whistle, filled in as it was before where it was taken back."""
        if not self._may_blow:
            return
        self._close_form()
        words = self._names.words
        case, place = self._case, "" if self._case is None else self._case.address or self._names.place(self._case)
        fresh = Blow("" if case is None else case.title, place[:100], (), self._minutes, with_case=case is not None)
        before = given if isinstance(given, Blow) else fresh
        found: list[Blow] = []

        def check(values: dict[str, Any]) -> str:
            try:
                found[:] = [self._read(values)]
            except Fault as fault:
                return told(fault.key, fault.params, words)
            return ""

        spec = FormSpec(
            title=lambda: words("whistle.new"),
            effect=lambda: words("whistle.effect"),
            entries=lambda: self._entries(before),
            make=lambda values: Act("blow", "", found[0]),
            send="whistle.send",
            check=check,
        )
        self.form = AdminForm(words, spec)
        self.form.submitted.connect(self._on_submitted)
        self.form.cancelled.connect(self._on_cancelled)
        self._form_column.insertWidget(0, self.form)
        self._show()
        self.form.focus_first()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._names.words
        self._title.setText(words("whistle.title"))
        self.empty.show_texts(words("whistle.none"), words("whistle.none_hint"))
        for table in (self.list, self.units):
            table.set_texts(words("whistle.title"), words("desk.form.type_to_find"))
        self.result.setPlaceholderText(words("whistle.result"))
        self.result.setAccessibleName(words("whistle.result"))
        for name, key in (("blow", "Ins"), ("mark", "↵"), ("remind", "C"), ("end", ""), ("close", "Esc")):
            self.buttons[name].setText(f"{words(f'whistle.do.{name}')}  {key}".strip())
        if self.form is not None:
            self.form.retranslate()
        self.show_whistles(self._whistles, may_blow=self._may_blow, minutes=self._minutes, case=self._case)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.list.set_theme(theme)
        self.units.set_theme(theme)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Letters in the tables act."""
        if watched is self.units.view and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            reminds = event.key() == Qt.Key.Key_C and not event.modifiers()
        else:
            reminds = False
        if reminds:
            self._on_remind()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Insert begins a new one; Esc leaves the form first, then the sheet."""
        if self.form is None and event.key() == Qt.Key.Key_Insert:
            self.begin()
        else:
            super().keyPressEvent(event)
        event.accept()

    # -- inside ----------------------------------------------------------------------------------------------------

    def _row(self) -> WhistleRow | None:
        return next((row for row in self._whistles if row.key == self.list.key), None)

    def _show(self) -> None:
        row, editing = self._row(), self.form is not None
        going = row is not None and not row.whistle.ended and not editing
        self.list.view.setVisible(bool(self._whistles))
        self._right.setVisible(row is not None and not editing)
        self._form_room.setVisible(editing)
        self.empty.setVisible(not self._whistles and not editing)
        for name in ("mark", "remind"):
            self.buttons[name].setVisible(going)
        self.buttons["end"].setVisible(going and self._may_blow)
        self.result.setVisible(going and self._may_blow)
        self.buttons["blow"].setVisible(self._may_blow and not editing)
        if row is not None:
            self._show_row(row)

    def _show_row(self, row: WhistleRow) -> None:
        names, words, whistle = self._names, self._names.words, row.whistle
        parts = [whistle.matter]
        if whistle.where:
            parts.append(words("whistle.at_place", place=whistle.where))
        if whistle.case_no:
            parts.append(whistle.case_no)
        text = " · ".join(parts)
        self.facts.setText(f"{text}\n{words('whistle.over', result=whistle.result)}" if whistle.ended else text)
        rows = []
        for called in row.rows:
            sign_in = called.sign_in if called.sign_in is not None and called.sign_in.present else None
            state = f"{SIGNS[called.standing]} {words(f'whistle.standing.{called.standing}')}"
            at = "" if sign_in is None else names.local(sign_in.at).strftime("%H:%M:%S")
            note = "" if sign_in is None else sign_in.note or (words("message.by_radio") if sign_in.by_radio else "")
            due = names.local(called.called.due_at).strftime("%H:%M")
            cells = (names.unit(called.called.unit), due, state, at, note or called.reminded)
            rows.append(Row(called.called.unit, cells, called.standing in (Standing.SIGNED, Standing.ABSENT)))
        self.units.set_rows(tuple(words(f"whistle.head.{n}") for n in ("unit", "due", "state", "at", "word")), rows)
        if rows and not self.units.key:
            self.units.choose(rows[0].key)

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
        if self._case is not None:
            entries.append(FlagEntry(w, "with_case", "whistle.with_case", given.with_case))
        return entries

    def _choices(self) -> list[Choice]:
        names = self._names
        units = sorted(names.units.values(), key=lambda unit: (unit.kind is not UnitKind.DEPARTMENT, unit.name))
        return [Choice(u.unit_id, u.name, names.words(f"unit_kind.{u.kind}"), u.unit_id) for u in units]

    def _read(self, values: Mapping[str, Any]) -> Blow:
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
        with_case = bool(values.get("with_case"))
        return Blow(values["matter"], values["place"], units, values["minutes"], own, with_case)

    def _focus(self) -> None:
        (self.list.view if self._whistles else self.buttons["blow" if self._may_blow else "close"]).setFocus()

    def _on_chosen(self, key: str) -> None:
        self.units.choose("")
        self._show()

    def _on_list_opened(self, key: str) -> None:
        self.units.view.setFocus()

    def _on_mark(self) -> None:
        if self.list.key and self.units.key:
            self.sign_in_toggled.emit(self.list.key, self.units.key)

    def _on_remind(self) -> None:
        row = self._row()
        if row is not None and not row.whistle.ended and self.units.key:
            self.remind_wanted.emit(row.key, self.units.key)

    def _on_end(self) -> None:
        text = self.result.text().strip()
        if not text:
            self.result.setFocus()
        elif self.list.key:
            self.result.clear()
            self.end_wanted.emit(self.list.key, text)

    def _on_submitted(self, act: Act) -> None:
        self._close_form()
        self._show()
        self._focus()
        self.blow_wanted.emit(act.body)

    def _on_cancelled(self) -> None:
        self._close_form()
        self._show()
        self._focus()

    def _close_form(self) -> None:
        if self.form is not None:
            form, self.form = self.form, None
            self._form_column.removeWidget(form)
            form.hide()
            form.deleteLater()
