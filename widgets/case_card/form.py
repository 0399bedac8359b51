"""The form of one action, built from its arguments: it says what will happen, what is missing, and what came back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from domain.case import Case
from domain.correcting import CORRECTED
from domain.guards import overrides
from domain.ids import StaffId, UnitId
from domain.machine import Step
from domain.runcards import Proposal
from domain.states import CaseState
from widgets.case_card.fields.base import Field, FormContext
from widgets.case_card.fields.correcting import PlaceField
from widgets.case_card.fields.override import OverrideField
from widgets.case_card.fields.photos import PhotosField
from widgets.case_card.fields.registry import build_field
from widgets.case_card.fields.run_card import UnmetField
from widgets.common.button import Button
from widgets.common.fault_label import FaultLabel, Telling
from widgets.common.flow import FlowLayout
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.intents import ActionIntent


class ActionForm(QFrame):
    """One step on one case. What was typed stays until it was done or given up."""

    submitted = Signal(object)
    cancelled = Signal()
    place_wanted = Signal()
    overtaken = Signal(str)
    """The action went off the offer while it was being filled in."""
    said = Signal()
    """Something has to be read now: what is missing, what came back, what became of the case."""

    def __init__(self, step: Step, context: FormContext, now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("form")
        self.step, self.context = step, context
        self._offered, self._busy, self._moved = True, False, False
        self._title, self._effect, self._note, self._fault = (
            WrappedLabel(),
            WrappedLabel(),
            WrappedLabel(),
            FaultLabel(),
        )
        for label, role in ((self._effect, "second"), (self._note, "warning")):
            set_role(label, role)  # type: ignore[arg-type]  # the pairs above are roles
            label.setWordWrap(True)
        set_role(self._title, "heading")
        context.action = step.action
        self.fields: list[Field] = [build_field(arg, context, now) for arg in step.args]
        self._send, self._cancel = Button(), Button()
        set_role(self._send, "primary")
        self._build()
        self._send.clicked.connect(self.submit)
        self._cancel.clicked.connect(self.cancelled)
        for field in self.fields:
            field.submitted.connect(self.submit)
            field.changed.connect(self._show_effect)
            field.picked.connect(self._on_picked)
            if isinstance(field, PlaceField):
                field.wanted.connect(self.place_wanted)
        self._note.hide()
        self.retranslate()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._effect)
        for field in self.fields:
            column.addWidget(field)
        column.addWidget(self._note)
        column.addWidget(self._fault)
        row = FlowLayout(columns=2)  # side by side, or one above the other where an action has a long name
        row.addWidget(self._send)
        row.addWidget(self._cancel)
        column.addLayout(row)

    def field(self, name: str) -> Field | None:
        """Return the field of an argument."""
        return next((field for field in self.fields if field.arg.name == name), None)

    def focus_first(self) -> None:
        """Go to the first thing to fill in: what is missing, else what was only suggested, else the button."""
        first = self._first()
        if first is not None:
            first.focus_input()
        else:
            self._send.setFocus()

    def _first(self) -> Field | None:
        """Return the first field to fill in: what is missing, else what was only suggested."""
        missing = (f for f in self.fields if not f.isHidden() and f.problem())
        return next(missing, None) or next((f for f in self.fields if f.arg.required and not f.has_input()), None)

    def what_matters(self) -> list[QRect]:
        """Return what has to be in view where the form is higher than its room, the largest part first.

        From the field to fill in, or the message there is, down to the buttons; the field or message alone at last.
        """
        said = [line for line in (*(f.problem_line for f in self.fields), self._note, self._fault) if line.isVisible()]
        end = self._cancel.geometry().bottom()
        at = [QRect(line.mapTo(self, QPoint(0, 0)), line.size()) for line in said]
        field = self._first()
        if field is not None:
            at.insert(0, field.geometry())
        parts = [QRect(0, part.top(), self.width(), end - part.top() + 1) for part in at]
        last = at[-1] if said else at[0] if at else self._send.geometry()
        return [*parts, last]

    def has_input(self) -> bool:
        """Return whether something a person put in would be lost."""
        return any(field.has_input() for field in self.fields)

    def update_case(self, case: Case, *, offered: bool) -> None:
        """The case moved on while the form is open: say so, keep what was typed."""
        moved = case.version != self.context.case.version
        self._moved = self._moved or moved
        self.context.case = case
        lost = self._offered and not offered and not self._busy
        self._offered = offered
        self._show_note()
        for field in self.fields:
            field.update_context()
        self._show_effect()
        self._show_state()
        if moved or lost:
            self.said.emit()
        if lost:
            self.overtaken.emit(self.step.action)

    def fill(self, args: Mapping[str, Any], files: Mapping[str, tuple[str, ...]]) -> None:
        """Put in what was put in before."""
        for field in self.fields:
            given = args.get(field.arg.name)
            for value in given if isinstance(given, list) else [given]:
                if isinstance(value, str):
                    field.prefill(value)
            if isinstance(field, PlaceField) and isinstance(given, list):
                field.put(*given)
            if isinstance(field, PhotosField):
                field.add_files(list(files.get(field.arg.name, ())))
            field.update_context()

    def put_place(self, lon: float, lat: float) -> None:
        """Take a place that was pointed at on the map."""
        field = self.field("place")
        if isinstance(field, PlaceField):
            field.put(lon, lat)

    def refresh_choices(self) -> None:
        """What can be picked from altered."""
        for field in self.fields:
            field.update_context()

    def set_suggested(self, units: Sequence[UnitId], proposal: Proposal | None = None) -> None:
        """Other units are suggested now; what a person saw when choosing a unit stays what is told."""
        unit = self.field("unit")
        if unit is not None and not (self.context.suggested and unit.has_input()):
            self.context.suggested, self.context.proposal = tuple(units), proposal
            self.refresh_choices()
            self._show_effect()

    def set_busy(self, busy: bool) -> None:
        """While it is on its way nothing can be changed."""
        self._busy = busy
        if busy:
            self._fault.tell("")
        self._show_state()

    def is_busy(self) -> bool:
        """Return whether it is on its way."""
        return self._busy

    def set_fault(self, telling: Telling) -> None:
        """Say what came back; what was typed stays."""
        self._fault.tell(telling)
        self.said.emit()

    def submit(self) -> None:
        """Send, unless something is missing: that is said at the field."""
        if self._busy or not self._offered:
            return
        wrong = [field for field in self.fields if field.show_problem()]
        if wrong:
            wrong[0].focus_input()
            self.said.emit()
            return
        values = {f.arg.name: f.value() for f in self.fields}
        if self.step.action == "correct" and all(values[name] is None for name in CORRECTED):
            self.set_fault(partial(self.context.names.words, "fault.nothing_to_correct"))
            return
        case = self.context.case
        self.submitted.emit(
            ActionIntent(
                case_no=case.case_no,
                action=self.step.action,
                version=case.version,
                args={name: value for name, value in values.items() if value is not None},
                files={f.arg.name: f.files() for f in self.fields if f.files()},
            )
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends, Esc gives up; no letter leaves the form."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        elif event.key() == Qt.Key.Key_Escape and not self._busy:
            self.cancelled.emit()
        event.accept()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self.context.names.words
        self._title.setText(words(f"action.{self.step.action}"))
        self._show_effect()
        self._cancel.setText(f"{words('desk.cancel')}  Esc")
        for field in self.fields:
            field.retranslate()
            field.update_context()
        self._fault.retranslate()
        self._show_note()
        self._show_state()

    def _on_picked(self) -> None:
        """What was picked may want a reason: go on to that."""
        override = self.field("override")
        if override is not None and not override.isHidden() and override.problem():
            override.focus_input()

    def _show_note(self) -> None:
        """Say what happened to the case while the form was open."""
        words = self.context.names.words
        if not self._offered:
            self._note.setText(words("desk.form.no_longer", state=words(f"state.{self.context.case.state}")))
        elif self._moved:
            self._note.setText(words("desk.form.case_moved"))
        self._note.setVisible(self._moved or not self._offered)

    def _show_effect(self) -> None:
        """Say what sending will do: who is sent where, and what the case will then be."""
        names, case, step = self.context.names, self.context.case, self.step
        words = names.words
        state = words(f"state.{case.state if step.target is None else step.target}")
        unit = self.field("unit")
        chosen = None if unit is None else unit.value()
        staff = self.field("staff")
        person = None if staff is None else staff.value()
        place = case.address or names.place(case)
        override = self.field("override")
        if isinstance(override, OverrideField):
            override.ask(isinstance(chosen, str) and overrides(chosen, self.context.suggested))
        self._measure(chosen)
        if isinstance(chosen, str):
            said = words("desk.form.sends", unit=names.unit(UnitId(chosen)), place=place, state=state)
            self._effect.setText(f"{said} {self._also()}".strip())
        elif step.action == "add_helpers":
            self._effect.setText(self._also() or words("desk.form.stays", state=state))
        elif isinstance(person, str):
            self._effect.setText(words("desk.form.sends", unit=names.person(StaffId(person)), place=place, state=state))
        elif step.target is CaseState.ESCALATED:
            self._effect.setText(words("held.sends_up", state=state))
        else:
            self._effect.setText(words("desk.form.stays" if step.target is None else "desk.form.becomes", state=state))

    def _also(self) -> str:
        """Say who goes along, and who is told."""
        names, said = self.context.names, []
        for name, key in (("helpers", "helping.also_go"), ("copies", "held.also_told")):
            field = self.field(name)
            listed = None if field is None else field.value()
            if isinstance(listed, list):
                who = names.words("desk.and").join(names.unit(UnitId(unit)) for unit in listed)
                said.append(names.words(key, who=who))
        return " ".join(said)

    def _measure(self, unit: object) -> None:
        """Let the run card say what the units chosen lack."""
        unmet = self.field("unmet")
        if isinstance(unmet, UnmetField):
            helpers, copies = (f.value() for name in ("helpers", "copies") if (f := self.field(name)) is not None)
            going = [UnitId(u) for u in (unit, *(helpers if isinstance(helpers, list) else ())) if isinstance(u, str)]
            unmet.look_at(going, [UnitId(u) for u in copies] if isinstance(copies, list) else [])

    def _show_state(self) -> None:
        words = self.context.names.words
        enabled = not self._busy and self._offered
        action = words(f"action.{self.step.action}")
        self._send.setText(words("desk.form.sending") if self._busy else f"{words('desk.form.send', action=action)}  ↵")
        self._send.setEnabled(enabled)
        self._cancel.setEnabled(not self._busy)
        for field in self.fields:
            field.setEnabled(not self._busy)
