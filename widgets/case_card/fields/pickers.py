"""Units, staff, filing conditions, kinds and cases, each picked from a list that is searched by typing."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from domain.case import Case, Condition
from domain.command import Arg
from domain.ids import UnitId
from domain.machine import STEPS
from domain.nearest import Runner
from domain.people import Role, Staff
from domain.states import ENDED
from domain.units import UnitState, UnitStatus
from domain.wire import SimilarCase
from widgets.case_card.fields.base import Field, FormContext
from widgets.common.button import RowButton
from widgets.common.pick_list import Choice, PickList
from widgets.duplicates import judged_by
from widgets.durations import distance_text, limit_text


class PickField(Field):
    """A list to pick from. An optional one stays folded until it is asked for."""

    many = False

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(arg, context, parent)
        self.list = PickList(many=self.many, rows_shown=5)
        self._unfold = RowButton()
        self.column.addWidget(self._unfold)
        self.column.addWidget(self.list)
        self._unfold.clicked.connect(self._on_unfold_clicked)
        self.list.changed.connect(self.changed)
        self.list.submitted.connect(self.submitted)
        self.list.sent.connect(self.submitted)
        self.list.picked.connect(self.picked)
        self.list.search.textEdited.connect(self._on_search_edited)
        self._fold(not arg.required)
        self.finish()
        self.update_context()

    def choices(self, typed: str) -> Sequence[Choice]:
        """Return what is on offer; ``typed`` matters only where the list comes from a search."""
        raise NotImplementedError

    def retranslate(self) -> None:
        """Look the words up again."""
        super().retranslate()
        words = self.context.names.words
        self._unfold.setText(words("desk.form.add", name=words(f"arg.{self.arg.name}")))
        self.list.set_texts(self.label_text(), words("desk.form.type_to_find"), words("desk.form.none_fits"))

    def update_context(self) -> None:
        """Offer what is true now."""
        self.list.set_choices(self.choices(self.list.search.text()))

    def value(self) -> object:
        """Return the chosen id, or the list of them."""
        chosen = self.list.chosen()
        if not chosen:
            return None
        return chosen if self.many else chosen[0]

    def prefill(self, value: str) -> None:
        """Choose a row."""
        self._fold(False)
        if value not in self.list.chosen():
            self.list.choose(value)

    def focus_input(self) -> None:
        """Go to the search line, or to the button that unfolds it."""
        (self._unfold if self.list.isHidden() else self.list.search).setFocus()

    def _fold(self, folded: bool) -> None:
        self.list.setHidden(folded)
        self.label.setHidden(folded)
        self._unfold.setVisible(folded)

    def _on_unfold_clicked(self) -> None:
        self._fold(False)
        self.list.search.setFocus()

    def _on_search_edited(self) -> None:
        """Only lists that come from a search have anything to do."""


class UnitField(PickField):
    """The unit that takes the case, with what it is doing."""

    def choices(self, typed: str) -> Sequence[Choice]:
        """Return the units: those suggested first, then free ones."""
        words = self.context.names.words
        found: list[tuple[bool, int, str, Choice]] = []
        suggested = () if self.many else self.context.suggested
        there = self._there()
        for unit in self.context.names.units.values():
            if unit.unit_id in there:
                continue
            status = self.context.unit_status.get(unit.unit_id, UnitStatus(UnitState.FREE))
            detail = words(f"unit_state.{status.state}")
            if status.held:
                detail = f"{detail} · {words('desk.suggest.held', n=status.held)}"
            kind = words(f"unit_kind.{unit.kind}")
            if unit.unit_id in suggested:
                detail = f"{detail} · {words('desk.suggest.suggested')}"
            choice = Choice(unit.unit_id, unit.name, f"{kind} · {detail}", unit.unit_id)
            first = unit.unit_id in suggested or (self.many and unit.unit_id in self.list.chosen())
            found.append((not first, status.held, unit.name, choice))
        return [choice for *_, choice in sorted(found, key=lambda row: row[:3])]

    def _there(self) -> frozenset[UnitId | None]:
        """Return the units that have a part in the case already: none where it is given out as a whole."""
        return frozenset()


class UnitsField(UnitField):
    """Several units: helpers, or those a copy goes to."""

    many = True

    def _there(self) -> frozenset[UnitId | None]:
        case = self.context.case
        if self.context.action != "add_helpers":
            return frozenset()
        told = case.copied_units if self.arg.name == "copies" else ()
        return frozenset((case.lead_unit, *case.helper_units, *told))


class StaffField(PickField):
    """A grid worker; the one to send stands first and is chosen already, with what speaks for them."""

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(arg, context, parent)
        self._by_itself = ""
        if arg.required and context.runners and context.runners[0].on_shift:
            self._by_itself = context.runners[0].staff_id
            self.list.choose(self._by_itself)

    def has_input(self) -> bool:
        """Whoever was chosen for the person would not be lost."""
        return super().has_input() and self.list.chosen() != [self._by_itself]

    def choices(self, typed: str) -> Sequence[Choice]:
        """Return the grid workers, the one to send first."""
        names = self.context.names
        ranked = {runner.staff_id: (n, runner) for n, runner in enumerate(self.context.runners)}
        workers = [p for p in names.people.values() if Role.GRID_WORKER in p.roles]
        last = len(ranked)
        workers.sort(key=lambda p: (ranked[p.staff_id][0] if p.staff_id in ranked else last, *self._rank(p)))
        return [self._choice(p, ranked[p.staff_id][1] if p.staff_id in ranked else None) for p in workers]

    def _rank(self, person: Staff) -> tuple[bool, str, str]:
        other_grid = person.grid_code is None or person.grid_code != self.context.case.grid_code
        return other_grid, person.grid_code or "", person.name

    def _choice(self, person: Staff, runner: Runner | None) -> Choice:
        names = self.context.names
        words = names.words
        parts = [names.grid(person.grid_code)]
        if person.grid_code is not None and person.grid_code == self.context.case.grid_code:
            parts.append(words("desk.form.own_grid"))
        if runner is not None:
            if runner.distance_m is not None:
                parts.append(words("desk.suggest.straight", distance=distance_text(runner.distance_m)))
            if runner.tasks:
                parts.append(words("desk.task.in_hand", n=runner.tasks))
            if not runner.on_shift:
                parts.append(words("desk.unit.off_shift"))
        detail = " · ".join(part for part in parts if part)
        return Choice(person.staff_id, person.name, detail, f"{person.staff_id} {names.unit(person.unit_id)}")


class ConditionField(PickField):
    """A filing condition that fits the kind, with its limit; the only one that fits is chosen already."""

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(arg, context, parent)
        fitting = self.choices("")
        self._by_itself = fitting[0].value if len(fitting) == 1 else ""
        if self._by_itself:
            self.list.choose(self._by_itself)

    def has_input(self) -> bool:
        """What was chosen for the person would not be lost."""
        return super().has_input() and self.list.chosen() != [self._by_itself]

    def choices(self, typed: str) -> Sequence[Choice]:
        """Return the conditions in use that fit the case's kind; all in use where none does."""
        conditions = [c for c in self.context.names.conditions if c.enabled]
        kind = self.context.case.kind
        fitting = [c for c in conditions if not c.kind or kind.startswith(c.kind)]
        return [self._choice(condition) for condition in fitting or conditions]

    def _choice(self, condition: Condition) -> Choice:
        names = self.context.names
        kind = names.kind(condition.kind) if condition.kind else ""
        name = names.condition(condition.code)
        return Choice(condition.code, name, limit_text(condition.limit, names.words), f"{condition.code} {kind}")


class KindField(PickField):
    """A kind of case; disabled kinds are not offered."""

    def choices(self, typed: str) -> Sequence[Choice]:
        """Return the enabled kinds that have no kinds below them."""
        names = self.context.names
        parents = {kind.parent for kind in names.kinds}
        return [
            Choice(kind.code, names.kind(kind.code), names.kind(kind.parent or ""), kind.code)
            for kind in names.kinds
            if kind.enabled and kind.code not in parents
        ]


class CaseField(PickField):
    """Another open case, found by number, title or address; likely duplicates are offered before anything is typed."""

    def choices(self, typed: str) -> Sequence[Choice]:
        """Return the likely duplicates, then the cases found, without this one."""
        here = self.context.case.case_no
        likely = {s.case.case_no: self._likely(s) for s in self.context.similar if s.case.case_no != here}
        open_ones = {s.case.case_no for s in self.context.similar if s.case.state not in ENDED}
        found = {c.case_no: self._choice(c) for c in self.context.lookup(typed) if c.case_no != here}
        return list({**{no: choice for no, choice in likely.items() if no in open_ones}, **found}.values())

    def _choice(self, case: Case) -> Choice:
        words = self.context.names.words
        detail = f"{case.case_no} · {words(f'state.{case.state}')}"
        return Choice(case.case_no, case.title, detail, f"{case.address} {case.source_no}")

    def _likely(self, similar: SimilarCase) -> Choice:
        case = similar.case
        detail = f"{case.case_no} · {judged_by(similar, self.context.names)}"
        return Choice(case.case_no, case.title, detail, f"{case.address} {case.source_no}")

    def _on_search_edited(self) -> None:
        self.update_context()


class CasesField(CaseField):
    """Several open cases; the likely duplicates that can be merged are chosen already."""

    many = True

    def __init__(self, arg: Arg, context: FormContext) -> None:
        super().__init__(arg, context)
        there = {choice.value for choice in self.choices("")}
        for similar in self.context.similar:
            if similar.case.case_no in there and similar.case.state in STEPS["merge"].sources:
                self.list.choose(similar.case.case_no)

    def has_input(self) -> bool:
        """What was chosen for the person would not be lost."""
        chosen = set(self.list.chosen())
        return bool(chosen) and chosen != {similar.case.case_no for similar in self.context.similar} & chosen
